"""What one bank holds, in figures for its authors: counts, cues, information, expected exposure."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from assessor.adapters.content import CheckReport
from assessor.adapters.content.minima import MINIMA
from assessor.adapters.content.statistics import TrackStatistics
from assessor.domain.ability import information, observe
from assessor.domain.errors import LibraryProblem
from assessor.domain.form import is_repeat
from assessor.domain.item import Category, EvaluationItem, Item, TrajectoryItem
from assessor.domain.library import Library
from assessor.domain.track import Track
from assessor.scoring import Work, rate_by_rule
from assessor.simulation.exposure import DRAWS, Exposure, draws_of, exposure

DIFFICULTIES = range(1, 6)

FORMS_LOOKED_AT = 200
"""For the information of a whole form; its mean settles long before the shares of single items do."""


@dataclass(frozen=True)
class CategoryCount:
    """Items of one category, by difficulty 1 to 5."""

    category: Category
    by_difficulty: tuple[int, ...]
    least: int

    @property
    def total(self) -> int:
        """Items of every difficulty."""
        return sum(self.by_difficulty)


@dataclass(frozen=True)
class ItemFigures:
    """One item: what it tells at the cut, and on how many full forms it is expected."""

    item: Item
    information: float
    exposure: float


@dataclass(frozen=True)
class FormFigures:
    """One kind of form: its exposure, and how sharply it sees somebody at the cut."""

    exposure: Exposure
    information: float
    """Mean over forms drawn."""

    @property
    def standard_error(self) -> float:
        """Of an ability at the cut, in logits, with the standard-normal prior counted in."""
        return 1 / math.sqrt(1 + self.information)


@dataclass(frozen=True)
class BankReport:
    """Everything that the page shows."""

    track: Track
    counts: tuple[CategoryCount, ...]
    by_competency: Mapping[str, Mapping[str, int]]
    statistics: TrackStatistics
    sound_evaluations: int
    flaws: Mapping[str, int]
    first_errors: Mapping[str, int]
    outcomes: Mapping[str, int]
    items: tuple[ItemFigures, ...]
    forms: tuple[FormFigures, ...]
    warnings: tuple[LibraryProblem, ...]


def bank_report(library: Library, track_id: str, checked: CheckReport, draws: int = DRAWS) -> BankReport:
    """Work the report out. Raises NotFound for an unknown track."""
    track = library.track(track_id)
    bank = [item for item in library.items[track_id].values() if not is_repeat(item)]
    told = {item.id: _information(library, track, [item]) for item in bank}
    forms = tuple(
        _form(library, track, name, draws) for name in sorted(track.forms, key=lambda name: name != "full")
    )
    folder = f"/{track_id}/"
    return BankReport(
        track=track,
        counts=tuple(_count(bank, category) for category in Category),
        by_competency={
            competency.id: Counter(item.category.value for item in bank if item.competency == competency.id)
            for competency in track.competencies
        },
        statistics=checked.statistics[track_id],
        sound_evaluations=sum(isinstance(item, EvaluationItem) and not item.key.issues for item in bank),
        flaws=_tally(
            i.tag.value for item in bank if isinstance(item, EvaluationItem) for i in item.key.issues
        ),
        first_errors=_tally(i.key.error_class.value for i in bank if isinstance(i, TrajectoryItem)),
        outcomes=_tally(item.key.outcome.value for item in bank if isinstance(item, TrajectoryItem)),
        items=tuple(ItemFigures(i, told[i.id], forms[0].exposure.shares[i.id]) for i in bank),
        forms=forms,
        warnings=tuple(problem for problem in checked.warnings if folder in problem.file),
    )


def _count(bank: Sequence[Item], category: Category) -> CategoryCount:
    found = Counter(item.difficulty for item in bank if item.category is category)
    return CategoryCount(category, tuple(found[step] for step in DIFFICULTIES), MINIMA[category])


def _tally(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _form(library: Library, track: Track, name: str, draws: int) -> FormFigures:
    drawn = draws_of(library, track, name, draws)
    told = [
        _information(library, track, [item for item in items if not is_repeat(item)])
        for items in drawn[:FORMS_LOOKED_AT]
    ]
    return FormFigures(exposure(track, name, drawn, library.items[track.id]), fmean(told))


def _information(library: Library, track: Track, items: Sequence[Item]) -> float:
    """Return what items tell of an ability at the cut, by authored difficulty and discrimination.

    What they would be scored by is had from scoring them unanswered: each measure and each criterion
    is there then, with its weight and difficulty.
    """
    works = (Work(item, library.rubric(item.rubric) if item.rubric else None, None, ()) for item in items)
    scores = [score for work in works for score in rate_by_rule(work)]
    weights = {competency.id: competency.weight for competency in track.competencies}
    return information(observe(scores, weights), track.cut.ability)
