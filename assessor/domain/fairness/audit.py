"""The tables of a bias audit as New York City's rules ask for them (6 RCNY 5-301; Local Law 144 of 2021).

For sex, for race and ethnicity, and for both together: applicants, selected, selection rate and impact
ratio; the scoring rate and its impact ratio beside them, since an assessment scores as well. A category of
less than 2% of the data may be left out of the impact ratios; its numbers stay. The audit itself is for an
independent auditor: these are the numbers to do it with.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import median
from typing import Literal

from assessor.domain.demographics import RACE_NAMES, SEX_NAMES, Sex
from assessor.domain.fairness.course import Course
from assessor.domain.value import Value

SMALL = 0.02
"""Share of the data below which a category may be left out of the impact ratios."""
PLACES = 4
SMALL_NOTE = "less than 2% of the data: left out of the impact ratios"
UNKNOWN_NOTE = "not in the calculations: the category is not known"

TableName = Literal["sex", "race_ethnicity", "intersectional"]


class AuditRow(Value):
    """One category of one table. None stands for what has no meaning, or is left out as `note` says."""

    table: TableName
    sex: str | None = None
    race_ethnicity: str | None = None
    applicants: int
    selected: int
    selection_rate: float | None = None
    impact_ratio: float | None = None
    """Selection rate over that of the category with the highest."""
    scored_above_median: int
    scoring_rate: float | None = None
    """Share with a score above the median of all applicants."""
    scoring_impact_ratio: float | None = None
    note: str = ""


class Audit(Value):
    """Everything that a summary of results needs of the numbers."""

    tenant: str
    track: str
    since: datetime | None
    until: datetime | None
    first_ordered: datetime | None
    last_ordered: datetime | None
    """Of the applicants."""
    source: str
    applicants: int
    """Who was assessed and decided."""
    selected: int
    undecided: int
    """Submitted and not decided yet; in no table."""
    median_score: float | None
    rows: tuple[AuditRow, ...]


def audit_rows(courses: Sequence[Course]) -> tuple[AuditRow, ...]:
    """Return all tables: every category, also an empty one, and a last row for those not known.

    Of courses with a final decision and a score.
    """
    middle = _median(courses)
    rows: list[AuditRow] = []
    sexes = [name for sex, name in SEX_NAMES.items() if sex is not Sex.ANOTHER or _any(courses, name)]
    races = list(RACE_NAMES.values())
    rows += _table(courses, middle, "sex", [(sex, None) for sex in sexes])
    rows += _table(courses, middle, "race_ethnicity", [(None, race) for race in races])
    rows += _table(courses, middle, "intersectional", [(sex, race) for race in races for sex in sexes])
    return tuple(rows)


def audit(courses: Sequence[Course], undecided: int, **about: object) -> Audit:
    """Return the audit of the decided courses; `about` are the fields that say where the data is from."""
    return Audit.model_validate(
        {
            **about,
            "applicants": len(courses),
            "selected": sum(one.final is True for one in courses),
            "undecided": undecided,
            "median_score": _median(courses),
            "rows": audit_rows(courses),
        }
    )


def _median(courses: Sequence[Course]) -> float | None:
    scores = [one.score for one in courses if one.score is not None]
    return median(scores) if scores else None


def _any(courses: Sequence[Course], sex: str) -> bool:
    return any(one.groups.get("sex") == sex for one in courses)


def _table(
    courses: Sequence[Course],
    middle: float | None,
    table: TableName,
    categories: Sequence[tuple[str | None, str | None]],
) -> list[AuditRow]:
    members: dict[tuple[str | None, str | None], list[Course]] = {one: [] for one in categories}
    unknown: list[Course] = []
    for one in courses:
        members.get(_category(one, table), unknown).append(one)
    known = len(courses) - len(unknown)
    rows = [
        _row(table, category, theirs, middle, is_small=0 < len(theirs) < SMALL * known)
        for category, theirs in members.items()
    ]
    rows = _with_ratios(rows)
    name = "Unknown"
    place = (
        name if table != "race_ethnicity" else None,
        name if table != "sex" else None,
    )
    rows.append(_row(table, place, unknown, middle, is_small=False).changed(note=UNKNOWN_NOTE))
    return rows


def _category(course: Course, table: TableName) -> tuple[str | None, str | None]:
    sex, race = course.groups.get("sex"), course.groups.get("race_ethnicity")
    return (sex if table != "race_ethnicity" else None, race if table != "sex" else None)


def _row(
    table: TableName,
    category: tuple[str | None, str | None],
    members: Sequence[Course],
    middle: float | None,
    *,
    is_small: bool,
) -> AuditRow:
    selected = sum(one.final is True for one in members)
    above = sum(one.score is not None and middle is not None and one.score > middle for one in members)
    return AuditRow(
        table=table,
        sex=category[0],
        race_ethnicity=category[1],
        applicants=len(members),
        selected=selected,
        selection_rate=round(selected / len(members), PLACES) if members else None,
        scored_above_median=above,
        scoring_rate=round(above / len(members), PLACES) if members else None,
        note=SMALL_NOTE if is_small else "",
    )


def _with_ratios(rows: list[AuditRow]) -> list[AuditRow]:
    taken = [row for row in rows if row.applicants and not row.note]
    best = _highest(taken, lambda row: row.selected)
    best_scoring = _highest(taken, lambda row: row.scored_above_median)
    return [
        row.changed(
            impact_ratio=_ratio(row.selected, row.applicants, best),
            scoring_impact_ratio=_ratio(row.scored_above_median, row.applicants, best_scoring),
        )
        if row in taken
        else row
        for row in rows
    ]


def _highest(rows: Sequence[AuditRow], count: Callable[[AuditRow], int]) -> float:
    return max((count(row) / row.applicants for row in rows), default=0.0)


def _ratio(count: int, n: int, highest: float) -> float | None:
    return round(count / n / highest, PLACES) if highest else None
