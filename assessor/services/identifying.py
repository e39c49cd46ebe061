"""The candidate's identity step: a hosted service checks a document, and says what came of it.

Whatever fails on the way is never the candidate's loss: they go on, and the verdict waits. What the
service reports is put into the log by one rule, whether it came by webhook or was asked for.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import Conflict, IdentityFault, IllegalTransition, NotFound
from assessor.domain.identification import CheckState
from assessor.domain.identity import Level, Report
from assessor.ports import Clock, IdentityService, Projections
from assessor.services.beginning import started
from assessor.services.letting_in import LettingIn, waits_to_begin
from assessor.services.log import AssessmentLog, each_overdue
from assessor.services.scoring import Scoring

_OVER = frozenset({Status.EXPIRED, Status.WITHDRAWN, Status.CANCELLED, Status.VOIDED, Status.ORDERED})

log = structlog.get_logger()


class Identifying:
    """Sends candidates to the hosted service, and notes what it says."""

    def __init__(
        self,
        store: Projections,
        assessments: AssessmentLog,
        scoring: Scoring,
        service: IdentityService | None,
        clock: Clock,
        *,
        public_url: str,
        letting_in: LettingIn | None = None,
    ) -> None:
        self._store = store
        self._assessments = assessments
        self._scoring = scoring
        self._service = service
        self._clock = clock
        self._letting_in = letting_in
        self._return_url = f"{public_url.rstrip('/')}/assessment/identity"

    @property
    def service(self) -> IdentityService | None:
        """The hosted service, where one is set up."""
        return self._service

    async def open(self, assessment_id: str) -> str | None:
        """Return where the candidate shows their document; None when there is no need to, or no way now.

        The address is never stored. When the service is down, that is recorded. Raises IllegalTransition
        when no check can be made any more.
        """
        assessment = await self._assessments.load(assessment_id)
        _require_may_try(assessment)
        current = assessment.identity.current
        try:
            if current and (url := await self._opened_again(assessment_id, current)):
                return url
            if not (await self._assessments.load(assessment_id)).identity.may_try:
                return None  # it turned out to be verified, or to be on its way
            return await self._opened_anew(assessment_id)
        except IdentityFault as fault:
            await self._note_fault(assessment_id, fault)
            return None

    async def look(self, assessment_id: str) -> Assessment:
        """Ask the service how the check stands, for when its webhook is late. A fault changes nothing."""
        assessment = await self._assessments.load(assessment_id)
        current = assessment.identity.current
        if self._service is None or current is None or assessment.identity.verified:
            return assessment
        try:
            found = await self._service.look(assessment_id, current)
        except IdentityFault as fault:
            log.warning("identity service failed", assessment=assessment_id, kind=fault.kind)
            return assessment
        if found.report is None or assessment.identity.is_known(found.report.outcome):
            return assessment
        return await self.take(found.report)

    async def go_on(self, assessment_id: str) -> Assessment:
        """Start the clock. Twice is once. Where too many interviews go on, it is not started.

        Raises Conflict before the check was tried: it may fail or be late, but it has to be tried.
        """

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            if assessment.status is not Status.IDENTITY:
                assessment.require("going on", Status.IN_PROGRESS)
                return []
            if assessment.identity.state is CheckState.NOT_BEGUN:
                raise Conflict("Your identity has not been checked yet", "Begin the check first.")
            return [started(assessment, now)] if may_start else []

        may_start = await self._may_start(await self._assessments.load(assessment_id))
        return await self._assessments.change(assessment_id, decide)

    async def report(self, body: bytes, signature: str) -> None:
        """Take a webhook of the service. What is old, repeated or not of ours changes nothing.

        Raises NotFound where no service is set up, Unauthenticated for a signature that does not hold,
        and InvalidInput for what is signed and cannot be read.
        """
        if self._service is None:
            raise NotFound("hosted identity service", "stripe")
        report = self._service.read(body, signature, self._clock.now())
        if report is None:
            return
        try:
            await self.take(report)
        except NotFound:
            log.info("identity report of no assessment here", reference=report.reference)

    async def take(self, report: Report) -> Assessment:
        """Record a report, if it is news, and issue the verdict that waited for it. Raises NotFound."""

        def decide(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            vouches = report.livemode or not assessment.ordered.livemode
            if not vouches or assessment.status in _OVER or not assessment.identity.is_news(report):
                return []
            return [
                e.IdentityReported(
                    reference=report.reference, outcome=report.outcome, failure=report.failure, at=report.at
                )
            ]

        assessment = await self._assessments.change(report.assessment_id, decide)
        return await self._settled(assessment)

    async def settle_overdue(self) -> int:
        """Issue first verdicts that wait for no outcome any more. Returns how many.

        Before one is given up on, the service is asked a last time.
        """

        async def settle(assessment_id: str) -> bool:
            assessment = await self._assessments.load(assessment_id)
            if not _is_ready(assessment) or self._waits(assessment):
                return False
            if not assessment.identity.is_met:
                assessment = await self.look(assessment_id)
            await self._settled(assessment)
            return True

        return await each_overdue("identity", await self._store.unscored(begun=True), settle)

    async def _opened_again(self, assessment_id: str, reference: str) -> str | None:
        """Return a fresh address of the check that was opened before; None when it is over."""
        found = await self._require_service().look(assessment_id, reference)
        if found.url is None:
            if found.report:
                await self.take(found.report)
            return None
        # Why it failed before is known, or does not matter any more.
        level = (await self._assessments.load(assessment_id)).identity.opened[reference]
        await self._note_opened(assessment_id, reference, level)
        return found.url

    async def _opened_anew(self, assessment_id: str) -> str:
        opened = await self._require_service().begin(assessment_id, self._return_url)
        await self._note_opened(assessment_id, opened.reference, opened.level)
        return opened.url

    async def _note_opened(self, assessment_id: str, reference: str, level: Level) -> None:
        def decide(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            _require_may_try(assessment)
            return [e.IdentityCheckOpened(reference=reference, level=level)]

        await self._assessments.change(assessment_id, decide)

    async def _note_fault(self, assessment_id: str, fault: IdentityFault) -> None:
        log.warning("identity service failed", assessment=assessment_id, kind=fault.kind)

        def decide(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            known = assessment.identity.state in (CheckState.UNAVAILABLE, CheckState.VERIFIED)
            return [] if known else [e.IdentityUnavailable(kind=fault.kind)]

        await self._assessments.change(assessment_id, decide)

    async def _may_start(self, assessment: Assessment) -> bool:
        if self._letting_in is None or not waits_to_begin(assessment):
            return True
        return await self._letting_in.may_start(assessment)

    async def _settled(self, assessment: Assessment) -> Assessment:
        """Issue what is due: the first verdict that waited, or one that follows a late outcome."""
        if _is_ready(assessment) and not self._waits(assessment):
            await self._scoring.issue_first(assessment.id)
        elif assessment.verdict_is_due:
            await self._scoring.issue(assessment.id)
        else:
            return assessment
        return await self._assessments.load(assessment.id)

    def _waits(self, assessment: Assessment) -> bool:
        return assessment.identity.can_still_come(self._clock.now(), assessment.submitted_at)

    def _require_service(self) -> IdentityService:
        if self._service is None:
            raise IdentityFault("not_configured")
        return self._service


def _is_ready(assessment: Assessment) -> bool:
    """Whether only its identity can hold the first verdict up."""
    return assessment.status is Status.SCORING and assessment.verdict is None and assessment.is_all_scored


def _require_may_try(assessment: Assessment) -> None:
    if assessment.status in _OVER or not assessment.identity.may_try:
        raise IllegalTransition(
            "Your identity cannot be checked now", "Go on; the identity page says how it stands."
        )
