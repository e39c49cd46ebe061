"""What lists and queues are queried by."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from assessor.domain import events as e
from assessor.domain.assessment.status import Status
from assessor.domain.queue import QueuePlace, Reason

HELP_BY_URGENCY: tuple[e.HelpKind, ...] = get_args(e.HelpKind)
"""The kinds of help, the most urgent first: the order of the reviewers' queue."""


QualityState = Literal["due", "differs"]
"""A second look waits for a person who has seen no scores, or found differences that nobody has seen to."""


@dataclass(frozen=True)
class Projection:
    """The row of an assessment that lists and queues are queried by. Holds no words of anyone."""

    id: str
    tenant: str
    candidate_id: str
    candidate_ref: str
    track: str
    livemode: bool
    simulated: bool
    status: Status
    ordered_at: datetime
    expires_at: datetime
    deadline: datetime | None
    submitted_at: datetime | None
    decision: str | None
    open_criteria: int
    needs_person: bool
    paused_until: datetime | None = None
    """When the clock goes on by itself, in a break."""
    needs_help: e.HelpKind | None = None
    """The most urgent thing that the candidate asked for and nobody has seen to yet."""
    quality: QualityState | None = None
    """What the quality sample has for reviewers to do."""
    erased_at: datetime | None = None
    """When what was said and written was erased; no fact of the log, since nothing opens that any more."""
    appeal_due: datetime | None = None
    """By when the appeal that waits longest is to be answered; None where none waits."""
    callback_endpoint: str | None = None
    """The one webhook endpoint that is told; None is every one that wants to be."""
    language: str | None = None
    noted: tuple[str, ...] = ()
    """Reasons to look that only the log tells: see `domain/queue.py`."""
    overrides: tuple[str, ...] = ()
    """The codes of the overrides of its scores, the oldest first: see `domain/override.py`."""
    alike_reply_until: datetime | None = None
    """Until when a reply to an answer found alike is waited for; None where none is."""

    @property
    def awaits_finding(self) -> bool:
        """Whether a person has to look at what was noticed, and nothing else is left to do."""
        return Reason.INTEGRITY in self.noted and not self.needs_person

    @property
    def waits_for_reviewer(self) -> bool:
        """Whether there is something to score, to decide or to find."""
        return bool(self.needs_person or self.quality or self.appeal_due or self.awaits_finding)

    @property
    def queue_place(self) -> QueuePlace:
        """Where it stands in the queue, if it waits."""
        rank = HELP_BY_URGENCY.index(self.needs_help) if self.needs_help else len(HELP_BY_URGENCY)
        return QueuePlace(rank, self.submitted_at or self.ordered_at, self.id)
