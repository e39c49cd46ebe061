"""Responses that people and a judge have marked, as far as one rubric family looks at them."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assessor.domain.agreement import Undetermined, Units, counted

LEVELS: Final = range(5)
"""The anchors' levels."""

Label = int
"""1 met, 0 not met."""


@dataclass(frozen=True)
class Mark:
    """One criterion of one response."""

    criterion: str
    """`<rubric>/<criterion>`."""
    weight: float
    people: tuple[Label, ...]
    """By those who labelled it, in their order; empty when nobody did."""
    judge: Label | None
    """None when the judge left it to a person."""


@dataclass(frozen=True)
class Case:
    """One response. `recall` is the share of the reference's words in it, None without a reference."""

    response: str
    marks: tuple[Mark, ...]
    recall: float | None = None


def level(labels: Iterable[tuple[float, Label]]) -> int:
    """Return the level of a response from weights and labels: the share of weight met, on 0 to 4."""
    pairs = list(labels)
    share = sum(weight * label for weight, label in pairs) / sum(weight for weight, _ in pairs)
    return math.floor(share * LEVELS[-1] + 0.5)


def judged_levels(cases: Iterable[Case]) -> Iterator[tuple[Case, int, int]]:
    """Yield each case with the first person's level and the judge's, over the criteria both marked."""
    for case in cases:
        both = [(one.weight, one.people[0], one.judge) for one in case.marks if one.people]
        marked = [(weight, person, judge) for weight, person, judge in both if judge is not None]
        if marked:
            yield (
                case,
                level((w, person) for w, person, _ in marked),
                level((w, judge) for w, _, judge in marked),
            )


def levels(cases: Iterable[Case]) -> Units:
    """Return the levels of person and judge, a row a response."""
    return counted((person, judge) for _, person, judge in judged_levels(cases))


def labels(cases: Iterable[Case]) -> Units:
    """Return the labels of person and judge, a row a criterion of a response."""
    return counted(
        (mark.people[0], mark.judge)
        for case in cases
        for mark in case.marks
        if mark.people and mark.judge is not None
    )


def levels_of_two_people(cases: Iterable[Case]) -> Units:
    """Return the levels by the first and the second person, over the criteria that both labelled."""
    rows = []
    for case in cases:
        twice = [(one.weight, one.people) for one in case.marks if len(one.people) > 1]
        if twice:
            rows.append(tuple(level((weight, people[who]) for weight, people in twice) for who in (0, 1)))
    return counted(rows)


def by_rank(recalls: Sequence[float], people: Sequence[int]) -> list[int]:
    """Deal the person's levels out by rank of recall: the best that recall alone could do.

    Equal recalls get one level, the middle of theirs. Raises Undetermined when all are equal.
    """
    if len(set(recalls)) == 1:
        raise Undetermined("word recall is the same for every response")
    order = sorted(range(len(recalls)), key=lambda place: recalls[place])
    dealt = dict(zip(order, sorted(people), strict=True))
    alike: dict[float, list[int]] = {}
    for place, recall in enumerate(recalls):
        alike.setdefault(recall, []).append(dealt[place])
    return [sorted(alike[recall])[len(alike[recall]) // 2] for recall in recalls]


@dataclass(frozen=True)
class LabelRow:
    """One line of a file of labels: what people said of one criterion of one response.

    `item` or `rubric` may be empty, not both; the first item with the rubric is taken. An empty language is
    the track's.
    """

    line: int
    item: str
    rubric: str
    criterion: str
    response: str
    language: str
    labels: tuple[str, ...]
