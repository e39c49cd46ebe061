"""What is kept of changes of the grading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.change import Change, Population, ShadowCase, ShadowReport, Step
from assessor.domain.events import ModelReplied
from assessor.domain.grading import Grading

INJECTIONS = ""
"""In place of an assessment's id: the injection suite, whose replies are about our own texts."""


@dataclass(frozen=True)
class ShadowProgress:
    """How far the shadow run of a change has come."""

    done: int
    all: int


@dataclass(frozen=True)
class GradedCase:
    """One assessment that was graded again, and whose it is."""

    assessment_id: str
    candidate_id: str
    track: str
    case: ShadowCase


class Changes(Protocol):
    """Changes of the grading, their shadow runs, and what people said of them. Steps are only added."""

    async def add_change(self, change: Change, sample: Sequence[str]) -> None:
        """Keep a change with the assessments that are to be graded again, in their order.

        Raises NotFound for an unknown tenant.
        """
        ...

    async def change(self, tenant: str, change_id: str) -> Change:
        """Raises NotFound, also for another tenant's."""
        ...

    async def changes(self, tenant: str) -> tuple[Change, ...]:
        """Return a tenant's changes, the newest first."""
        ...

    async def unreported(self) -> tuple[Change, ...]:
        """Return the changes of all tenants that have neither a report nor an end, the oldest first."""
        ...

    async def hold_change(self, change_id: str, worker: str, now: datetime, until: datetime) -> bool:
        """Let one process grade for a change until a time; return whether it is this one."""
        ...

    async def grading_of(self, tenant: str, track: str) -> Grading:
        """Return what orders of a track get in place of what is installed."""
        ...

    async def add_step(self, tenant: str, change_id: str, step: Step, after: int) -> None:
        """Add what somebody did, when there were so many steps before, and record it in the audit log.

        Raises NotFound, and Conflict when somebody else was there meanwhile.
        """
        ...

    async def reported(self, change_id: str, report: ShadowReport, at: datetime) -> None:
        """Keep the report. The first one stays."""
        ...

    async def decided_of(
        self, tenant: str, population: Population, track: str | None, *, after: str = "", limit: int = 500
    ) -> tuple[str, ...]:
        """Return ids of decided assessments whose words can be read, in their order."""
        ...

    async def to_grade(self, change_id: str) -> tuple[str, ...]:
        """Return the assessments of the sample that were not graded yet, in their order."""
        ...

    async def graded(self, change_id: str) -> tuple[GradedCase, ...]:
        """Return what was graded, in the order of the sample."""
        ...

    async def progress(self, change_id: str) -> ShadowProgress:
        """Return how many assessments of the sample were graded; those that are gone count as neither."""
        ...

    async def shadow_replies(self, change_id: str, assessment_id: str) -> tuple[ModelReplied, ...]:
        """Return what models said so far of one that is not graded yet. Raises Gone."""
        ...

    async def keep_shadow_reply(self, change_id: str, assessment_id: str, replied: ModelReplied) -> None:
        """Keep a reply, sealed as the assessment's own words are. When it returns, it is on disk.

        Raises Gone, and NotFound for one that is not in the sample any more.
        """
        ...

    async def keep_case(self, change_id: str, assessment_id: str, case: ShadowCase | None) -> None:
        """Keep the numbers of one and forget the replies; None takes it out of the sample."""
        ...
