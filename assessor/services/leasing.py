"""Who has a case in hand: taken by working on it, kept by every step, given back or over after a while."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from assessor.domain.assessment import Assessment, Projection, Status
from assessor.domain.audit_log import Action
from assessor.domain.errors import Conflict, LeaseHeld, NotFound, NotTrained, invalid
from assessor.domain.queue import ASSIGNED, LEASE, Lease, QueuePlace
from assessor.domain.roles import Permission
from assessor.ports import Clock, Reviewer, Store, Taker
from assessor.services.auditing import Auditing
from assessor.services.hearing import has_seen
from assessor.services.log import AssessmentLog
from assessor.services.training import Training

_AT_ONCE: Final = 20
_TRIES: Final = 200
"""Cases that are looked at for somebody who may take none of them."""


class Leasing:
    """What reviewers have in hand. Each call is on behalf of one, within their tenant."""

    def __init__(self, store: Store, assessments: AssessmentLog, training: Training, clock: Clock) -> None:
        self._store = store
        self._assessments = assessments
        self._training = training
        self._clock = clock
        self._auditing = Auditing(store, clock)

    async def require_stranger(self, reviewer: Reviewer, assessment_id: str) -> None:
        """Raise Conflict for somebody who said that they know this candidate, NotFound."""
        row = await self._of(reviewer, assessment_id)
        if await self._store.knows(reviewer.id, row.candidate_id):
            raise Conflict(
                "You said that you know this person, so you review nothing of theirs",
                "A colleague does it. Take another case.",
            )

    async def require_fit(self, reviewer: Reviewer, assessment_id: str) -> None:
        """Raise as `require_stranger` and, of a case that waits, as `require_trained`."""
        await self.require_stranger(reviewer, assessment_id)
        row = await self._of(reviewer, assessment_id)
        if row.waits_for_reviewer:
            await self.require_trained(reviewer, assessment_id)

    async def require_trained(self, reviewer: Reviewer, assessment_id: str) -> None:
        """Raise NotTrained for who has to train before they score or change a score, NotFound.

        What somebody has in hand they finish, and help and faults of ours ask for no training.
        """
        row = await self._of(reviewer, assessment_id)
        if row.needs_help or row.status is Status.TECHNICAL_HOLD:
            return
        held = (await self.held([assessment_id])).get(assessment_id)
        if held is None or held.holder != reviewer.id:
            await self._training.require(reviewer, row.track)

    async def recuse(self, reviewer: Reviewer, assessment_id: str) -> None:
        """Note that a reviewer knows the candidate: the case goes back, and no other of theirs comes."""
        row = await self._of(reviewer, assessment_id)
        await self._store.know(reviewer.id, row.candidate_id, self._clock.now())
        await self._store.give_back(assessment_id, reviewer.id)
        await self._auditing.record(reviewer.id, Action.RECUSED, assessment_id, tenant=reviewer.tenant)

    async def assign(self, senior: Reviewer, assessment_id: str, reviewer_id: str) -> None:
        """Hand a case to a colleague, for a day without any step of theirs, whoever had it.

        Raises NotFound, InvalidInput for somebody who does not review for this platform, Conflict for one who
        knows the candidate or has not trained for the track.
        """
        row = await self._of(senior, assessment_id)
        try:
            colleague = await self._store.reviewer(reviewer_id)
        except NotFound:
            colleague = None
        if (
            colleague is None
            or colleague.tenant != senior.tenant
            or colleague.disabled_at
            or not colleague.may(Permission.SCORE)
        ):
            raise invalid("reviewer", "is nobody who reviews here", "Choose one of the list.")
        if await self._store.knows(colleague.id, row.candidate_id):
            raise Conflict(f"{colleague.name} knows this candidate", "Choose somebody else.")
        if row.track in await self._training.untrained(colleague):
            raise Conflict(
                f"{colleague.name} has not trained for this track yet",
                "Choose somebody else, or let them train first.",
            )
        await self._store.hand_over(Lease(assessment_id, colleague.id, self._clock.now() + ASSIGNED))
        await self._auditing.record(
            senior.id, Action.CASE_ASSIGNED, assessment_id, tenant=senior.tenant, to=colleague.id
        )

    async def scorers(self, tenant: str) -> Sequence[Reviewer]:
        """Return who scores for a platform, the oldest account first."""
        return [
            one
            for one in await self._store.reviewers()
            if one.tenant == tenant and not one.disabled_at and one.may(Permission.SCORE)
        ]

    async def impartial(self, reviewer: Reviewer, assessment_id: str) -> Sequence[Reviewer]:
        """Return who knows neither the scores of a case nor its candidate. Raises NotFound."""
        row = await self._of(reviewer, assessment_id)
        assessment = await self._assessments.load_for(reviewer.tenant, assessment_id)
        return [
            one
            for one in await self.scorers(reviewer.tenant)
            if one.has_joined
            and not has_seen(assessment, one)
            and not await self._store.knows(one.id, row.candidate_id)
        ]

    async def _of(self, reviewer: Reviewer, assessment_id: str) -> Projection:
        row = await self._store.projection(assessment_id)
        if row.tenant != reviewer.tenant:
            raise NotFound("assessment", assessment_id)
        return row

    async def take(self, reviewer: Reviewer, assessment_id: str) -> Lease:
        """Take a case, or go on with it. Return who has it then, who may be another. Raises NotFound."""
        await self._assessments.load_for(reviewer.tenant, assessment_id)
        return await self._take(reviewer, assessment_id)

    async def hold(self, reviewer: Reviewer, assessment_id: str) -> None:
        """Take a case for a step of work. Raises LeaseHeld, and as what is required of people."""
        await self.require_stranger(reviewer, assessment_id)
        await self.require_trained(reviewer, assessment_id)
        lease = await self.take(reviewer, assessment_id)
        if lease.holder != reviewer.id:
            raise LeaseHeld((await self._store.reviewer(lease.holder)).name, lease.until)

    async def held(self, assessment_ids: Collection[str]) -> Mapping[str, Lease]:
        """Return who has which of these in hand."""
        return await self._store.leases(assessment_ids, self._clock.now())

    async def in_hand(self, reviewer: Reviewer) -> Sequence[Projection]:
        """Return what a reviewer has in hand."""
        return await self._store.in_hand(reviewer.tenant, reviewer.id, self._clock.now())

    async def give_back(self, reviewer: Reviewer, assessment_id: str) -> None:
        """Let others take it. Whatever was stored stays. One that is not held is left as it is."""
        await self._store.give_back(assessment_id, reviewer.id)

    async def end_if_done(self, reviewer: Reviewer, assessment_id: str) -> None:
        """Give a case back that waits for nobody any more, or for a second person to find the same."""
        row = await self._store.projection(assessment_id)
        is_for_another = row.awaits_finding and not await self._may_take(reviewer, row)
        if is_for_another or not row.waits_for_reviewer:
            await self.give_back(reviewer, assessment_id)

    async def next(self, reviewer: Reviewer) -> Projection | None:
        """Take what comes next in the queue for this reviewer; None when nothing does.

        What they have in hand comes first, so that nobody piles cases up. What has to be scored blind is not
        for those who have seen scores. Raises NotTrained when only training stands between them and a case.
        """
        now = self._clock.now()
        held = await self._store.in_hand(reviewer.tenant, reviewer.id, now)
        mine = [row for row in held if row.waits_for_reviewer or row.needs_help]
        if mine:
            return mine[0]
        untrained = await self._training.untrained(reviewer)
        async for row in self._free(reviewer, now, untrained):
            if await self._may_take(reviewer, row):
                lease = await self._take(reviewer, row.id)
                if lease.holder == reviewer.id:
                    return row
        if untrained:
            async for row in self._free(reviewer, now):
                if row.track in untrained and await self._may_take(reviewer, row):
                    raise NotTrained(row.track)
        return None

    async def _free(
        self, reviewer: Reviewer, now: datetime, untrained: Collection[str] = ()
    ) -> AsyncIterator[Projection]:
        taker = Taker(reviewer.id, reviewer.tracks, reviewer.languages, untrained)
        after: QueuePlace | None = None
        for _ in range(0, _TRIES, _AT_ONCE):
            rows = await self._store.free(reviewer.tenant, taker, now, after, _AT_ONCE)
            for row in rows:
                yield row
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1].queue_place

    async def _may_take(self, reviewer: Reviewer, row: Projection) -> bool:
        if row.needs_person or row.needs_help:
            return True
        assessment: Assessment = await self._assessments.load_for(reviewer.tenant, row.id)
        if row.awaits_finding:
            return assessment.may_be_found_by(reviewer.id)
        if row.quality == "differs" and not row.appeal_due:
            neither = not any(one.involves(reviewer.id) for one in assessment.disagreements)
            return reviewer.may(Permission.ADJUDICATE) and neither
        return not has_seen(assessment, reviewer)

    async def _take(self, reviewer: Reviewer, assessment_id: str) -> Lease:
        now = self._clock.now()
        return await self._store.take(Lease(assessment_id, reviewer.id, now + LEASE), now)
