"""What the answers of many candidates say of an item, and which items somebody has to look at."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean, median
from typing import Literal

from assessor.domain.agreement import Measure, Undetermined, fisher_exact
from assessor.domain.item import Category, Item
from assessor.domain.item_health.answer import Answer
from assessor.domain.item_health.compromise import Alarm, alarms
from assessor.domain.item_health.discrimination import item_rest_correlation
from assessor.domain.item_health.drift import drift
from assessor.domain.item_health.shift import estimated_shift
from assessor.domain.value import Value

Status = Literal["insufficient", "constant", "key_suspect", "weak", "sound"]


@dataclass(frozen=True)
class Thresholds:
    """Every number by which items are judged, written once."""

    least_answers: int = 50
    """A correlation of 0 then has a 95% interval of .28 to both sides, and a third is 16 candidates."""
    suspect_below: float = 0.0
    """Upper end of the discrimination's 95% interval: below it, doing well on the rest costs points."""
    weak_below: float = 0.1
    """Upper end below which an item tells next to nothing of the ability."""
    against_key: float = 0.01
    """Error allowed, over all picks of an item together, when the able third goes against the key."""


THRESHOLDS = Thresholds()


class OptionCount(Value):
    """How often one option was picked, in all and by the third with the highest and lowest rest."""

    question: str
    option: str
    keyed: bool | None
    picked: int
    high: int
    low: int


class ItemHealth(Value):
    """What is known of one item. Numbers are None where the answers do not carry them."""

    item_id: str
    category: Category
    status: Status
    notes: tuple[str, ...] = ()
    """Why somebody has to look at it, or how many answers are still needed."""
    n: int
    """Answers that were scored, of candidates with enough other items."""
    mean_score: float | None
    discrimination: Measure
    difficulty_authored: float | None
    """Logits; the mean of the item's criteria."""
    difficulty: float | None
    difficulty_interval: tuple[float, float] | None
    """95%."""
    exposure: float | None
    """Share of the forms on which it stood."""
    drift: Measure
    """How much more the later half of the answers scores, at equal ability."""
    alarms: tuple[Alarm, ...] = ()
    """Why it may have become known to candidates before they saw it."""
    minutes_authored: float
    minutes_median: float | None
    options: tuple[OptionCount, ...] = ()
    retired: bool = False


def health_of(
    item: Item, answers: Sequence[Answer], *, exposure: float | None = None, retired: bool = False
) -> ItemHealth:
    """Judge one item by the answers to it."""
    found = item_rest_correlation([one.score for one in answers], [one.rest for one in answers])
    high, low = thirds(answers)
    status, notes = _judged(answers, found, high, low)
    authored = round(fmean(one.difficulty for one in answers), 6) if answers else None
    shift = estimated_shift([one.shifts for one in answers])
    minutes = [one.minutes for one in answers if one.minutes is not None]
    shown = authored is not None and status != "insufficient"
    return ItemHealth(
        item_id=item.id,
        category=item.category,
        status=status,
        notes=notes,
        n=len(answers),
        mean_score=round(fmean(one.score for one in answers), 6) if answers else None,
        discrimination=found,
        difficulty_authored=authored,
        difficulty=round((authored or 0.0) + shift.mean, 6) if shown else None,
        difficulty_interval=(
            (round((authored or 0.0) + shift.low, 6), round((authored or 0.0) + shift.high, 6))
            if shown
            else None
        ),
        exposure=exposure,
        drift=drift(answers, THRESHOLDS.least_answers),
        alarms=alarms(answers),
        minutes_authored=item.minutes,
        minutes_median=round(median(minutes), 2) if minutes else None,
        options=options(answers, high, low),
        retired=retired,
    )


def thirds(answers: Sequence[Answer]) -> tuple[list[Answer], list[Answer]]:
    """Return the third with the highest and the third with the lowest rest."""
    ordered = sorted(answers, key=lambda one: one.rest)
    third = len(ordered) // 3
    return ordered[len(ordered) - third :], ordered[:third]


def options(
    answers: Sequence[Answer], high: Sequence[Answer], low: Sequence[Answer]
) -> tuple[OptionCount, ...]:
    """Count each option; of flaws that nobody named and no key has, nothing is told."""
    everybody, able, others = (
        Counter(chain.from_iterable(one.choices for one in group)) for group in (answers, high, low)
    )
    counted = [
        OptionCount(
            question=choice.question,
            option=choice.option,
            keyed=choice.keyed,
            picked=count,
            high=able[choice],
            low=others[choice],
        )
        for choice, count in everybody.items()
    ]
    told = {one.question for one in counted if one.option != "not named" or not one.keyed}
    return tuple(
        sorted((one for one in counted if one.question in told), key=lambda one: (one.question, one.option))
    )


def against_key(high: Sequence[Answer], low: Sequence[Answer]) -> tuple[str, ...]:
    """Return the picks in which the able third goes against the key.

    It has to do so by majority, and more often than the weak third does: Fisher's exact test, one-sided,
    its level divided by the number of picks (Bonferroni). A key that is only hard is missed by the weak
    more often than by the able.
    """
    questions = sorted({choice.question for one in (*high, *low) for choice in one.choices})
    found = []
    for question in questions:
        (above, against), (with_low, against_low) = (
            _with_and_against(group, question) for group in (high, low)
        )
        if against <= above:
            continue
        try:
            p = fisher_exact(against, above, against_low, with_low, "greater")
        except Undetermined:
            continue
        if p < THRESHOLDS.against_key / len(questions):
            found.append(question)
    return tuple(found)


def overlap(given: Mapping[str, int], forms: int) -> float | None:
    """Return the share of a form that a second one has too, over all pairs of forms; None without pairs.

    `given` counts on how many of the `forms` each item stood (Chen, Ankenmann & Spray 2003).

    >>> overlap({"a": 2, "b": 1, "c": 1}, 2)
    0.5
    """
    places = sum(given.values())
    if forms < 2 or not places:  # noqa: PLR2004 - a pair takes two
        return None
    shared = sum(count * (count - 1) for count in given.values()) / (forms * (forms - 1))
    return round(shared / (places / forms), 6)


def _judged(
    answers: Sequence[Answer], found: Measure, high: Sequence[Answer], low: Sequence[Answer]
) -> tuple[Status, tuple[str, ...]]:
    missing = THRESHOLDS.least_answers - len(answers)
    if missing > 0:
        return "insufficient", (f"needs {missing} more answers, {THRESHOLDS.least_answers} in all",)
    if found.value is None or found.high is None:
        return "constant", (f"{found.note}: it tells nobody apart",)
    notes = [
        f"the able third goes against the key in “{question}”, the weak third less often"
        for question in against_key(high, low)
    ]
    if found.high < THRESHOLDS.suspect_below:
        notes.insert(0, "who does well on the rest does badly here")
    if notes:
        return "key_suspect", tuple(notes)
    if found.high < THRESHOLDS.weak_below:
        return "weak", ("it hardly tells able and weak candidates apart",)
    return "sound", ()


def _with_and_against(group: Sequence[Answer], question: str) -> tuple[int, int]:
    picks = [choice.keyed for one in group for choice in one.choices if choice.question == question]
    return picks.count(True), picks.count(False)
