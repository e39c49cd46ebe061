"""What must hold between the entries of a track: one small function a rule.

Rules that count ("there are enough items") keep quiet about a category in which an entry has a
mistake of its own: they would only repeat it in other words.
"""

from collections.abc import Callable, Container, Iterable, Iterator

from assessor.adapters.content.cuts import cut_is_the_one_of_its_record
from assessor.adapters.content.drawable import every_form_can_be_drawn
from assessor.adapters.content.keys import (
    keys_hold,
    references_meet_their_constraints,
    trajectories_agree_with_their_keys,
)
from assessor.adapters.content.shelves import Entry, Shelf
from assessor.domain.errors import LibraryProblem
from assessor.domain.item import Category, InterviewItem, Item, RankingItem
from assessor.domain.rubric import Anchor, Rubric

Problems = Iterator[LibraryProblem]

_GRADED = (Category.INTERVIEW, Category.SFT)
"""Categories whose rubrics need an anchor at every level: simulated candidates answer with them."""


def track_is_in_its_own_folder(shelf: Shelf) -> Problems:
    """The folder's name is the track's id, because ids are what everything else refers to."""
    if shelf.track.id is not None and shelf.track.id != shelf.name:
        yield shelf.track.problem(f"is {shelf.track.id!r}, but the folder is called {shelf.name!r}", "id")


def item_ids_are_unique(shelf: Shelf) -> Problems:
    """An item is found by track and id, whatever its category."""
    yield from repeated_ids(shelf.entries(), "item")


def repeated_ids(entries: Iterable[Entry[Item] | Entry[Rubric]], kind: str) -> Problems:
    """Report every entry whose id an earlier one has."""
    first: dict[str, Entry[Item] | Entry[Rubric]] = {}
    for entry in entries:
        if entry.id is None:
            continue
        if entry.id in first:
            at = first[entry.id].problem("", "id")
            yield entry.problem(f"{entry.id!r} is another {kind}'s id ({at.file}:{at.line})", "id")
        first.setdefault(entry.id, entry)


def items_refer_to_what_exists(shelf: Shelf) -> Problems:
    """Rubrics and enemies that items name are there."""
    if shelf.unread:
        return
    rubrics = {entry.id for entry in shelf.rubrics}
    ids = {entry.id for entry in shelf.entries()}
    for entry, item in shelf.usable():
        if item.rubric is not None and item.rubric not in rubrics:
            yield entry.problem(f"there is no rubric {item.rubric!r} for this track", "rubric")
        for place, enemy in enumerate(item.enemies):
            if enemy not in ids or enemy == item.id:
                yield entry.problem(f"{enemy!r} is not another item of this track", "enemies", place)


def canaries_are_of_one_item(shelf: Shelf) -> Problems:
    """A canary that stands in two keys does not tell which one was seen."""
    first: dict[str, str] = {}
    for entry, item in shelf.usable():
        if item.canary is None:
            continue
        other = first.setdefault(item.canary.casefold(), item.id)
        if other != item.id:
            yield entry.problem(f"is the canary of {other!r} too", "canary")


def repeats_show_what_their_first_shows(shelf: Shelf) -> Problems:
    """A hidden repeat names a ranking that is no repeat itself, and shows some of its responses again."""
    known = {item.id: item for _, item in shelf.usable() if isinstance(item, RankingItem)}
    for entry, item in shelf.usable():
        if not isinstance(item, RankingItem) or item.repeat_of is None:
            continue
        if (first := known.get(item.repeat_of)) is None or first is item:
            if Category.RANKING not in shelf.incomplete or first is item:
                yield entry.problem(f"{item.repeat_of!r} is not another ranking of this track", "repeat_of")
        elif first.repeat_of is not None:
            yield entry.problem(
                f"{first.id!r} is a repeat itself; name the ranking that it repeats", "repeat_of"
            )
        elif item.id in first.enemies or first.id in item.enemies:
            yield entry.problem(f"{first.id!r} is an enemy, so the two never meet on a form", "repeat_of")
        elif not {response.text for response in item.responses} <= {
            response.text for response in first.responses
        }:
            yield entry.problem(
                f"shows responses that {first.id!r} does not have, word for word", "responses"
            )


def items_belong_to_the_track(shelf: Shelf) -> Problems:
    """Competency, specialty and jurisdiction are ones that the track knows."""
    if (track := shelf.track.value) is None:
        return
    competencies = {competency.id for competency in track.competencies}
    for entry, item in shelf.usable():
        if item.competency not in competencies:
            yield entry.problem(f"the track has no competency {item.competency!r}", "competency")
        if item.specialty is not None and item.specialty not in track.specialties:
            yield entry.problem(f"the track has no specialty {item.specialty!r}", "specialty")
        if item.jurisdiction not in (None, *track.jurisdictions):
            yield entry.problem(f"the track has no jurisdiction {item.jurisdiction!r}", "jurisdiction")
    for rubric_entry in shelf.rubrics:
        for place, criterion in enumerate(rubric_entry.value.criteria if rubric_entry.value else ()):
            if criterion.competency not in competencies:
                problem = f"the track has no competency {criterion.competency!r}"
                yield rubric_entry.problem(problem, "criteria", place, "competency")


def every_competency_is_measured(shelf: Shelf) -> Problems:
    """A competency without an item would be reported without an observation."""
    if shelf.track.value is None or shelf.incomplete:
        return
    measured = {item.competency for _, item in shelf.usable()}
    for place, competency in enumerate(shelf.track.value.competencies):
        if competency.id not in measured:
            yield shelf.track.problem(f"no item measures {competency.id!r}", "competencies", place, "id")


def anchors_agree_with_their_levels(shelf: Shelf) -> Problems:
    """An anchor shows what its level asks for, and nothing of the levels above."""
    graded = {item.rubric for _, item in shelf.usable() if item.category in _GRADED}
    for entry in shelf.rubrics:
        if (rubric := entry.value) is None:
            continue
        for place, anchor in enumerate(rubric.anchors):
            if (problem := _anchor_problem(rubric, anchor)) is not None:
                yield entry.problem(problem, "anchors", place, "met")
        absent = sorted(set(range(5)) - {anchor.level for anchor in rubric.anchors})
        if rubric.id in graded and absent:
            levels = ", ".join(map(str, absent))
            yield entry.problem(f"need an answer at each level from 0 to 4; missing: {levels}", "anchors")


def every_criterion_is_shown_by_an_anchor(shelf: Shelf) -> Problems:
    """A criterion that no example meets cannot be checked when a new model is tried on the anchors."""
    for entry in shelf.rubrics:
        if (rubric := entry.value) is None or not rubric.anchors:
            continue
        shown = {name for anchor in rubric.anchors for name in anchor.met}
        for place, criterion in enumerate(rubric.criteria):
            if criterion.id not in shown:
                yield entry.problem(f"no anchor meets {criterion.id!r}", "criteria", place, "id")


def _anchor_problem(rubric: Rubric, anchor: Anchor) -> str | None:
    levels = {criterion.id: criterion.level for criterion in rubric.criteria}
    met = {levels[name] for name in anchor.met}
    if anchor.level == 0 and met:
        return "an anchor at level 0 meets no criterion"
    if anchor.level > 0 and anchor.level not in met:
        return f"an anchor at level {anchor.level} meets at least one criterion of level {anchor.level}"
    if met and max(met) > anchor.level:
        return f"an anchor at level {anchor.level} meets a criterion of level {max(met)}"
    return None


def questions_are_asked_once(shelf: Shelf) -> Problems:
    """The same words twice in one conversation would look like a fault."""
    first: dict[str, str] = {}
    for entry, item in shelf.usable():
        if not isinstance(item, InterviewItem):
            continue
        texts: list[tuple[str, tuple[str | int, ...]]] = [(item.question, ("question",))]
        texts += [(probe.text, ("probes", place, "text")) for place, probe in enumerate(item.probes)]
        for text, field in texts:
            words = " ".join(text.casefold().split())
            if words in first:
                yield entry.problem(f"the same words are in {first[words]}", *field)
            first.setdefault(words, f"item {item.id!r}")


def interviews_are_translated(shelf: Shelf) -> Problems:
    """A language that the track lists has all its texts: nothing may be missing once an interview began."""
    if (track := shelf.track.value) is None:
        return
    for entry, item in shelf.usable():
        if not isinstance(item, InterviewItem):
            continue
        for language in sorted(track.translations.keys() - item.translations.keys()):
            yield entry.problem(f"the track is offered in {language!r}, and this item is not", "translations")
        for language in sorted(item.translations.keys() - track.translations.keys()):
            yield entry.problem(f"the track has no translation into {language!r}", "translations", language)


def spoken_in(shelf: Shelf, sentences: Container[str]) -> Problems:
    """The interviewer can speak every language that the track lists."""
    if (track := shelf.track.value) is None:
        return
    for language in track.languages:
        if language not in sentences:
            field = ("language",) if language == track.language else ("translations", language)
            yield shelf.track.problem(
                f"the interviewer does not speak {language!r}: there is no file of sentences for it", *field
            )


CHECKS: tuple[Callable[[Shelf], Problems], ...] = (
    track_is_in_its_own_folder,
    cut_is_the_one_of_its_record,
    item_ids_are_unique,
    items_refer_to_what_exists,
    repeats_show_what_their_first_shows,
    canaries_are_of_one_item,
    items_belong_to_the_track,
    every_competency_is_measured,
    every_form_can_be_drawn,
    anchors_agree_with_their_levels,
    every_criterion_is_shown_by_an_anchor,
    references_meet_their_constraints,
    keys_hold,
    trajectories_agree_with_their_keys,
    questions_are_asked_once,
    interviews_are_translated,
)
