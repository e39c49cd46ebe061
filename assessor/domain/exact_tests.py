"""Exact tests of small counts: whether something is more frequent, or less even, than chance makes it."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

_EXACT_UP_TO = 20
"""Trials. Every way in which counts can fall is gone through; beyond this chi-square is near enough."""

PLACES = 4


def at_least(count: int, chances: Sequence[float]) -> float:
    """Return the probability of `count` or more successes in trials with these chances, each its own.

    The upper tail of the Poisson binomial distribution, which is the binomial when all chances are equal.

    >>> round(at_least(3, [1 / 3] * 3), 4)
    0.037
    """
    exactly = [1.0]
    for chance in chances:
        missed = [ways * (1 - chance) for ways in exactly]
        exactly = [a + b for a, b in zip([*missed, 0.0], [0.0, *(w * chance for w in exactly)], strict=True)]
    return min(1.0, math.fsum(exactly[max(0, count) :]))


def rank_sum(some: Sequence[float], others: Sequence[float]) -> tuple[float, float] | None:
    """Return the chance that one of `some` is larger than one of `others`, and the two-sided p of that.

    The exact permutation distribution of the rank sum with ties at their mean rank (Wilcoxon 1945; Mann
    and Whitney 1947). None where one side is empty.

    >>> rank_sum([3, 4], [1, 2])
    (1.0, 0.3333)
    """
    if not some or not others:
        return None
    values = [*some, *others]
    # Twice the mean rank, which is whole: as many as are smaller, and as many as are not larger.
    ranks = [sum(v < value for v in values) + sum(v <= value for v in values) + 1 for value in values]
    size = len(some)
    ways: list[dict[int, int]] = [{0: 1}, *({} for _ in range(size))]
    for rank in ranks:
        for taken in range(size, 0, -1):
            for total, count in ways[taken - 1].items():
                ways[taken][total + rank] = ways[taken].get(total + rank, 0) + count
    middle, found = size * (len(values) + 1), sum(ranks[:size])
    as_far = sum(n for total, n in ways[size].items() if abs(total - middle) >= abs(found - middle))
    above = sum((one > other) + (one == other) / 2 for one in some for other in others)
    p = as_far / math.comb(len(values), size)
    return round(above / (size * len(others)), PLACES), round(p, PLACES)


@dataclass(frozen=True)
class Evenness:
    """Counts by place beside what chance expects, with the probability of being so uneven."""

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    chi_square: float
    p: float


def evenness(drawn: Sequence[tuple[int, int]]) -> Evenness | None:
    """Test whether places are drawn evenly. Each trial is the place drawn (from 0) and how many there were.

    The p-value is exact for up to 20 trials, over every count that could have been, and that of the
    chi-square distribution beyond (Pearson 1900). None where there is nothing to test.
    """
    sizes = [size for _, size in drawn]
    if not drawn or max(sizes) < 2:  # noqa: PLR2004 - one place is always the same one
        return None
    places = max(sizes)
    expected = tuple(math.fsum(1 / size for size in sizes if place < size) for place in range(places))
    counts = tuple(sum(at == place for at, _ in drawn) for place in range(places))
    found = _chi_square(counts, expected)
    p = _exact(found, sizes, expected) if len(sizes) <= _EXACT_UP_TO else _beyond(found, places - 1)
    return Evenness(counts, tuple(round(e, PLACES) for e in expected), round(found, PLACES), round(p, PLACES))


def _chi_square(counts: Sequence[int], expected: Sequence[float]) -> float:
    return math.fsum((count - mean) ** 2 / mean for count, mean in zip(counts, expected, strict=True))


def _exact(found: float, sizes: Sequence[int], expected: Sequence[float]) -> float:
    ways: dict[tuple[int, ...], float] = {(0,) * len(expected): 1.0}
    for size in sizes:
        following: defaultdict[tuple[int, ...], float] = defaultdict(float)
        for counts, chance in ways.items():
            for place in range(size):
                grown = (*counts[:place], counts[place] + 1, *counts[place + 1 :])
                following[grown] += chance / size
        ways = following
    # As far from even as what was found, to the last bits: equal statistics must count as equal.
    return min(
        1.0, math.fsum(p for counts, p in ways.items() if _chi_square(counts, expected) >= found - 1e-9)
    )


def _beyond(x: float, freedom: int) -> float:
    """Return the upper tail of chi-square with a whole number of degrees of freedom, in closed form."""
    half = x / 2
    tail = math.exp(-half) if freedom % 2 == 0 else math.erfc(math.sqrt(half))
    power = 1.0 if freedom % 2 == 0 else 0.5
    while power < freedom / 2:
        tail += math.exp(power * math.log(half) - half - math.lgamma(power + 1)) if half else 0.0
        power += 1
    return min(1.0, tail)
