"""Preference ranking: an order against the order of a panel, by pairs."""

from collections.abc import Iterable, Mapping

from assessor.domain.item import RankingItem, RankingKey
from assessor.domain.response import RankingResponse
from assessor.domain.rubric import Rubric
from assessor.domain.score import Unscored
from assessor.scoring.correlation import tau_b
from assessor.scoring.work import Finding, Measure, Passage, Work

CRITERION = "order"

LEAST_PAIR_WEIGHT = 0.05
"""For a pair on which people are split in half: hardly counts, and keeps the sums above zero."""

Order = Iterable[Iterable[str]]


def measures(item: RankingItem, _rubric: Rubric | None) -> tuple[Measure, ...]:
    """Return the one measure: the order. A hidden repeat has none: the same thing would count twice."""
    if item.repeat_of:
        return ()
    return (Measure(CRITERION, "Puts the responses in the order that careful people give"),)


def findings(item: RankingItem, response: RankingResponse) -> Mapping[str, Finding]:
    """Score the order. A candidate who cannot judge leaves it unscored; its weight stays."""
    if response.cannot_judge:
        reason = (
            "You said that these responses cannot be judged. That is no mistake, and it leaves this open."
        )
        return {CRITERION: Finding(None, reason, Unscored.CANDIDATE_COULD_NOT_JUDGE)}
    # Of all orders the mean tau is 0, so tau itself is what an order is worth beyond chance.
    value = max(0.0, weighted_tau(item.key, response.order))
    return {CRITERION: Finding(value, _about(value))}


def passages(work: Work) -> tuple[Passage, ...]:
    """Return the justification, which is all that a reader gets."""
    response = work.response
    return (
        (Passage("Justification", response.justification),) if isinstance(response, RankingResponse) else ()
    )


def weighted_tau(key: RankingKey, order: Order) -> float:
    """Return Kendall's tau-b with each pair weighted by how far the panel agrees on it, in [-1, 1].

    A pair weighs `2 * agreement - 1`: nothing when people are split in half.
    """
    own_pairs = {frozenset(pair.pair): pair.agreement for pair in key.pairs}

    def weight(a: str, b: str) -> float:
        return max(LEAST_PAIR_WEIGHT, 2 * own_pairs.get(frozenset((a, b)), key.agreement) - 1)

    return tau_b(_places(key.order), _places(order), weight)


def _places(order: Order) -> dict[str, int]:
    return {name: place for place, group in enumerate(order) for name in group}


def _about(value: float) -> str:
    if value >= 0.8:  # noqa: PLR2004 - words for people, decides nothing
        return "Your order is the one that careful people give, or very near it."
    if value >= 0.2:  # noqa: PLR2004 - as above
        return "Your order agrees in part with the one that careful people give."
    return "Your order hardly agrees with the one that careful people give."
