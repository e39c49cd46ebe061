"""What candidates say of assessments."""

from datetime import datetime
from typing import Protocol

from assessor.domain.feedback import Feedback


class Feedbacks(Protocol):
    """Numbers, one row an assessment, apart from the log and from all that scores."""

    async def keep_feedback(self, assessment_id: str, feedback: Feedback, at: datetime) -> None:
        """Keep it in place of what was said before. Raises Conflict when two came at once."""
        ...

    async def feedback_of(self, assessment_id: str) -> Feedback | None:
        """Return what was said of one assessment, None when nothing was."""
        ...

    async def feedback(
        self, tenant: str, *, livemode: bool, track: str | None = None
    ) -> tuple[Feedback, ...]:
        """Return what was said of a tenant's assessments, simulated ones left out."""
        ...
