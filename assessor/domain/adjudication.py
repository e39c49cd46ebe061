"""Adjudication: where two readings of a criterion differ, somebody who gave neither decides between them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assessor.domain.appeal import Place
from assessor.domain.evidence import Evidence
from assessor.domain.quality import QualityMark, SecondLook
from assessor.domain.score import Score

Source = Literal["colleague", "second_look"]
"""Who differed: a colleague from a colleague's score, or a second look from a judge's."""


@dataclass(frozen=True)
class Reading:
    """What somebody found of one criterion."""

    mark: QualityMark
    reason: str
    evidence: tuple[Evidence, ...]
    rater: str
    """As in a score. Whoever adjudicates is not told."""


@dataclass(frozen=True)
class Dispute:
    """A person's reading beside the score of a colleague that stood."""

    at: datetime
    standing: Score
    reading: Reading


@dataclass(frozen=True)
class Adjudication:
    """What somebody who had given neither reading decided. `before` is the score that stood."""

    at: datetime
    reviewer: str
    mark: QualityMark
    reason: str
    before: Score


@dataclass(frozen=True)
class Disagreement:
    """Two readings of one criterion that wait for a third person."""

    standing: Score
    other: Reading
    source: Source

    @property
    def place(self) -> Place:
        """The item and the criterion."""
        return self.standing.item_id, self.standing.criterion

    @property
    def readings(self) -> tuple[Reading, Reading]:
        """Both, in an order that says nothing of who gave which, and stays the same."""
        pair = (reading_of(self.standing), self.other)
        odd = hashlib.sha256("\n".join(self.place).encode()).digest()[0] % 2
        return (pair[1], pair[0]) if odd else pair

    def involves(self, reviewer_id: str) -> bool:
        """Whether a person gave one of the two."""
        return f"person:{reviewer_id}" in {self.standing.rater, self.other.rater}


def reading_of(score: Score) -> Reading:
    """Return a score as one reading of two. A part of it is read as met from one half on."""
    mark: QualityMark = "cannot_assess"
    if score.value is not None:
        mark = "met" if round(score.value) else "unmet"
    return Reading(mark, score.reason, score.evidence, score.rater)


def disagreements(
    scores: Mapping[Place, Score], disputes: Iterable[Dispute], look: SecondLook | None
) -> tuple[Disagreement, ...]:
    """Return what waits, the oldest disputes first. One whose score was replaced since is moot."""
    disputed = tuple(
        Disagreement(one.standing, one.reading, "colleague")
        for one in disputes
        if scores.get((one.standing.item_id, one.standing.criterion)) == one.standing
    )
    return (*disputed, *(_of_second_look(scores, look) if look else ()))


def _of_second_look(scores: Mapping[Place, Score], look: SecondLook) -> Iterator[Disagreement]:
    """Yield the criteria in which a second look differs, of responses whose levels are far apart."""
    apart = {} if look.is_seen else {(one.item_id, one.competency) for one in look.differences}
    for item_id, marks in look.marks.items():
        for criterion, mark in marks.items():
            score = scores.get((item_id, criterion))
            if score is None or score.rater_kind != "judge" or (item_id, score.competency) not in apart:
                continue
            if (item_id, criterion) in look.settled or mark == "cannot_assess" or score.value is None:
                continue
            if reading_of(score).mark != mark:
                reason = look.reasons.get(item_id, {}).get(criterion, "")
                other = Reading(mark, reason, (), f"person:{look.reviewers.get(item_id, '')}")
                yield Disagreement(score, other, "second_look")
