"""Two raters side by side: what they agree on, and who gave what."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessor.domain.agreement.alpha import krippendorff_alpha
from assessor.domain.agreement.bootstrap import LEAST_FOR_INTERVAL, measured
from assessor.domain.agreement.kappa import cohen_kappa, quadratic_kappa
from assessor.domain.agreement.proportions import Measure
from assessor.domain.agreement.ratings import counted

SEED = 1
"""Of the intervals; a fixed one makes the same ratings give the same answer."""


@dataclass(frozen=True)
class Compared:
    """How two raters agree on some responses. With fewer than ten there is no number, only the reason."""

    name: str
    n: int
    qwk: Measure
    """Kappa with quadratic weights (Cohen 1968)."""
    kappa: Measure
    """Cohen's (1960), every difference counting alike."""
    alpha: Measure
    """Krippendorff's (2011), ordinal."""
    grid: tuple[tuple[int, ...], ...]
    """Responses by the first rater's rating (rows) and the second's (columns)."""


def compare(name: str, pairs: Sequence[tuple[int, int]], ratings: Sequence[int]) -> Compared:
    """Return how two raters agree who may give each of `ratings`."""
    times = Counter(pairs)
    grid = tuple(tuple(times[first, second] for second in ratings) for first in ratings)
    if len(pairs) < LEAST_FOR_INTERVAL:
        few = Measure(value=None, n=len(pairs), note=f"too few: {len(pairs)} of {LEAST_FOR_INTERVAL}")
        return Compared(name, len(pairs), few, few, few, grid)
    units = counted(pairs)
    return Compared(
        name,
        len(pairs),
        measured(quadratic_kappa, units, seed=SEED),
        measured(cohen_kappa, units, seed=SEED),
        measured(lambda given: krippendorff_alpha(given, "ordinal"), units, seed=SEED),
        grid,
    )


def compare_parts(
    named: Iterable[tuple[str, tuple[int, int]]], ratings: Sequence[int], most: int
) -> tuple[tuple[Compared, ...], int]:
    """Return the parts with most pairs, at most so many, and how many parts there are in all."""
    parts: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for name, pair in named:
        parts[name].append(pair)
    largest = sorted(parts, key=lambda name: (-len(parts[name]), name))[:most]
    return tuple(compare(name, parts[name], ratings) for name in largest), len(parts)
