"""The one form of a case: every criterion that waits, and the decision, with what was typed so far."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from starlette.datastructures import FormData

from assessor.domain.appeal import Place
from assessor.domain.score import Score
from assessor.domain.verdict import Outlook
from assessor.services.marking import Given, Sheet
from assessor.services.reviewing import Case, CaseItem
from assessor.web.casework import appealed_first

MAX_FIELDS: Final = 600
_PARTS: Final = ("mark", "quote", "reason")
_LABELS: Final = {"mark": "The score of", "quote": "The quote for", "reason": "The reason for"}


@dataclass(frozen=True)
class Row:
    """One open criterion, with what was typed about it."""

    number: int
    """On this page, from 1; its controls are named after it."""
    score: Score
    given: Given

    @property
    def name(self) -> str:
        """What tells it from every other criterion of the case."""
        return name_of((self.score.item_id, self.score.criterion))


@dataclass(frozen=True)
class Group:
    """The open criteria of one item."""

    item: CaseItem
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Overtaken:
    """What was typed about a criterion that a colleague scored first."""

    score: Score
    given: Given


@dataclass(frozen=True)
class Form:
    """Everything that there is to fill in, the decisive part first."""

    decisive: tuple[Group, ...]
    optional: tuple[Group, ...]
    ahead: Outlook

    @property
    def rows(self) -> tuple[Row, ...]:
        """All of them, in order."""
        return tuple(row for group in (*self.decisive, *self.optional) for row in group.rows)

    @property
    def targets(self) -> dict[str, str]:
        """Which control a wrong field leads to."""
        own = {f"{part}.{row.name}": f"{part}-{row.number}" for row in self.rows for part in _PARTS}
        first = {"mark": f"mark-{self.rows[0].number}"} if self.rows else {}
        return {**own, **first, "decision": "decision-first", "reason": "decision-reason"}

    @property
    def labels(self) -> dict[str, str]:
        """What a wrong field is called."""
        own = {
            f"{part}.{row.name}": f"{_LABELS[part]} “{row.score.text}”"
            for row in self.rows
            for part in _PARTS
        }
        return {**own, "mark": "A score", "decision": "The decision", "reason": "The reason for the decision"}


def name_of(place: Place) -> str:
    """Return what a criterion is called in the names of fields."""
    return "/".join(place)


def place_of(name: str) -> Place:
    """Return the criterion that is called so."""
    item_id, _, criterion = name.partition("/")
    return item_id, criterion


def read(form: FormData) -> Sheet:
    """Return what was handed in."""
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    names = dict.fromkeys(name.partition(".")[2] for name in fields if name.startswith("mark."))
    names |= dict.fromkeys(
        name.partition(".")[2] for name in fields if name.startswith(("quote.", "reason."))
    )
    marks = {
        place_of(name): Given(*(fields.get(f"{part}.{name}", "") for part in ("mark", "reason", "quote")))
        for name in names
    }
    return Sheet(marks, fields.get("decision", ""), fields.get("decision_reason", ""))


def form_of(case: Case, ahead: Outlook, typed: Sheet) -> Form:
    """Return the form, with what was typed in its place."""
    given = {place: one for place, one in typed.marks.items() if one}
    decisive = _groups(case, ahead.decisive, given, 1)
    optional = _groups(case, ahead.optional, given, 1 + len(ahead.decisive))
    return Form(decisive, optional, ahead)


def overtaken(case: Case, typed: Sheet) -> tuple[Overtaken, ...]:
    """Return what was typed about criteria that a colleague took, or that wait no more."""
    waits = {(one.item_id, one.criterion) for one in case.open} if case.assessment.needs_person else set()
    return tuple(
        Overtaken(case.assessment.scores[place], one)
        for place, one in typed.marks.items()
        if one and place not in waits and place in case.assessment.scores
    )


def folded(item: CaseItem) -> CaseItem:
    """Return the item without what a model took as evidence, for as long as a person has to score it."""
    scores = tuple(one.changed(evidence=()) if _is_credit_of_model(one) else one for one in item.scores)
    return replace(item, scores=scores) if item.open else item


def alone(case: Case, score: Score) -> CaseItem:
    """Return the item of a score, with that score and its evidence and no other."""
    item = next(one for one in case.items if one.item.id == score.item_id)
    return replace(item, scores=(score,))


def in_order(case: Case, form: Form | None) -> tuple[CaseItem, ...]:
    """Return the items as they are shown: what is to be scored first, then those with an appeal."""
    if form is None:
        return appealed_first(case)
    first = [group.item.item.id for group in (*form.decisive, *form.optional)]
    rest = [one for one in appealed_first(case) if one.item.id not in first]
    own = {one.item.id: folded(one) for one in case.items}
    return (*(own[item_id] for item_id in dict.fromkeys(first)), *rest)


def _is_credit_of_model(score: Score) -> bool:
    return score.rater_kind == "judge" and bool(score.evidence)


def _groups(
    case: Case, scores: Sequence[Score], given: Mapping[Place, Given], first: int
) -> tuple[Group, ...]:
    """Bring together what belongs to one item; the item whose criterion comes first comes first."""
    places = list(dict.fromkeys(one.item_id for one in scores))
    in_order = sorted(scores, key=lambda one: places.index(one.item_id))
    items = {one.item.id: folded(one) for one in case.items}
    rows = _rows(in_order, given, first)
    return tuple(
        Group(items[item_id], tuple(own)) for item_id, own in groupby(rows, key=lambda row: row.score.item_id)
    )


def _rows(scores: Iterable[Score], given: Mapping[Place, Given], first: int) -> tuple[Row, ...]:
    return tuple(
        Row(number, one, given.get((one.item_id, one.criterion), Given()))
        for number, one in enumerate(scores, first)
    )
