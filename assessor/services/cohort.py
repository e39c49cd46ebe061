"""Everybody whom a report is about: one course a person and track, with what they declared."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from assessor.domain.assessment import Status
from assessor.domain.demographics import Declaration
from assessor.domain.fairness import Course
from assessor.ports import Attempt, Store

_DOES_NOT_COUNT = frozenset({Status.VOIDED, Status.CANCELLED})
_NOT_BEGUN = frozenset({Status.ORDERED, Status.OPENED, Status.IDENTITY})
_FINAL = {"qualified": True, "not_qualified": False}


class Person(NamedTuple):
    """One person on one track: the unit of every report, however many attempts they made."""

    candidate_id: str
    track: str


@dataclass(frozen=True)
class Window:
    """Which attempts are meant: those ordered from `since` on and before `until`, in one mode."""

    livemode: bool = True
    track: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    simulated: bool | None = None
    """Whether only what a program played is meant, or none of it; None: as the mode has it."""

    def holds(self, attempt: Attempt) -> bool:
        """Whether an attempt counts here: not voided or cancelled, in live mode not played by a program."""
        row = attempt.row
        return (
            row.status not in _DOES_NOT_COUNT
            and not (self.livemode and row.simulated)
            and self.simulated in {None, row.simulated}
            and self.track in {None, row.track}
            and (self.since is None or row.ordered_at >= self.since)
            and (self.until is None or row.ordered_at < self.until)
        )


@dataclass(frozen=True)
class Member:
    """One person with their latest attempt, and how far they came."""

    attempt: Attempt
    course: Course


async def members(store: Store, tenant: str, window: Window) -> tuple[Member, ...]:
    """Return everybody within a window by their latest attempt. Raises NotFound for an unknown tenant."""
    await store.tenant(tenant)
    declared = await store.declarations(tenant, livemode=window.livemode)
    latest: dict[Person, Attempt] = {}
    for one in await store.attempts(tenant, livemode=window.livemode):
        if window.holds(one):
            latest[Person(one.row.candidate_id, one.row.track)] = one
    return tuple(Member(one, course_of(one, declared)) for one in latest.values())


def score_of(document: bytes) -> float | None:
    """Return the composite score of a stored verdict; None where the attempt could not be judged."""
    verdict = json.loads(document)
    return None if verdict["decision"] == "inconclusive" else float(verdict["score"])


def course_of(attempt: Attempt, declared: Mapping[str, Declaration]) -> Course:
    """Return how far an attempt came."""
    row = attempt.row
    live = None if attempt.live is None else json.loads(attempt.live)
    said = declared.get(row.candidate_id)
    began = _began(attempt)
    return Course(
        began=began,
        submitted=_submitted(attempt) if began else None,
        qualified_by_rule=_qualified_by_rule(attempt) if live else None,
        final=_FINAL.get(live["decision"]) if live else None,
        score=None if attempt.live is None else score_of(attempt.live),
        groups=said.groups if said else {},
    )


def _began(attempt: Attempt) -> bool | None:
    row = attempt.row
    if row.status in _NOT_BEGUN:
        return None  # they still may
    has_ended_early = row.status in {Status.EXPIRED, Status.WITHDRAWN}
    return not has_ended_early or row.deadline is not None or row.submitted_at is not None


def _submitted(attempt: Attempt) -> bool | None:
    if attempt.row.submitted_at is not None:
        return True
    return False if attempt.row.status in {Status.EXPIRED, Status.WITHDRAWN} else None


def _qualified_by_rule(attempt: Attempt) -> bool:
    return any(
        (verdict["decision"], verdict["decided_by"]) == ("qualified", "rule")
        for verdict in _verdicts(attempt)
    )


def _verdicts(attempt: Attempt) -> Iterator[dict[str, Any]]:
    documents: Iterable[bytes | None] = (*attempt.earlier, attempt.live)
    for document in documents:
        if document is not None:
            yield json.loads(document)
