"""What a platform changes of an order: by when it has to be begun, and its own notes."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import StaleEdit, invalid
from assessor.domain.new_york import REGION
from assessor.ports import Store
from assessor.services.log import AssessmentLog
from assessor.services.region_terms import audit_until

MAX_WAIT: Final = timedelta(days=366)


class Adjusting:
    """Each call is within one tenant."""

    def __init__(self, assessments: AssessmentLog, store: Store) -> None:
        self._assessments = assessments
        self._store = store

    async def extend(self, tenant: str, assessment_id: str, until: datetime) -> Assessment:
        """Give more time to begin; the link that is out stays good. Raises InvalidInput for an earlier time.

        A time that was set already stays: extending twice is once.
        """
        await self._assessments.load_for(tenant, assessment_id)
        audits = (await self._store.tenant(tenant)).bias_audits

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            assessment.require("extending", Status.ORDERED, Status.OPENED, Status.IDENTITY)
            ends = assessment.expires_at or assessment.ordered.expires_at
            if until == ends:
                return []
            if until < ends:
                raise invalid("expires_at", f"is before {ends.isoformat()}", "Name a later time.")
            if assessment.ordered.region == REGION:
                audit_until(assessment.ordered.track, audits, until)
            return [e.AssessmentExtended(expires_at=begin_by(until, now))]

        return await self._assessments.change(assessment_id, decide)

    async def annotate(
        self,
        tenant: str,
        assessment_id: str,
        metadata: dict[str, str],
        is_known: Callable[[Assessment], bool],
    ) -> Assessment:
        """Replace what the platform notes for itself.

        Raises StaleEdit when the assessment, as it is at that moment, is not what the platform knew.
        """
        await self._assessments.load_for(tenant, assessment_id)

        def decide(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            if not is_known(assessment):
                raise StaleEdit("The assessment has changed", "Read it again, and send its new `ETag`.")
            return [] if assessment.metadata == metadata else [e.MetadataReplaced(metadata=metadata)]

        return await self._assessments.change(assessment_id, decide)


def begin_by(wanted: datetime, now: datetime) -> datetime:
    """Return by when an assessment has to be begun. Raises InvalidInput for the past and the far future."""
    if not now < wanted <= now + MAX_WAIT:
        raise invalid(
            "expires_at",
            "is not in the future, or too far in it",
            f"Name a time within the next {MAX_WAIT.days} days.",
        )
    return wanted
