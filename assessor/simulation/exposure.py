"""Who meets which items: forms drawn by the shipped rules, many times, and counted."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessor.domain.form import draw_items
from assessor.domain.item import Category, Item
from assessor.domain.library import Library
from assessor.domain.track import Track

DRAWS = 1_000

MOST_EXPOSURE = 0.33
"""No task is on more than this share of the forms."""
MOST_OVERLAP = 0.20
"""Two candidates have at most this share of their tasks in common."""


@dataclass(frozen=True)
class Exposure:
    """What came of drawing one kind of form many times. Core interview questions may repeat more often."""

    form: str
    draws: int
    shares: Mapping[str, float]
    """By item, of the forms that it was on; 0 for one that no form takes."""
    longest_minutes: float
    promised_minutes: int
    highest: float
    """Of a task."""
    overlap: float
    """Mean share of tasks that two of the candidates have in common."""
    question_overlap: float

    @property
    def holds(self) -> bool:
        """Whether exposure, overlap and minutes keep within what was promised."""
        return (
            self.highest <= MOST_EXPOSURE
            and self.overlap <= MOST_OVERLAP
            and self.longest_minutes <= self.promised_minutes
        )


Draws = Sequence[tuple[Item, ...]]
"""The items of each of many forms."""


def draws_of(library: Library, track: Track, form: str, draws: int = DRAWS) -> Draws:
    """Draw forms from seeds of their own. Raises InvalidInput when the bank cannot fill one."""
    return tuple(draw_items(library, track, form, f"exposure {number}") for number in range(draws))


def exposure(track: Track, form: str, drawn: Draws, bank: Iterable[str]) -> Exposure:
    """Count what forms of one kind hold. `bank` are the ids of all items that the track has."""
    tasks: Counter[str] = Counter()
    questions: Counter[str] = Counter()
    for items in drawn:
        for item in items:
            (questions if item.category is Category.INTERVIEW else tasks)[item.id] += 1
    counts = tasks + questions
    return Exposure(
        form=form,
        draws=len(drawn),
        shares={name: counts[name] / len(drawn) for name in bank},
        longest_minutes=max(sum(item.minutes for item in items) for items in drawn),
        promised_minutes=next(plan.minutes for name, plan in track.forms.items() if name == form),
        highest=max(tasks.values(), default=0) / len(drawn),
        overlap=_overlap(tasks, len(drawn)),
        question_overlap=_overlap(questions, len(drawn)),
    )


def _overlap(counts: Counter[str], draws: int) -> float:
    """Return the mean share that two forms have in common, over all pairs of them.

    An item on c of the forms is common to c(c-1)/2 pairs, so that no pair has to be looked at.
    """
    places = counts.total() / draws
    common = sum(math.comb(count, 2) for count in counts.values())
    return common / (math.comb(draws, 2) * places) if places and draws > 1 else 0.0
