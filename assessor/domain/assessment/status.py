"""Where an assessment stands, and what may come next."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from assessor.domain.wording import worded


class Status(StrEnum):
    """Where an assessment stands."""

    ORDERED = "ordered"
    OPENED = "opened"
    IDENTITY = "identity"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    SUBMITTED = "submitted"
    SCORING = "scoring"
    DECIDED = "decided"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    TECHNICAL_HOLD = "technical_hold"
    VOIDED = "voided"


_ENDINGS = frozenset({Status.EXPIRED, Status.WITHDRAWN, Status.CANCELLED})

TRANSITIONS: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        Status.ORDERED: _ENDINGS | {Status.OPENED},
        Status.OPENED: _ENDINGS | {Status.IDENTITY, Status.IN_PROGRESS},
        Status.IDENTITY: _ENDINGS | {Status.IN_PROGRESS},
        Status.IN_PROGRESS: _ENDINGS | {Status.PAUSED, Status.SUBMITTED, Status.TECHNICAL_HOLD},
        Status.PAUSED: _ENDINGS | {Status.IN_PROGRESS},
        Status.SUBMITTED: frozenset({Status.SCORING}),
        Status.SCORING: frozenset({Status.DECIDED, Status.TECHNICAL_HOLD}),
        Status.DECIDED: frozenset(),
        Status.EXPIRED: frozenset(),
        Status.WITHDRAWN: frozenset(),
        Status.CANCELLED: frozenset(),
        Status.TECHNICAL_HOLD: frozenset({Status.IN_PROGRESS, Status.SCORING, Status.VOIDED}),
        Status.VOIDED: frozenset(),
    }
)
"""Every legal step. Feeds code, API documentation and tests."""

UNBEGUN = (Status.ORDERED, Status.OPENED, Status.IDENTITY)
"""The clock does not run yet."""

OPEN = frozenset({Status.ORDERED, Status.OPENED, Status.IDENTITY, Status.IN_PROGRESS, Status.PAUSED})
"""The candidate can still come and work."""

WAY_OUT: Mapping[Status, str] = MappingProxyType(
    {
        Status.ORDERED: worded("Open the invitation first."),
        Status.OPENED: worded("Begin the assessment first."),
        Status.IDENTITY: worded("Finish the identity step first."),
        Status.IN_PROGRESS: worded("Go on with the open parts, or submit."),
        Status.PAUSED: worded("Press “Go on” first; nothing is lost."),
        Status.SUBMITTED: worded("It was submitted; the result page shows what happens next."),
        Status.SCORING: worded("It is being scored; the result page shows what happens next."),
        Status.DECIDED: worded("The result page shows the decision; a review can change it."),
        Status.EXPIRED: worded("The invitation ran out; ask the platform for a new one."),
        Status.WITHDRAWN: worded("It was withdrawn; ask the platform for a new one."),
        Status.CANCELLED: worded("The platform cancelled it; ask them."),
        Status.TECHNICAL_HOLD: worded(
            "A fault of ours holds it; nothing counts against you. We will tell you more."
        ),
        Status.VOIDED: worded("It does not count; a new attempt was given."),
    }
)
