"""Training of reviewers: they score answers whose scores are known before they score people.

Pure rules: which answers a round has, how a person's marks compare with what is known, and when that is
enough. The numbers are in `domain/thresholds.py`.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from assessor.domain.agreement import Undetermined, counted, quadratic_kappa
from assessor.domain.calibration.cases import level
from assessor.domain.quality import QualityMark
from assessor.domain.rubric import Rubric
from assessor.domain.thresholds import THRESHOLDS, Training

STANDARD: Final = THRESHOLDS.training
Grounds = Literal["passed", "waived"]


@dataclass(frozen=True)
class Grant:
    """Why somebody may score people in a track. Only added to; the newest of a track counts."""

    reviewer_id: str
    track: str
    """Without the suffix that a version of a platform's own track has."""
    grounds: Grounds
    rubrics: Mapping[str, int]
    """By id, the versions that it stands for."""
    by: str
    at: datetime
    reason: str = ""
    """Why it was waived."""

    def holds(self, now: Mapping[str, int]) -> bool:
        """Whether it still does: what it stands for is there, and nothing of it has a new version.

        A rubric that came later is no reason to train again.
        """
        kept = self.rubrics.keys() & now.keys()
        return bool(kept) and all(self.rubrics[name] == now[name] for name in kept)


@dataclass(frozen=True)
class Compared:
    """One answer as a person marked it, beside what is known. Levels go from 0 to 4."""

    level: int
    known: int
    right: int
    """Criteria that were marked as is known; "cannot assess" is not, since here it can be."""
    criteria: int


def compared(rubric: Rubric, met: Collection[str], given: Mapping[str, QualityMark]) -> Compared:
    """Compare the marks of every criterion with the criteria that are known to be met."""
    known = {one.id: one.id in met for one in rubric.criteria}
    right = [given[name] == ("met" if is_met else "unmet") for name, is_met in known.items()]
    return Compared(
        level=level((one.weight, int(given[one.id] == "met")) for one in rubric.criteria),
        known=level((one.weight, int(known[one.id])) for one in rubric.criteria),
        right=sum(right),
        criteria=len(right),
    )


@dataclass(frozen=True)
class Result:
    """How somebody's marks agree with what is known, over some answers."""

    answers: int
    exact: int
    """At the very level."""
    within_one: int
    right: int
    criteria: int
    qwk: float | None
    """None where it cannot be had, for instance because one level was given to all."""

    @property
    def share_within_one(self) -> float:
        """Of answers at most one level off."""
        return self.within_one / self.answers

    @property
    def share_right(self) -> float:
        """Of single criteria."""
        return self.right / self.criteria

    @property
    def agrees(self) -> bool:
        """Whether kappa reaches the standard."""
        return self.qwk is not None and self.qwk >= STANDARD.qwk

    def passes(self, standard: Training = STANDARD) -> bool:
        """Whether this is a full round that reaches the standard in every part."""
        return (
            self.answers >= standard.answers
            and self.agrees
            and self.share_within_one >= standard.within_one
            and self.share_right >= standard.criteria
        )


def result(marked: Sequence[Compared]) -> Result:
    """Return how marks agree over at least one answer."""
    try:
        qwk = round(quadratic_kappa(counted([(one.level, one.known) for one in marked])), 6)
    except Undetermined:
        qwk = None
    apart = [abs(one.level - one.known) for one in marked]
    return Result(
        answers=len(marked),
        exact=apart.count(0),
        within_one=sum(one <= 1 for one in apart),
        right=sum(one.right for one in marked),
        criteria=sum(one.criteria for one in marked),
        qwk=qwk,
    )


def suffice(levels: Sequence[int]) -> bool:
    """Whether answers at these levels are enough for a round."""
    return len(levels) >= STANDARD.answers and len(set(levels)) >= STANDARD.levels


def drawn(answers: Mapping[str, int], used: Sequence[str], seed: str, count: int) -> tuple[str, ...]:
    """Return the answers of a round, by id, spread over the levels. `answers` gives each its level.

    `used` were scored before, the oldest first; they come again only when there are too few others, the
    oldest before. The same arguments give the same answers in the same order.
    """
    fresh = [name for name in answers if name not in used]
    again = [name for name in dict.fromkeys(used) if name in answers]
    lacking = max(0, count - len(fresh))
    pool = sorted([*fresh, *again[:lacking]], key=lambda name: _lot(seed, name))
    by_level: dict[int, list[str]] = {}
    for name in pool:
        by_level.setdefault(answers[name], []).append(name)
    # In turns, one of each level: so a round has two of each where there are five levels and ten answers.
    turns = sorted(
        (place, _lot(seed, str(at)), name)
        for at, names in by_level.items()
        for place, name in enumerate(names)
    )
    chosen = [name for _, _, name in turns[:count]]
    return tuple(sorted(chosen, key=lambda name: _lot(f"{seed} order", name)))


def _lot(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}\n{name}".encode()).hexdigest()
