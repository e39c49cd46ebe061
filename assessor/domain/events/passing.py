"""How the time goes: help, breaks, accommodations, faults of ours, and the ways in which it ends early."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.accommodation import Accommodation
from assessor.domain.timekeeping import PauseReason
from assessor.domain.value import Value
from assessor.domain.wishes import MAX_NOTE_CHARS, Wish

HelpKind = Literal["distress", "person", "more_time", "accommodation", "break"]
"""What a candidate may need, the most urgent first."""


class HelpAsked(Value):
    """The candidate needs a person. Shown to reviewers; it has no effect on scores."""

    type: Literal["interview.help_asked"] = "interview.help_asked"
    kind: HelpKind
    message: int
    """Sequence number of the candidate's message, or of their request."""


class HelpSeen(Value):
    """A reviewer has seen to what the candidate asked for, up to and including one message."""

    type: Literal["help.seen"] = "help.seen"
    reviewer: str
    message: int
    """Sequence number of the candidate's last message that they saw to."""


class FaultRecorded(Value):
    """A fault of ours. The assessment is held; nothing counts against the candidate."""

    type: Literal["fault.recorded"] = "fault.recorded"
    where: str
    kind: str


class HoldReleased(Value):
    """Work goes on where it stood."""

    type: Literal["hold.released"] = "hold.released"
    by: str


class AssessmentVoided(Value):
    """The attempt does not count; another was given."""

    type: Literal["assessment.voided"] = "assessment.voided"
    reason: str
    successor: str


class AssessmentPaused(Value):
    """The clock stands still."""

    type: Literal["assessment.paused"] = "assessment.paused"
    reason: PauseReason = "break"


class AssessmentResumed(Value):
    """The clock runs again, with what was left; without a `deadline` when there is no limit."""

    type: Literal["assessment.resumed"] = "assessment.resumed"
    deadline: datetime | None
    by: Literal["candidate", "limit"] = "candidate"
    """`limit`: the break time was used up, and nobody came back before."""


class AccommodationGranted(Value):
    """Other terms hold from now on. Known to the platform and who granted it, never to graders."""

    type: Literal["accommodation.granted"] = "accommodation.granted"
    terms: Accommodation
    """As a whole, not what was added."""
    by: Literal["platform", "reviewer", "policy"]
    """`policy`: given at once to whoever asks."""
    who: str
    """Id of the platform's key, or of the reviewer; empty for the policy."""
    reason: str


class AccommodationRequested(Value):
    """The candidate asked for other terms: everything that is wished for, in place of what was before."""

    type: Literal["accommodation.requested"] = "accommodation.requested"
    wishes: tuple[Wish, ...]
    note: Annotated[str, Field(max_length=MAX_NOTE_CHARS)] = ""


class AccommodationAnswered(Value):
    """The platform, or a reviewer of it, answered what did not come by itself."""

    type: Literal["accommodation.answered"] = "accommodation.answered"
    request: int
    """Sequence number of the request."""
    granted: bool
    told: str
    """Shown to the candidate."""
    by: Literal["platform", "reviewer"]
    who: str


class AssessmentExtended(Value):
    """The platform gave more days to begin; the link that is out stays the same."""

    type: Literal["assessment.extended"] = "assessment.extended"
    expires_at: datetime


class AssessmentExpired(Value):
    """The invitation was not used in time."""

    type: Literal["assessment.expired"] = "assessment.expired"


class AssessmentWithdrawn(Value):
    """The candidate ended it."""

    type: Literal["assessment.withdrawn"] = "assessment.withdrawn"


class AssessmentCancelled(Value):
    """The platform ended it."""

    type: Literal["assessment.cancelled"] = "assessment.cancelled"
