"""Taking a verdict back: it stays signed as it is, and whoever asks is told not to rely on it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, NotFound, invalid
from assessor.domain.text import accept_text
from assessor.ports import Reviewer, Store, StoredVerdict
from assessor.services.log import AssessmentLog

MIN_REASON_CHARS: Final = 10
MAX_REASON_CHARS: Final = 500


def accepted_reason(reason: str) -> str:
    """Return a reason as it would be stored. Raises InvalidInput, TooLarge."""
    reason = accept_text("reason", reason, limit=MAX_REASON_CHARS, required=True).strip()
    if len(reason) < MIN_REASON_CHARS:
        raise invalid("reason", "is too short", "Say in a sentence why nobody may rely on it any more.")
    return reason


class Revoking:
    """What a reviewer, or somebody who answers for the service, does rarely."""

    def __init__(self, store: Store, assessments: AssessmentLog) -> None:
        self._store = store
        self._assessments = assessments

    async def revoke_as_reviewer(
        self, reviewer: Reviewer, assessment_id: str, verdict_id: str, reason: str
    ) -> StoredVerdict:
        """Revoke a verdict within the reviewer's tenant. Raises as `revoke`.

        The verdict is named, so that one which took its place meanwhile is never revoked unread.
        """
        await self._assessments.load_for(reviewer.tenant, assessment_id)
        stored = await self._store.verdict_of_id(verdict_id)
        if stored.assessment_id != assessment_id:
            raise NotFound("verdict", verdict_id)
        return await self.revoke(verdict_id, reviewer.id, reason)

    async def revoke(self, verdict_id: str, by: str, reason: str) -> StoredVerdict:
        """Revoke the live verdict of an assessment; revoking twice is once.

        The reason is told to whoever reads the verdict. Raises NotFound, InvalidInput, TooLarge, and Conflict
        for a verdict that was superseded.
        """
        reason = accepted_reason(reason)
        stored = await self._store.verdict_of_id(verdict_id)

        def facts(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            live = assessment.verdict
            if live is None or live.verdict_id != verdict_id:
                raise Conflict(
                    f"Verdict {verdict_id} was superseded, so it does not hold already",
                    f"Revoke {live.verdict_id} if that must not hold either." if live else "Read it again.",
                )
            if assessment.revoked is not None:
                return []
            return [e.VerdictRevoked(verdict_id=verdict_id, by=by, reason=reason)]

        await self._assessments.change(stored.assessment_id, facts)
        return await self._store.verdict_of_id(verdict_id)
