"""What candidates say of themselves, after they have submitted and only if they want to."""

from assessor.domain.demographics import Declaration
from assessor.domain.errors import IllegalTransition
from assessor.ports import Clock, Declared, Store
from assessor.services.log import AssessmentLog


class Declaring:
    """Keeps, changes and deletes declarations. Nothing of it goes into a log or to anybody who scores."""

    def __init__(self, store: Store, assessments: AssessmentLog, clock: Clock) -> None:
        self._store = store
        self._assessments = assessments
        self._clock = clock

    async def look(self, assessment_id: str) -> Declared | None:
        """Return what was said. Raises IllegalTransition before the work is submitted, NotFound, Gone."""
        await self._require_submitted(assessment_id)
        return await self._store.declared(assessment_id)

    async def declare(self, assessment_id: str, declaration: Declaration) -> None:
        """Keep it in place of what was said before. Raises as `look`."""
        await self._require_submitted(assessment_id)
        await self._store.declare(assessment_id, declaration, self._clock.now())

    async def forget(self, assessment_id: str) -> None:
        """Delete everything that was said, also with an earlier attempt. Raises as `look`."""
        await self._require_submitted(assessment_id)
        await self._store.forget_declaration(assessment_id)

    async def _require_submitted(self, assessment_id: str) -> None:
        """Ask afterwards only: being asked who one is can change how one does."""
        if (await self._assessments.load(assessment_id)).submitted_at is None:
            raise IllegalTransition("These questions come after the assessment", "Submit your work first.")
