"""What a whole form shows about how somebody rates. For reviewers to look at; no score follows from it."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from statistics import fmean, stdev

from assessor.domain.item import EvaluationItem, Item, RankingItem
from assessor.domain.response import EvaluationResponse, RankingResponse, Response
from assessor.domain.value import Value
from assessor.scoring.evaluation import RATINGS, expected

LEAST_RATINGS = 4
"""Fewer differences say nothing about a habit."""

LEAST_PAIRS = 6
"""The same for pairs of responses: one ranking of four has six."""

_ROUNDING = 1e-9
"""What is smaller than this is 0 but for the rounding: then one order says all that another does."""

Pair = tuple[RankingItem, str, str, int]
"""Two responses by id, and how the candidate places them: -1 the first is better, 0 tied, 1 the second."""


class Severity(Value):
    """How far somebody's ratings lie above (lenient) or below (harsh) what careful people give."""

    mean: float
    """Rating steps, over all dimensions of all evaluations."""
    standard_error: float
    ratings: int

    @property
    def is_clear(self) -> bool:
        """Whether it is more than half a step and beyond twice its standard error."""
        return abs(self.mean) > max(0.5, 2 * self.standard_error)


class LengthBias(Value):
    """Whether longer responses are placed higher than they should be."""

    partial_tau: float | None
    """Of order and length with the key held constant, in [-1, 1]; None where that cannot be told."""
    pairs: int
    probes: int
    """Responses that are longer and worse than another one, by the key, each with each such other."""
    taken_in: int
    """Of these, how often the longer one was not placed below."""


class Consistency(Value):
    """Whether the same two responses were placed alike when they came again in another order."""

    agreement: float
    """Mean over pairs: 1 for the same, .5 for a tie once, 0 for the opposite."""
    pairs: int


class Diagnostics(Value):
    """What can be told from the form; None where there is too little to tell from."""

    severity: Severity | None = None
    length_bias: LengthBias | None = None
    consistency: Consistency | None = None


def diagnose(done: Iterable[tuple[Item, Response | None]]) -> Diagnostics:
    """Return the diagnostics of everything that one candidate handed in. Their order does not matter."""
    work = sorted(done, key=lambda pair: pair[0].id)
    rankings = [
        (item, response)
        for item, response in work
        if isinstance(item, RankingItem)
        and isinstance(response, RankingResponse)
        and not response.cannot_judge
    ]
    return Diagnostics(
        severity=severity(work),
        length_bias=length_bias(rankings),
        consistency=consistency(rankings),
    )


def severity(done: Sequence[tuple[Item, Response | None]]) -> Severity | None:
    """Return the mean of rating less the key's expected rating, with its standard error.

    Leniency as a deviation from the raters' mean (Saal, Downey & Lahey 1980, Rating the ratings,
    Psychological Bulletin 88). The expectation is that of the key's distribution over 1 to 5, so that
    somebody who answers like its people is neither lenient nor harsh at the ends of the scale.
    """
    differences = [
        response.ratings[name] - _mean_rating(item, name)
        for item, response in done
        if isinstance(item, EvaluationItem) and isinstance(response, EvaluationResponse)
        for name in item.key.ratings
    ]
    if len(differences) < LEAST_RATINGS:
        return None
    error = stdev(differences) / math.sqrt(len(differences))
    return Severity(
        mean=round(fmean(differences), 6), standard_error=round(error, 6), ratings=len(differences)
    )


def _mean_rating(item: EvaluationItem, dimension: str) -> float:
    probabilities = expected(item.key.ratings[dimension])
    return sum(rating * share for rating, share in zip(RATINGS, probabilities, strict=True))


def length_bias(rankings: Sequence[tuple[RankingItem, RankingResponse]]) -> LengthBias | None:
    """Return how the order follows length beyond the key, over all pairs of all rankings.

    Kendall's partial rank correlation, `(t_ol - t_ok t_kl) / sqrt((1 - t_ok^2)(1 - t_kl^2))` for
    order, length and key (Kendall 1942, Partial rank correlation, Biometrika 32). Who orders exactly
    as the key shows no preference of their own: then there is nothing to tell.
    """
    pairs = [pair for ranking in rankings for pair in _pairs(*ranking)]
    if len(pairs) < LEAST_PAIRS:
        return None
    signs = [(placed, _key_sign(item, a, b), _length_sign(item, a, b)) for item, a, b, placed in pairs]
    probes = [placed * length for placed, key, length in signs if key * length < 0]
    return LengthBias(
        partial_tau=_partial(signs),
        pairs=len(pairs),
        probes=len(probes),
        taken_in=sum(product >= 0 for product in probes),
    )


def _partial(signs: Sequence[tuple[int, int, int]]) -> float | None:
    """`signs` are (order, key, length): -1 where the first of two is better, or longer."""
    order, key, length = zip(*signs, strict=True)
    ok, ol, kl = _tau(order, key), _tau(order, length), _tau(key, length)
    left = (1 - ok * ok) * (1 - kl * kl)
    return round(max(-1.0, min(1.0, (ol - ok * kl) / math.sqrt(left))), 6) if left > _ROUNDING else None


def _tau(a: Sequence[int], b: Sequence[int]) -> float:
    squares = sum(x * x for x in a) * sum(y * y for y in b)
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.sqrt(squares) if squares else 0.0


def consistency(rankings: Sequence[tuple[RankingItem, RankingResponse]]) -> Consistency | None:
    """Return how alike pairs were placed that came twice, in a ranking and in its hidden repeat."""
    first = {item.id: _by_text(_pairs(item, response)) for item, response in rankings}
    agreements = [
        1 - abs(placed - first[item.repeat_of][texts]) / 2
        for item, response in rankings
        if item.repeat_of in first
        for texts, placed in _by_text(_pairs(item, response)).items()
        if texts in first[item.repeat_of]
    ]
    if not agreements:
        return None
    return Consistency(agreement=round(fmean(agreements), 6), pairs=len(agreements))


def _pairs(item: RankingItem, response: RankingResponse) -> Iterator[Pair]:
    places = {name: place for place, group in enumerate(response.order) for name in group}
    for a, b in combinations(sorted(places), 2):
        yield item, a, b, _sign(places[a] - places[b])


def _by_text(pairs: Iterable[Pair]) -> Mapping[tuple[str, str], int]:
    """Return the placings by the texts of the two, in the order of the alphabet: ids differ in a repeat."""
    found = {}
    for item, a, b, placed in pairs:
        texts = {response.id: response.text for response in item.responses}
        first, second = sorted((texts[a], texts[b]))
        found[first, second] = placed if texts[a] == first else -placed
    return found


def _key_sign(item: RankingItem, a: str, b: str) -> int:
    places = {name: place for place, group in enumerate(item.key.order) for name in group}
    return _sign(places[a] - places[b])


def _length_sign(item: RankingItem, a: str, b: str) -> int:
    """-1 where the first is longer; lengths within a tenth are alike, as nobody sees them apart."""
    size = {response.id: len(response.text) for response in item.responses}
    if abs(size[a] - size[b]) * 10 < max(size[a], size[b]):
        return 0
    return _sign(size[b] - size[a])


def _sign(difference: int) -> int:
    return (difference > 0) - (difference < 0)
