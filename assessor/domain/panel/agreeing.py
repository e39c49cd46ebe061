"""How far a panel agrees: Gwet's AC and Krippendorff's alpha over the judgements of an item, and of many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final, Literal

from assessor.domain.agreement import Undetermined, counted, gwet_ac, krippendorff_alpha
from assessor.domain.item import Category, Item
from assessor.domain.panel.judging import judgements
from assessor.domain.panel.ratings import PanelRatings

_COUNTED = ("rating:", "place:", "step:", "reference")
"""Judgements that make units. First error, class and outcome need a majority of their own (`keying`)."""

PLACES: Final = 4

Rows = Sequence[tuple[float | None, ...]]


@dataclass(frozen=True)
class PanelAgreement:
    """Agreement over `units` judgements; a statistic is None where ratings do not determine it."""

    experts: int
    units: int
    gwet: float | None
    """AC2 with quadratic weights for ratings and places, AC1 for labels (see `agreement.gwet`)."""
    alpha: float | None
    """Krippendorff's, ordinal for ratings and places, nominal for labels."""
    alike: float
    """Share of pairs of experts who said exactly the same."""

    @property
    def is_above_chance(self) -> bool:
        """Whether they agree more than at random. All saying the same of everything is agreement."""
        return self.gwet > 0 if self.gwet is not None else self.alike == 1


def agreement_of(item: Item, ratings: PanelRatings) -> PanelAgreement:
    """Return how far the experts of an item agree about it."""
    rows, levels = _rows(item, ratings)
    return _agreement(item.category, rows, levels)


def pooled(category: Category, rated: Iterable[tuple[Item, PanelRatings]]) -> PanelAgreement:
    """Return how far experts agree over all items of a category together."""
    found = [_rows(item, ratings) for item, ratings in rated]
    width = max(len(row) for rows, _ in found for row in rows)
    rows = [(*row, *[None] * (width - len(row))) for rows, _ in found for row in rows]
    return _agreement(category, rows, max(levels for _, levels in found))


def _rows(item: Item, ratings: PanelRatings) -> tuple[Rows, int]:
    """Return one row of ratings a judgement, as numbers, and how many levels could be given."""
    asked = judgements(item)
    names = [name for name in asked if name.startswith(_COUNTED)]
    rows = [tuple(float(asked[name].index(one) + 1) for one in ratings.answers[name]) for name in names]
    return rows, len(asked[names[0]])


def _agreement(category: Category, rows: Rows, levels: int) -> PanelAgreement:
    labels = category is Category.TRAJECTORY
    units = counted(rows)
    weighting: Literal["identity", "quadratic"] = "identity" if labels else "quadratic"
    gwet = alpha = None
    try:
        gwet = _rounded(gwet_ac(units, range(1, levels + 1), weighting))
        alpha = _rounded(krippendorff_alpha(units, "nominal" if labels else "ordinal"))
    except Undetermined:  # nothing was told apart: None says so, and `alike` tells the rest
        pass
    experts = max(sum(one is not None for one in row) for row in rows)
    return PanelAgreement(experts, len(rows), gwet, alpha, _rounded(fmean(map(_alike, rows))))


def _alike(row: Sequence[float | None]) -> float:
    given = [one for one in row if one is not None]
    pairs = len(given) * (len(given) - 1)
    return (sum(given.count(one) for one in given) - len(given)) / pairs


def _rounded(value: float) -> float:
    return round(value, PLACES)
