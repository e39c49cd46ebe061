"""Who meets which items: forms drawn by the shipped rules, many times, and counted."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from assessor.domain.form import draw_items, is_repeat
from assessor.domain.item import Category, Item
from assessor.domain.library import Library
from assessor.domain.track import FormPlan, Track

DRAWS = 1_000

MOST_EXPOSURE = 0.33
"""No task is on more than this share of the forms."""
MOST_OVERLAP = 0.20
"""Two candidates have at most this share of their tasks in common."""


@dataclass(frozen=True)
class Exposure:
    """What came of drawing one kind of form many times. Core interview questions may repeat more often."""

    form: str
    jurisdiction: str | None
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
    broken: tuple[str, ...]
    """What the plan demands and some of the forms do not keep, each said once."""

    @property
    def holds(self) -> bool:
        """Whether each form keeps to its plan, and all of them to the limits of exposure and overlap."""
        return (
            not self.broken
            and self.highest <= MOST_EXPOSURE
            and self.overlap <= MOST_OVERLAP
            and self.longest_minutes <= self.promised_minutes
        )


Draws = Sequence[tuple[Item, ...]]
"""The items of each of many forms."""


def draws_of(
    library: Library, track: Track, form: str, draws: int = DRAWS, jurisdiction: str | None = None
) -> Draws:
    """Draw forms from seeds of their own. Raises InvalidInput when the bank cannot fill one."""
    return tuple(
        draw_items(library, track, form, f"exposure {number}", jurisdiction=jurisdiction)
        for number in range(draws)
    )


def exposure(
    track: Track, form: str, drawn: Draws, bank: Iterable[str], jurisdiction: str | None = None
) -> Exposure:
    """Count what forms of one kind hold. `bank` are the ids of all items that the track has."""
    where = jurisdiction or track.jurisdiction
    plan = next(plan for name, plan in track.forms.items() if name == form)
    tasks: Counter[str] = Counter()
    questions: Counter[str] = Counter()
    for items in drawn:
        for item in items:
            (questions if item.category is Category.INTERVIEW else tasks)[item.id] += 1
    counts = tasks + questions
    return Exposure(
        form=form,
        jurisdiction=where,
        draws=len(drawn),
        shares={name: counts[name] / len(drawn) for name in bank},
        longest_minutes=max(sum(item.minutes for item in items) for items in drawn),
        promised_minutes=plan.minutes,
        highest=max(tasks.values(), default=0) / len(drawn),
        overlap=_overlap(tasks, len(drawn)),
        question_overlap=_overlap(questions, len(drawn)),
        broken=tuple(sorted({fault for items in drawn for fault in _broken(items, plan, where)})),
    )


def _broken(items: Sequence[Item], plan: FormPlan, jurisdiction: str | None) -> Iterator[str]:
    """Yield what one form does not keep. Written apart from the drawing, which has to keep it."""
    ids = {item.id for item in items}
    if len(ids) < len(items):
        yield "an item stands twice"
    if sum(item.minutes for item in items) > plan.minutes:
        yield f"more than {plan.minutes} minutes"
    if any(item.jurisdiction not in (None, jurisdiction) for item in items):
        yield "an item of another jurisdiction"
    if any(other.id in one.enemies or one.id in other.enemies for one, other in combinations(items, 2)):
        yield "two enemies"
    for competency, least in plan.coverage.items():
        if sum(item.competency == competency for item in items) < least:
            yield f"too little of {competency}"
    yield from _broken_sections(items, plan)


def _broken_sections(items: Sequence[Item], plan: FormPlan) -> Iterator[str]:
    if {item.category for item in items} - {section.category for section in plan.sections}:
        yield "a category without a section"
    for section in plan.sections:
        own = [item for item in items if item.category is section.category]
        firsts = [item for item in own if not is_repeat(item)]
        if len(firsts) != section.count or len(own) - len(firsts) > section.repeats:
            yield f"not the number of {section.category} items"
        if any(item.minutes > section.max_minutes for item in firsts):
            yield f"a {section.category} item that is too long"


def _overlap(counts: Counter[str], draws: int) -> float:
    """Return the mean share that two forms have in common, over all pairs of them.

    An item on c of the forms is common to c(c-1)/2 pairs, so that no pair has to be looked at.
    """
    places = counts.total() / draws
    common = sum(math.comb(count, 2) for count in counts.values())
    return common / (math.comb(draws, 2) * places) if places and draws > 1 else 0.0
