"""Cues that give an answer away to somebody who has not read the item. Warnings, never errors."""

import math
from collections.abc import Iterator

from assessor.adapters.content.shelves import Entry, Shelf
from assessor.domain.errors import LibraryProblem
from assessor.domain.item import Item, RankingItem


def warnings(shelf: Shelf) -> Iterator[LibraryProblem]:
    """Return what an author should look at, though the library can be used as it is."""
    ranked = [(entry, item) for entry, item in shelf.usable() if isinstance(item, RankingItem)]
    longest = [(entry, item) for entry, item in ranked if _best(item) & _longest(item)]
    first = [(entry, item) for entry, item in ranked if item.responses[0].id in _best(item)]
    yield from _beyond_chance(ranked, longest, "the longest")
    yield from _beyond_chance(ranked, first, "the first one shown")
    used = {item.rubric for _, item in shelf.usable()}
    for entry in shelf.rubrics:
        if entry.value is not None and entry.id not in used:
            yield entry.problem("no item uses this rubric", "id")


def _best(item: RankingItem) -> set[str]:
    return set(item.key.order[0])


def _longest(item: RankingItem) -> set[str]:
    size = max(len(response.text) for response in item.responses)
    return {response.id for response in item.responses if len(response.text) == size}


def _beyond_chance(
    ranked: list[tuple[Entry[Item], RankingItem]], cued: list[tuple[Entry[Item], RankingItem]], cue: str
) -> Iterator[LibraryProblem]:
    """Warn when the cue points to the best response more often than drawing blindly would."""
    expected = sum(len(_best(item)) / len(item.responses) for _, item in ranked)
    if len(cued) <= math.ceil(expected):  # one item more than a fraction is no pattern
        return
    entry, _ = cued[-1]
    names = ", ".join(item.id for _, item in cued)
    yield entry.problem(
        f"in {len(cued)} of {len(ranked)} ranking items the best response is {cue} "
        f"(chance: {expected:.1f}): {names}",
        "key",
        "order",
    )
