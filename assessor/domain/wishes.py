"""What a candidate asks for, what a platform's policy gives by itself, and what waits for an answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from assessor.domain.accommodation import DEFAULT_BREAK_MINUTES, Accommodation, BreakMinutes, TimeFactor
from assessor.domain.value import Value

MAX_NOTE_CHARS: Final = 1000
MAX_REQUESTS: Final = 20
"""So many times one candidate may ask in one assessment: each may reach the platform as a webhook."""


class Wish(StrEnum):
    """What can be ticked. None of them asks for a reason, or for proof."""

    EXTRA_TIME_25 = "extra_time_25"
    EXTRA_TIME_50 = "extra_time_50"
    EXTRA_TIME_100 = "extra_time_100"
    BREAKS = "breaks"
    TEXT_ONLY = "text_only"
    LARGER_TEXT = "larger_text"
    SCREEN_READER = "screen_reader"
    OTHER = "other"
    """Said in the candidate's own words."""


FACTORS: Final[Mapping[Wish, float]] = MappingProxyType(
    {Wish.EXTRA_TIME_25: 1.25, Wish.EXTRA_TIME_50: 1.5, Wish.EXTRA_TIME_100: 2.0}
)
"""Working time, against the standard."""

WANTED_BREAK_MINUTES: Final = DEFAULT_BREAK_MINUTES
"""What `breaks` asks for, on top of what everybody has."""

BY_DESIGN: Final = frozenset({Wish.TEXT_ONLY, Wish.LARGER_TEXT, Wish.SCREEN_READER})
"""These need nobody's leave: every page is text and works with a screen reader, and text grows at once."""


class AtOnce(Value):
    """What whoever asks is given at once, without anybody's answer."""

    time_factor: TimeFactor = 1.5
    """Up to it; 1 gives no time by itself."""
    extra_break_minutes: BreakMinutes = WANTED_BREAK_MINUTES

    def over(self, terms: Accommodation, wishes: Iterable[Wish]) -> Accommodation:
        """Return the terms with as much of the wishes as is given at once. Nothing is taken away."""
        asked = tuple(wishes)
        factor = min(max((FACTORS.get(wish, 1.0) for wish in asked), default=1.0), self.time_factor)
        minutes = min(WANTED_BREAK_MINUTES, self.extra_break_minutes) if Wish.BREAKS in asked else 0
        return terms.changed(
            time_factor=max(terms.time_factor, factor),
            extra_break_minutes=max(terms.extra_break_minutes, minutes),
        )


def is_met(wish: Wish, terms: Accommodation) -> bool:
    """Whether the terms, or how the pages are made, give what is wished for."""
    if wish in FACTORS:
        return terms.untimed or terms.time_factor >= FACTORS[wish]
    if wish is Wish.BREAKS:
        return terms.untimed or terms.extra_break_minutes >= WANTED_BREAK_MINUTES
    return wish in BY_DESIGN


@dataclass(frozen=True)
class Answer:
    """What the platform said to a request, as a whole."""

    is_granted: bool
    told: str
    """Shown to the candidate."""
    at: datetime


@dataclass(frozen=True)
class Asked:
    """The latest request. It states everything that is wished for, and replaces those before."""

    seq: int
    at: datetime
    wishes: tuple[Wish, ...]
    note: str
    number: int = 1
    """The how manieth request it is."""
    answer: Answer | None = None

    def waiting(self, terms: Accommodation) -> tuple[Wish, ...]:
        """Return what waits for the platform; nothing once it has answered."""
        if self.answer:
            return ()
        return tuple(wish for wish in self.wishes if not is_met(wish, terms))

    def is_same(self, wishes: Iterable[Wish], note: str) -> bool:
        """Whether the same was asked for, and has had no answer yet."""
        return self.answer is None and (self.wishes, self.note) == (tuple(wishes), note)
