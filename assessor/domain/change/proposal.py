"""A change that was proposed, and what people have said and done about it."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from assessor.domain.change.report import ShadowReport
from assessor.domain.grading import Grading
from assessor.domain.ids import Slug
from assessor.domain.value import Value

Population = Literal["live", "test", "simulated"]
"""Whose work is graded again: candidates' (`test`: with test keys), or what a program played."""


class StepKind(StrEnum):
    """What can be done about a change."""

    APPROVED = "approved"
    OVERRIDDEN = "overridden"
    """Approved although the thresholds are not kept, with the reason in writing."""
    REJECTED = "rejected"
    SWITCHED_ON = "switched_on"
    ROLLED_BACK = "rolled_back"


class Step(Value):
    """One thing that somebody did. Steps are only added."""

    kind: StepKind
    by: str
    """A reviewer's id, or an operator's name."""
    reason: str
    at: datetime
    report: str | None = None
    """Digest of the report that they had before them."""


class Change(Value):
    """What is proposed for one platform. It never changes: another wording is another change."""

    id: str
    tenant: str
    track: Slug | None = None
    """The track whose stored work is graded again; all of the platform's where it is None."""
    proposed: Grading
    by: str
    reason: str
    at: datetime
    sample: int
    """How many assessments were asked for."""
    population: Population
    models: tuple[str, ...] = ()
    """Who judges under it, the configured ones included: a process with others must not go on with it."""
    prompts_hash: str = ""
    base: tuple[str, ...] = ()
    """The changes that were on when it was proposed, which it is compared with."""
    report: ShadowReport | None = None
    reported_at: datetime | None = None
    steps: tuple[Step, ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether orders get it."""
        turns = [one.kind for one in self.steps if one.kind in _TURNS]
        return bool(turns) and turns[-1] is StepKind.SWITCHED_ON

    def reaches(self, track: str | None) -> bool:
        """Whether it is about the orders of a track; None stands for those of all."""
        return self.track is None or track is None or self.track == track

    @property
    def is_closed(self) -> bool:
        """Whether nothing more comes of it."""
        return any(one.kind in {StepKind.REJECTED, StepKind.ROLLED_BACK} for one in self.steps)

    @property
    def switched_on_at(self) -> datetime | None:
        """When it was switched on, if it was."""
        return next((one.at for one in self.steps if one.kind is StepKind.SWITCHED_ON), None)


_TURNS = frozenset({StepKind.SWITCHED_ON, StepKind.ROLLED_BACK})
