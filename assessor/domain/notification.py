"""What a platform is told: which facts of a log are public, and how they are written down.

The one table from facts to public events is `notices_of`. Bodies carry references, never what somebody
wrote and never a name.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from assessor.domain import events as e
from assessor.domain.assessment import Projection
from assessor.domain.ids import make_id
from assessor.domain.value import canonical

NEEDS_REVIEW: Final = "needs_review"


class EventType(StrEnum):
    """The types of public events, as they stand in a filter and in `type` of a body."""

    ASSESSMENT_CREATED = "assessor.assessment.created"
    ASSESSMENT_STARTED = "assessor.assessment.started"
    ASSESSMENT_SUBMITTED = "assessor.assessment.submitted"
    ASSESSMENT_EXPIRED = "assessor.assessment.expired"
    ASSESSMENT_CANCELLED = "assessor.assessment.cancelled"
    ASSESSMENT_WITHDRAWN = "assessor.assessment.withdrawn"
    ASSESSMENT_VOIDED = "assessor.assessment.voided"
    VERDICT_ISSUED = "assessor.verdict.issued"
    VERDICT_SUPERSEDED = "assessor.verdict.superseded"
    VERDICT_REVOKED = "assessor.verdict.revoked"
    REVIEW_REQUESTED = "assessor.review.requested"
    REVIEW_COMPLETED = "assessor.review.completed"
    QUESTION_ASKED = "assessor.question.asked"
    QUESTION_ANSWERED = "assessor.question.answered"
    HELP_REQUESTED = "assessor.help.requested"
    ENDPOINT_PAUSED = "assessor.webhook.paused"
    TEST = "assessor.webhook.test"


MEANINGS: Final[Mapping[EventType, str]] = MappingProxyType(
    {
        EventType.ASSESSMENT_CREATED: "An assessment was ordered, or given back after a fault of ours.",
        EventType.ASSESSMENT_STARTED: "The candidate began.",
        EventType.ASSESSMENT_SUBMITTED: "The candidate submitted, or the time ran out.",
        EventType.ASSESSMENT_EXPIRED: "The invitation was not used in time.",
        EventType.ASSESSMENT_CANCELLED: "You cancelled it.",
        EventType.ASSESSMENT_WITHDRAWN: "The candidate ended it.",
        EventType.ASSESSMENT_VOIDED: "The attempt does not count; `successor` is the next one.",
        EventType.VERDICT_ISSUED: "A verdict was signed; read it by its assessment.",
        EventType.VERDICT_SUPERSEDED: "A verdict holds no longer; `superseded_by` is the one that does.",
        EventType.VERDICT_REVOKED: "A verdict must not be relied on any more; read there why.",
        EventType.REVIEW_REQUESTED: (
            "A person has to look before there is a decision, or because of an appeal (`cause` is `appeal`)."
        ),
        EventType.REVIEW_COMPLETED: (
            "A person has looked, and there is a decision, or every appeal is answered (`cause` is `appeal`)."
        ),
        EventType.QUESTION_ASKED: "A reviewer asks the candidate about an answer; `due_at` says until when.",
        EventType.QUESTION_ANSWERED: "The candidate answered such a question.",
        EventType.HELP_REQUESTED: "Somebody is needed; `kind` is `distress`, `person`, `more_time` or "
        "`accommodation`.",
        EventType.ENDPOINT_PAUSED: "We stopped sending to one of your endpoints; `why` says what failed.",
        EventType.TEST: "You asked for a test; sent whatever the filter says.",
    }
)
"""What each type says. Feeds the documentation."""

_OF_FACT: Final[Mapping[type[e.Fact], EventType]] = MappingProxyType(
    {
        e.AssessmentOrdered: EventType.ASSESSMENT_CREATED,
        e.AssessmentStarted: EventType.ASSESSMENT_STARTED,
        e.AssessmentSubmitted: EventType.ASSESSMENT_SUBMITTED,
        e.AssessmentExpired: EventType.ASSESSMENT_EXPIRED,
        e.AssessmentCancelled: EventType.ASSESSMENT_CANCELLED,
        e.AssessmentWithdrawn: EventType.ASSESSMENT_WITHDRAWN,
        e.AssessmentVoided: EventType.ASSESSMENT_VOIDED,
        e.VerdictRevoked: EventType.VERDICT_REVOKED,
        e.AppealFiled: EventType.REVIEW_REQUESTED,
        e.FollowUpAsked: EventType.QUESTION_ASKED,
        e.FollowUpAnswered: EventType.QUESTION_ANSWERED,
    }
)


def types_of(before: str | None, fact: e.Fact) -> tuple[EventType, ...]:
    """Return which public events a fact is, when the decision that held before it was `before`."""
    if isinstance(fact, e.HelpAsked):
        # Whoever asks for a break has a button for it; nobody has to come.
        return () if fact.kind == "break" else (EventType.HELP_REQUESTED,)
    if isinstance(fact, e.AppealAnswered):
        return (EventType.REVIEW_COMPLETED,) if fact.is_last else ()
    if not isinstance(fact, e.VerdictIssued):
        public = _OF_FACT.get(type(fact))
        return () if public is None else (public,)
    waited, waits = before == NEEDS_REVIEW, fact.document.get("decision") == NEEDS_REVIEW
    happened = {
        EventType.VERDICT_SUPERSEDED: fact.supersedes is not None,
        EventType.VERDICT_ISSUED: True,
        EventType.REVIEW_REQUESTED: waits and not waited,
        EventType.REVIEW_COMPLETED: waited and not waits,
    }
    return tuple(public for public, so in happened.items() if so)


@dataclass(frozen=True)
class Notice:
    """One public event. `id` is the same however often and wherever it is sent."""

    id: str
    type: EventType
    subject: str
    """Id of the assessment; for a test, of the endpoint."""
    at: datetime
    data: Mapping[str, Any]


def notices_of(before: str | None, log: Sequence[e.Event], row: Projection) -> tuple[Notice, ...]:
    """Return the public events among facts that were appended together.

    `before` is the decision that held before them, `row` the assessment after all of them.
    """
    return tuple(_notices(before, log, row))


def _notices(before: str | None, log: Iterable[e.Event], row: Projection) -> Iterator[Notice]:
    for event in log:
        for public in types_of(before, event.fact):
            data = {**_reference(event, row), **_details(public, event.fact)}
            yield Notice(_event_id(event, public), public, event.assessment_id, event.at, data)
        if isinstance(event.fact, e.VerdictRevoked):
            before = None
        elif isinstance(event.fact, e.VerdictIssued):
            before = event.fact.document.get("decision")


def _reference(event: e.Event, row: Projection) -> dict[str, Any]:
    return {
        "assessment_id": row.id,
        "candidate_ref": row.candidate_ref,
        "track": row.track,
        "livemode": row.livemode,
        "status": row.status.value,
        "sequence": event.seq,
    }


def _details(public: EventType, fact: e.Fact) -> dict[str, Any]:  # noqa: C901, PLR0911 - one case a fact
    """Return what only some facts have to tell."""
    match fact:
        case e.AssessmentOrdered():
            return {"replaces": fact.replaces}
        case e.AssessmentVoided():
            return {"successor": fact.successor}
        case e.HelpAsked():
            return {"kind": fact.kind}
        case e.AppealFiled():
            return {"cause": "appeal", "criteria": len(fact.criteria)}
        case e.AppealAnswered():
            return {"cause": "appeal"}
        case e.FollowUpAsked():
            return {"follow_up_id": fact.follow_up_id, "due_at": fact.due_at.isoformat()}
        case e.FollowUpAnswered():
            return {"follow_up_id": fact.follow_up_id}
        case e.VerdictRevoked():
            return {"verdict_id": fact.verdict_id}
        case e.VerdictIssued() if public is EventType.VERDICT_SUPERSEDED:
            return {"verdict_id": fact.supersedes, "superseded_by": fact.verdict_id}
        case e.VerdictIssued():
            return {
                "verdict_id": fact.verdict_id,
                "decision": fact.document.get("decision"),
                "supersedes": fact.supersedes,
                "issued_at": fact.document.get("issued_at"),
            }
        case _:
            return {}


def _event_id(event: e.Event, public: EventType) -> str:
    """Derive the id from the place in the log: the same fact is the same event for whoever asks."""
    place = f"{event.assessment_id}\n{event.seq}\n{public}"
    return make_id("evt", hashlib.sha256(place.encode()).digest()[:16])


def cloud_event(notice: Notice, source: str) -> bytes:
    """Write a notice as CloudEvents 1.0 in the structured JSON form, always with the same bytes."""
    return canonical(
        {
            "specversion": "1.0",
            "id": notice.id,
            "source": source,
            "type": notice.type.value,
            "subject": notice.subject,
            "time": notice.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": dict(notice.data),
        }
    )
