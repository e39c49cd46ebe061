"""A library whose interview is long enough for a hundred turns: the shipped questions, repeated."""

from typing import Final

from assessor.adapters.content import FileContent
from assessor.domain.item import Category, Item
from assessor.domain.library import Library

TRACK: Final = "python"
FORM: Final = "full"
QUESTIONS: Final = 36
"""With two follow-ups each that is 108 turns, and the background question before them."""
MINUTES: Final = 600


class LongContent(FileContent):
    """The shipped library with `QUESTIONS` interview questions on one form."""

    async def library(self, track: str | None = None) -> Library:
        """Return the lengthened library; made once."""
        library = await super().library(track)
        if library.tracks[TRACK].forms[FORM].time_limit_minutes != MINUTES:
            self._library = library = _lengthened(library)
        return library


def _lengthened(library: Library) -> Library:
    track, items = library.tracks[TRACK], library.items[TRACK]
    plan = track.forms[FORM]
    sections = tuple(
        section.model_copy(update={"count": QUESTIONS}) if section.category is Category.INTERVIEW else section
        for section in plan.sections
    )
    longer = plan.model_copy(update={"sections": sections, "minutes": MINUTES, "time_limit_minutes": MINUTES})
    return Library(
        tracks={**library.tracks, TRACK: track.model_copy(update={"forms": {**track.forms, FORM: longer}})},
        items={**library.items, TRACK: {**items, **_repeated(list(items.values()))}},
        rubrics=library.rubrics,
        sentences=library.sentences,
    )


def _repeated(items: list[Item]) -> dict[str, Item]:
    asked = [item for item in items if item.category is Category.INTERVIEW]
    rounds = range(-(-QUESTIONS // len(asked)))
    copies = [
        item.model_copy(update={"id": f"{item.id}-{number}", "enemies": ()})
        for number in rounds
        for item in asked
    ]
    return {item.id: item for item in copies}
