"""The candidate's way in: what they read, agreed to and showed of themselves."""

from datetime import datetime
from typing import Literal

from assessor.domain.identity import Failure, Level, Reference, ReportedOutcome
from assessor.domain.ids import Slug
from assessor.domain.value import Value


class NoticeAccepted(Value):
    """The candidate read the notice, before the start or when it had changed since."""

    type: Literal["notice.accepted"] = "notice.accepted"
    version: str
    hash: str
    """Of the whole edition, so that what was read can be shown later."""


class ConsentAnswered(Value):
    """The candidate said whether their answers may be used for something else. Never told to who scores."""

    type: Literal["consent.answered"] = "consent.answered"
    use: Slug
    given: bool
    version: str
    hash: str
    """Version and hash of the notice whose words were answered."""


class SessionMoved(Value):
    """The candidate went on in another browser, with a code; the one before was signed out."""

    type: Literal["session.moved"] = "session.moved"


class IdentityAsked(Value):
    """Before the clock starts, a hosted service has to be asked who the candidate is."""

    type: Literal["identity.asked"] = "identity.asked"


class IdentityCheckOpened(Value):
    """The candidate was sent to the hosted service. Neither its address nor what is shown there is kept."""

    type: Literal["identity.opened"] = "identity.opened"
    reference: Reference
    level: Level
    """How sure it is, should it succeed."""


class IdentityReported(Value):
    """The hosted service said how a check stands: the outcome, and nothing of the document."""

    type: Literal["identity.reported"] = "identity.reported"
    reference: Reference
    outcome: ReportedOutcome
    failure: Failure | None = None
    at: datetime
    """By the service's clock."""


class IdentityUnavailable(Value):
    """The hosted service could not be reached. The candidate goes on, and the verdict waits."""

    type: Literal["identity.unavailable"] = "identity.unavailable"
    kind: str


class AssessmentStarted(Value):
    """The clock runs until `deadline`; None is without a limit."""

    type: Literal["assessment.started"] = "assessment.started"
    deadline: datetime | None
