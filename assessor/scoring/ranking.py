"""Preference ranking: an order against the order of a panel, by pairs."""

import math
from collections.abc import Iterable, Mapping
from itertools import combinations

from assessor.domain.item import RankingItem, RankingKey
from assessor.domain.response import RankingResponse
from assessor.domain.rubric import Rubric
from assessor.domain.score import Unscored
from assessor.scoring.work import Finding, Measure, Passage, Work

CRITERION = "order"

LEAST_PAIR_WEIGHT = 0.05
"""For a pair on which people are split in half: hardly counts, and keeps the sums above zero."""

Order = Iterable[Iterable[str]]


def measures(_item: RankingItem, _rubric: Rubric | None) -> tuple[Measure, ...]:
    """Return the one measure: the order."""
    return (Measure(CRITERION, "Puts the responses in the order that careful people give"),)


def findings(item: RankingItem, response: RankingResponse) -> Mapping[str, Finding]:
    """Score the order. A candidate who cannot judge leaves it unscored; its weight stays."""
    if response.cannot_judge:
        reason = (
            "You said that these responses cannot be judged. That is no mistake, and it leaves this open."
        )
        return {CRITERION: Finding(None, reason, Unscored.CANDIDATE_COULD_NOT_JUDGE)}
    value = (weighted_tau(item.key, response.order) + 1) / 2
    return {CRITERION: Finding(value, _about(value))}


def passages(work: Work) -> tuple[Passage, ...]:
    """Return the justification, which is all that a reader gets."""
    response = work.response
    return (
        (Passage("Justification", response.justification),) if isinstance(response, RankingResponse) else ()
    )


def weighted_tau(key: RankingKey, order: Order) -> float:
    """Return Kendall's tau-b with each pair weighted by how far the panel agrees on it, in [-1, 1].

    A pair weighs `2 * agreement - 1`: nothing when people are split in half. Ties count as in
    tau-b (Kendall 1945): `sum w*s*t / sqrt(sum w*s^2 * sum w*t^2)` with s, t in {-1, 0, 1}. When
    one side ties everything it is 0, and 1 when both do.
    """
    theirs, own = _places(key.order), _places(order)
    own_pairs = {frozenset(pair.pair): pair.agreement for pair in key.pairs}
    both = theirs_squared = own_squared = 0.0
    for a, b in combinations(sorted(theirs), 2):
        agreement = own_pairs.get(frozenset((a, b)), key.agreement)
        weight = max(LEAST_PAIR_WEIGHT, 2 * agreement - 1)
        s, t = _sign(theirs[a] - theirs[b]), _sign(own[a] - own[b])
        both += weight * s * t
        theirs_squared += weight * s * s
        own_squared += weight * t * t
    if theirs_squared == own_squared == 0:
        return 1.0
    if not theirs_squared or not own_squared:
        return 0.0
    return max(-1.0, min(1.0, both / math.sqrt(theirs_squared * own_squared)))


def _places(order: Order) -> dict[str, int]:
    return {name: place for place, group in enumerate(order) for name in group}


def _sign(difference: int) -> int:
    return (difference > 0) - (difference < 0)


def _about(value: float) -> str:
    if value >= 0.9:  # noqa: PLR2004 - words for people, decides nothing
        return "Your order is the one that careful people give, or very near it."
    if value >= 0.6:  # noqa: PLR2004 - as above
        return "Your order agrees in part with the one that careful people give."
    return "Your order hardly agrees with the one that careful people give."
