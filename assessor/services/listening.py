"""Listening to how candidates found the assessment, after they submitted and only if they want to say."""

from assessor.domain.errors import IllegalTransition
from assessor.domain.feedback import Feedback, SentenceResult, summed
from assessor.ports import Clock, Store
from assessor.services.log import AssessmentLog


class Listening:
    """Keeps what candidates say, and tells platforms the sum. Nobody who scores or decides gets any of it."""

    def __init__(self, store: Store, assessments: AssessmentLog, clock: Clock) -> None:
        self._store = store
        self._assessments = assessments
        self._clock = clock

    async def look(self, assessment_id: str) -> Feedback | None:
        """Return what was said. Raises IllegalTransition before the work is submitted, NotFound, Gone."""
        await self._require_submitted(assessment_id)
        return await self._store.feedback_of(assessment_id)

    async def keep(self, assessment_id: str, feedback: Feedback) -> None:
        """Keep it in place of what was said before. Raises as `look`."""
        await self._require_submitted(assessment_id)
        await self._store.keep_feedback(assessment_id, feedback, self._clock.now())

    async def told(
        self, tenant: str, *, livemode: bool, track: str | None = None
    ) -> tuple[SentenceResult, ...]:
        """Return what all candidates of a platform said, each sentence summed up."""
        return summed(await self._store.feedback(tenant, livemode=livemode, track=track))

    async def _require_submitted(self, assessment_id: str) -> None:
        if (await self._assessments.load(assessment_id)).submitted_at is None:
            raise IllegalTransition("These questions come after the assessment", "Submit your work first.")
