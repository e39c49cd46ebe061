"""The notice that is read before the start, and the optional uses that candidates may agree to.

The assessment rests on the notice. Consents are apart from it: nobody who scores sees them, nothing that
scores reads them, and they can be changed at any time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import StaleEdit, invalid
from assessor.domain.notice import CURRENT
from assessor.domain.wording import worded
from assessor.services.log import AssessmentLog


class Consenting:
    """Records what was read and what was agreed to."""

    def __init__(self, assessments: AssessmentLog) -> None:
        self._assessments = assessments

    async def read(self, assessment_id: str, version: str) -> Assessment:
        """Record that an edition was read in mid-course; twice is once. Raises StaleEdit for an old one."""
        require_current(version)

        def decide(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            return [] if has_read(assessment) else [notice_accepted()]

        return await self._assessments.change(assessment_id, decide)

    async def answer(self, assessment_id: str, answers: Mapping[str, bool], version: str) -> Assessment:
        """Record what is agreed to; what stands already is not said twice. Possible at any time.

        Raises InvalidInput for a use that is not asked about, StaleEdit for the words of an old edition.
        """
        require_current(version)
        return await self._assessments.change(
            assessment_id, lambda assessment, _now: consents(assessment, answers)
        )

    async def withdraw(self, assessment_id: str) -> Assessment:
        """End it on behalf of the candidate. Twice is once. Raises IllegalTransition once handed in."""

        def decide(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            return [] if assessment.status is Status.WITHDRAWN else [e.AssessmentWithdrawn()]

        return await self._assessments.change(assessment_id, decide)


def has_read(assessment: Assessment) -> bool:
    """Whether the candidate has read the notice as it is today."""
    return assessment.notice is not None and assessment.notice.version == CURRENT.version


def notice_accepted() -> e.NoticeAccepted:
    """Return the fact that today's edition was read."""
    return e.NoticeAccepted(version=CURRENT.version, hash=CURRENT.hash)


def require_current(version: str) -> None:
    """Raise StaleEdit when another edition was read than today's."""
    if version != CURRENT.version:
        raise StaleEdit("The notice has changed since you opened this page", "Please read it once more.")


def consents(assessment: Assessment, answers: Mapping[str, bool]) -> Sequence[e.Fact]:
    """Return what changes by these answers. Raises InvalidInput for a use that is not asked about."""
    uses = {use.id for use in CURRENT.uses}
    if unknown := sorted(answers.keys() - uses):
        raise invalid(
            "use",
            worded("%(use)s is not asked about", use=repr(unknown[0])),
            worded("Use one of: %(known)s.", known=", ".join(sorted(uses))),
        )
    return [
        e.ConsentAnswered(use=use, given=given, version=CURRENT.version, hash=CURRENT.hash)
        for use, given in answers.items()
        if assessment.agreed_to.get(use) is not given
    ]
