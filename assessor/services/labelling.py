"""From rows of labels, as people hand them in, to labelled responses of the library's items."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessor.domain.calibration import Label, LabelRow
from assessor.domain.errors import AssessorError, FieldProblem, InvalidInput, NotFound, invalid
from assessor.domain.item import Category, Item, SftItem
from assessor.domain.library import Library
from assessor.domain.rubric import Rubric
from assessor.domain.text import accept_text
from assessor.scoring.labelled import Labelled, response_id, work_on

_LABELS: Mapping[str, Label | None] = {
    "1": 1, "met": 1, "true": 1, "yes": 1,
    "0": 0, "unmet": 0, "false": 0, "no": 0, "not met": 0,
    "": None, "cannot_assess": None,
}  # fmt: skip
"""What a label may be; one that is missing is no label."""

MOST_PROBLEMS = 25
"""So many are shown at once; who has more has one mistake many times."""


@dataclass(frozen=True)
class _Read:
    """A row, understood."""

    item: Item
    rubric: Rubric
    language: str
    text: str
    criterion: str
    labels: tuple[Label, ...]


def labelled(rows: Iterable[LabelRow], library: Library, track_id: str) -> tuple[Labelled, ...]:
    """Return the responses with their labels, in the order in which they first stand.

    Raises InvalidInput with every mistake and its line, NotFound for an unknown track.
    """
    library.track(track_id)
    read: list[_Read] = []
    problems: list[FieldProblem] = []
    for row in rows:
        try:
            read.append(_read(row, library, track_id))
        except InvalidInput as refused:
            problems += [
                FieldProblem(f"line {row.line}, {one.field}", one.problem, one.remedy)
                for one in refused.problems
            ]
        except AssessorError as refused:
            problems.append(FieldProblem(f"line {row.line}", str(refused), "Correct this line."))
    if problems:
        raise InvalidInput(problems[:MOST_PROBLEMS])
    if not read:
        raise invalid("labels", "hold no row", "Give one row for each criterion of each response.")
    return _grouped(read)


def anchors(library: Library, track_id: str) -> tuple[Labelled, ...]:
    """Return the rubrics' own examples as labelled responses.

    Each is judged by its rubric without it: with the example in the prompt a judge would only look it up.
    """
    track = library.track(track_id)
    by_rubric: dict[str, Item] = {}
    for item in library.items[track_id].values():
        if item.rubric:
            by_rubric.setdefault(item.rubric, item)
    return tuple(
        labelled_anchor
        for rubric_id, item in by_rubric.items()
        for labelled_anchor in _anchors_of(item, library.rubric(rubric_id), track.language)
    )


def _anchors_of(item: Item, rubric: Rubric, language: str) -> Iterable[Labelled]:
    for place, anchor in enumerate(rubric.anchors):
        others = rubric.changed(anchors=(*rubric.anchors[:place], *rubric.anchors[place + 1 :]))
        text = anchor.answer.strip()
        yield Labelled(
            id=response_id(item, language, text),
            item=item,
            rubric=others,
            language=language,
            text=text,
            labels={one.id: (int(one.id in anchor.met),) for one in rubric.criteria},
            reference=_reference(item, others),
        )


def _read(row: LabelRow, library: Library, track_id: str) -> _Read:
    item, rubric = _item(row, library, track_id)
    language = row.language or library.track(track_id).language
    item = _in_language(item, language, library, track_id)
    if row.criterion not in {one.id for one in rubric.criteria}:
        known = ", ".join(one.id for one in rubric.criteria)
        raise invalid("criterion", f"{rubric.id} has none called {row.criterion!r}", f"Use one of {known}.")
    text = accept_text("response", row.response, required=True).strip()
    work_on(item, rubric, text)
    given = tuple(label for one in row.labels if (label := _label(one)) is not None)
    return _Read(item, rubric, language, text, row.criterion, given)


def _item(row: LabelRow, library: Library, track_id: str) -> tuple[Item, Rubric]:
    if not row.item and not row.rubric:
        raise invalid("item", "is missing", "Name the item, or the rubric.")
    if row.item:
        item = library.item(track_id, row.item)
    else:
        named = (one for one in library.items[track_id].values() if one.rubric == row.rubric)
        found = next(named, None)
        if found is None:
            raise NotFound("rubric", row.rubric)
        item = found
    if not item.rubric:
        raise invalid("item", f"{item.id} is scored by a key alone", "Leave it out: no judge reads it.")
    if row.rubric and row.rubric != item.rubric:
        raise invalid("rubric", f"{item.id} is scored by {item.rubric}", "Correct one of the two.")
    return item, library.rubric(item.rubric)


def _in_language(item: Item, language: str, library: Library, track_id: str) -> Item:
    """Return the item as it is asked in a language. Only interviews are held in others than the track's."""
    track = library.track(track_id)
    spoken = track.languages if item.category is Category.INTERVIEW else (track.language,)
    if language not in spoken:
        known = ", ".join(spoken)
        raise invalid("language", f"{item.id} is not asked in {language!r}", f"Use one of {known}.")
    return library.as_asked(track_id, item, language)


def _label(said: str) -> Label | None:
    try:
        return _LABELS[said.strip().casefold()]
    except KeyError:
        raise invalid(
            "label", f"{said!r} is not a label", "Use 1 or 0, met or unmet, or leave it empty."
        ) from None


def _grouped(read: Sequence[_Read]) -> tuple[Labelled, ...]:
    groups: dict[str, list[_Read]] = {}
    for one in read:
        groups.setdefault(response_id(one.item, one.language, one.text), []).append(one)
    found = []
    for id_, rows in groups.items():
        first: _Read = rows[0]
        labels: dict[str, tuple[Label, ...]] = {}
        for one in rows:  # a criterion that stands twice was labelled by two people
            labels[one.criterion] = labels.get(one.criterion, ()) + one.labels
        found.append(
            Labelled(
                id=id_,
                item=first.item,
                rubric=first.rubric,
                language=first.language,
                text=first.text,
                labels=labels,
                reference=_reference(first.item, first.rubric),
            )
        )
    return tuple(found)


def _reference(item: Item, rubric: Rubric) -> str:
    """Return the item's reference answer, else the best of the rubric's examples."""
    if isinstance(item, SftItem):
        return item.key.reference
    best = max(rubric.anchors, key=lambda one: one.level, default=None)
    return best.answer if best else ""
