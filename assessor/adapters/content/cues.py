"""What gives an answer away to somebody who has not read the item. Warnings, never errors."""

from collections.abc import Iterator
from itertools import combinations

from assessor.adapters.content.shelves import Entry, Shelf
from assessor.adapters.content.statistics import CueTest, LengthTest, TrackStatistics
from assessor.domain.errors import LibraryProblem
from assessor.domain.exact_tests import Evenness
from assessor.domain.inference import inferring
from assessor.domain.item import InterviewItem, Item
from assessor.domain.keys import secrets, subject
from assessor.domain.likeness import Runs, jaccard, runs_of

SIGNIFICANT = 0.05

LIKE_RUN = 5
LIKE = 0.2
"""Of runs of five words: items on one theme share up to .03, a text that was adapted far more."""

TELLING_RUN = 8
"""Words in a row that nobody writes twice by accident."""

STRONG_ANSWER = 3
"""Anchors from this level on say what the answer is."""


def cues(shelf: Shelf, figures: TrackStatistics) -> Iterator[LibraryProblem]:
    """Warn of lengths and places that point to the best response."""
    entries = {item.id: entry for entry, item in shelf.usable()}
    for category, test in figures.longest.items():
        yield from _beyond_chance(entries, category, test, "the longest")
    for category, test in figures.first.items():
        yield from _beyond_chance(entries, category, test, "the first one shown")
    for category, lengths in figures.lengths.items():
        yield from _told_by_length(shelf, category, lengths)
    for category, even in figures.positions.items():
        yield from _uneven(shelf, category, even)


def _beyond_chance(
    entries: dict[str, Entry[Item]], category: str, test: CueTest, cue: str
) -> Iterator[LibraryProblem]:
    if test.p >= SIGNIFICANT:
        return
    yield entries[test.cued[-1]].problem(
        f"in {len(test.cued)} of {test.items} {category} items the best response is {cue} "
        f"(chance: {test.expected:.1f}, p = {test.p:.3f}): {', '.join(test.cued)}",
        "key",
    )


def _told_by_length(shelf: Shelf, category: str, test: LengthTest) -> Iterator[LibraryProblem]:
    if test.p >= SIGNIFICANT:
        return
    entry = next(entry for entry, item in shelf.usable() if item.category == category)
    yield entry.problem(
        f"a sound response is longer than a flawed one in {test.sound_longer:.0%} of all pairs of "
        f"{category} items (chance: 50%, p = {test.p:.3f}); lengthen or shorten some",
        "response",
    )


def _uneven(shelf: Shelf, category: str, even: Evenness) -> Iterator[LibraryProblem]:
    if even.p >= SIGNIFICANT:
        return
    entry = next(entry for entry, item in shelf.usable() if item.category == category)
    counts = ", ".join(map(str, even.counts))
    expected = ", ".join(f"{mean:.1f}" for mean in even.expected)
    yield entry.problem(
        f"the best responses of {category} items stand in places 1 to {len(even.counts)} so often: {counts} "
        f"(chance: {expected}; p = {even.p:.3f}); change the order of some",
        "key",
    )


def echoes(shelf: Shelf) -> Iterator[LibraryProblem]:
    """Warn of items that are nearly the same, and of an item's answer in what another one shows."""
    known = [(entry, item) for entry, item in shelf.usable()]
    alike = {item.id: runs_of(subject(item), LIKE_RUN) for _, item in known}
    shown = {item.id: runs_of(subject(item), TELLING_RUN) for _, item in known}
    answers = {item.id: runs_of(_answers(shelf, item), TELLING_RUN) - shown[item.id] for _, item in known}
    for (_, first), (entry, second) in combinations(known, 2):
        if not _may_meet(first, second):
            continue
        if (share := jaccard(alike[first.id], alike[second.id])) >= LIKE:
            yield entry.problem(
                f"is much like {first.id!r}: {share:.0%} of their runs of {LIKE_RUN} words are the same; "
                "reword one, or name them as enemies",
                "id",
            )
    for entry, item in known:
        for _, other in known:
            if item is not other and _may_meet(item, other):
                field = "rubric" if isinstance(item, InterviewItem) else "key"
                yield from _told(entry, field, other, answers[item.id] & shown[other.id])


def _may_meet(one: Item, other: Item) -> bool:
    """Whether two items may stand on one form without being meant to be alike."""
    if one.id in other.enemies or other.id in one.enemies:
        return False
    return one.id != getattr(other, "repeat_of", None) and other.id != getattr(one, "repeat_of", None)


def _answers(shelf: Shelf, item: Item) -> tuple[str, ...]:
    rubrics = [entry.value for entry in shelf.rubrics if entry.value and entry.value.id == item.rubric]
    anchors = [a.answer for rubric in rubrics for a in rubric.anchors if a.level >= STRONG_ANSWER]
    criteria = [criterion.text for rubric in rubrics for criterion in rubric.criteria]
    return (*secrets(item), *anchors, *criteria)


def _told(entry: Entry[Item], field: str, other: Item, shared: Runs) -> Iterator[LibraryProblem]:
    if shared:
        words = " ".join(min(shared))
        yield entry.problem(
            f"its answer stands in what {other.id!r} shows ({words!r}); reword one, or name them as enemies",
            field,
        )


def unused_rubrics(shelf: Shelf) -> Iterator[LibraryProblem]:
    """Warn of rubrics that no item names."""
    used = {item.rubric for _, item in shelf.usable()}
    for entry in shelf.rubrics:
        if entry.value is not None and entry.id not in used:
            yield entry.problem("no item uses this rubric", "id")


def criteria_of_feelings(shelf: Shelf) -> Iterator[LibraryProblem]:
    """Warn of criteria by which somebody would be judged for what they feel, or for what their body does."""
    for entry in shelf.rubrics:
        for place, criterion in enumerate(entry.value.criteria if entry.value else ()):
            if found := next(inferring(criterion.text), None):
                yield entry.problem(
                    f"judges a person by {found!r}, which no text shows; ask for what the answer says",
                    *("criteria", place, "text"),
                )
