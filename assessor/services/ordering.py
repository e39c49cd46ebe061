"""Ordering an assessment, and giving an attempt back."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from assessor.crash_points import CrashPoint, reach
from assessor.domain import events as e
from assessor.domain.assessment import UNBEGUN, Assessment, Projection, Status
from assessor.domain.errors import (
    Conflict,
    NotFound,
    SequenceTaken,
    invalid,
)
from assessor.domain.form import draw_form
from assessor.domain.grading import INSTALLED, Grading
from assessor.domain.ids import make_id
from assessor.domain.library import Library
from assessor.domain.track import Track
from assessor.domain.value import content_hash
from assessor.ports import (
    Answered,
    Append,
    Clock,
    Content,
    Enclosure,
    IdentityService,
    Prompts,
    Random,
    Store,
    Tenant,
)
from assessor.services.adjusting import begin_by
from assessor.services.idempotency import Answer, same_request
from assessor.services.identity_terms import IdentityTerms, terms_of
from assessor.services.inviting import Inviting
from assessor.services.log import MAX_ATTEMPTS, AssessmentLog, each_overdue, following
from assessor.services.order import Order, Ordered, offered, ordered_fact
from assessor.services.region_terms import held_to_region
from assessor.services.retaking import Attempt, Retaking
from assessor.services.tokens import hash_token


@dataclass(frozen=True)
class Once:
    """An idempotency key with the hash of the request, and how the answer is written."""

    key: str
    request_hash: str
    write: Callable[[Ordered], Answer]


class Ordering:
    """Orders, their end, and attempts given back."""

    def __init__(
        self,
        store: Store,
        log: AssessmentLog,
        content: Content,
        prompts: Prompts,
        clock: Clock,
        random: Random,
        inviting: Inviting,
        *,
        identity_service: IdentityService | None = None,
    ) -> None:
        self._identity_service = identity_service
        self._store = store
        self._log = log
        self._content = content
        self._prompts = prompts
        self._clock = clock
        self._random = random
        self._inviting = inviting
        self._retaking = Retaking(store, store, log)

    async def order(self, tenant: Tenant, order: Order) -> Ordered:
        """Order without an idempotency key (the command line and simulations).

        Raises RetakeTooEarly when the track's retake policy does not allow it yet.
        """
        return await self._begun(tenant, order, lambda _ordered: None)

    async def order_once(self, tenant: Tenant, order: Order, once: Once) -> Answered:
        """Order, or return the stored answer when the key was used before for the same request.

        Raises InvalidInput when the key was used for another.
        """
        if stored := await self._store.answered(tenant.id, once.key, livemode=order.livemode):
            return same_request(stored, once.request_hash)

        def answer(ordered: Ordered) -> Answered:
            body, location = once.write(ordered)
            return Answered(tenant.id, once.key, once.request_hash, 201, body, order.livemode, location)

        try:
            ordered = await self._begun(tenant, order, answer)
        except Conflict:
            stored = await self._store.answered(tenant.id, once.key, livemode=order.livemode)
            if stored is None:
                raise
            return same_request(stored, once.request_hash)
        reach(CrashPoint.AFTER_ORDER)
        return answer(ordered)

    async def get(self, tenant: str, assessment_id: str) -> Assessment:
        """Raises NotFound, also for another tenant's."""
        return await self._log.load_for(tenant, assessment_id)

    async def recent(self, tenant: str) -> Sequence[Projection]:
        """Return a tenant's assessments, newest first."""
        return await self._store.assessments(tenant)

    async def cancel(self, tenant: str, assessment_id: str) -> Assessment:
        """End it before it was submitted. Cancelling twice is once."""
        await self._log.load_for(tenant, assessment_id)
        # The candidate stays signed in, to be told, and to have their data.
        return await self._log.change(
            assessment_id,
            lambda a, _now: [] if a.status is Status.CANCELLED else [e.AssessmentCancelled()],
        )

    async def give_back(self, assessment_id: str, reason: str) -> Ordered:
        """Void an attempt that a fault of ours spoiled, and order the next with the same terms."""
        spoiled = await self._log.load(assessment_id)
        spoiled.require("giving the attempt back", Status.TECHNICAL_HOLD)
        terms = spoiled.ordered
        tenant = await self._store.tenant(terms.tenant)
        order = Order(
            candidate_ref=terms.candidate_ref,
            candidate_email=await self._store.mail_address(spoiled.id),
            track=terms.track,
            form=spoiled.form.name,
            language=terms.language,
            specialty=terms.specialty,
            region=terms.region,
            notice_given_on=terms.notice_given_on,
            bias_audit=terms.bias_audit,
            jurisdiction=terms.jurisdiction,
            simulated=terms.simulated,
            livemode=terms.livemode,
            metadata=spoiled.metadata,
            compensation=terms.compensation,
            redirect_url=terms.redirect_url,
            callback_endpoint=terms.callback_endpoint,
            **spoiled.accommodation.model_dump(),
        )
        track = (await self._content.library(terms.track)).track(terms.track)
        attempt = await self._retaking.again(spoiled, track)
        identity = IdentityTerms.again(spoiled)
        change, ordered = await self._prepare(
            tenant, order, attempt, identity, terms.candidate_id, spoiled.id
        )
        try:
            await self._store.begin(change)
        except Conflict:
            # We were cut off between ordering the successor and voiding this one. It stands, but nobody
            # has its link.
            ordered = await self._inviting.reissue(tenant.id, change.assessment_id)

        def void(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            assessment.require("giving the attempt back", Status.TECHNICAL_HOLD)
            return [e.AssessmentVoided(reason=reason, successor=ordered.assessment.id)]

        await self._log.change(assessment_id, void)
        return ordered

    async def expire_overdue(self) -> int:
        """Mark invitations that ran out. Returns how many.

        Who stands in the line to begin has come in time: it is held open for them.
        """

        async def expire(assessment_id: str) -> bool:
            assessment = await self._log.load(assessment_id)
            if assessment.status not in UNBEGUN:
                return False
            if await self._store.is_remembered(assessment_id, self._clock.now()):
                return False
            await self._log.change(assessment_id, _expire)
            return True

        return await each_overdue("expire", await self._store.overdue(self._clock.now()), expire)

    async def _begun(
        self, tenant: Tenant, order: Order, answer: Callable[[Ordered], Answered | None]
    ) -> Ordered:
        """Begin an assessment, and keep the answer with it. Of two orders at once, one sees the other."""
        order = replace(order, track=await self._house_name(tenant, order.track))
        track = offered(tenant, order, await self._content.library(order.track))
        await self._require_own_callback(tenant, order)
        order = held_to_region(order, tenant, self._clock.now(), self._inviting.ends)
        identity = terms_of(order, track, self._identity_service, self._clock.now())
        candidate_id = await self._store.candidate(tenant.id, order.candidate_ref)
        for _ in range(MAX_ATTEMPTS):
            attempt = await self._attempt(order, track, candidate_id)
            change, ordered = await self._prepare(tenant, order, attempt, identity, candidate_id)
            answered = answer(ordered)
            reach(CrashPoint.BEFORE_ORDER)
            with suppress(SequenceTaken):
                earlier = None if order.simulated else attempt.assessments
                await self._store.begin(change, answered, earlier=earlier)
                return ordered
        raise Conflict("Too many orders for this candidate at once", "Try again in a moment.")

    async def _require_own_callback(self, tenant: Tenant, order: Order) -> None:
        if order.callback_endpoint is None:
            return
        with suppress(NotFound):
            endpoint = await self._store.endpoint(tenant.id, order.callback_endpoint)
            if endpoint.livemode == order.livemode:
                return
        raise invalid(
            "callback_endpoint",
            "is no webhook endpoint of yours in this mode",
            "Send the id of one of yours, or leave it out to have all of them told.",
        )

    async def _attempt(self, order: Order, track: Track, candidate_id: str) -> Attempt:
        if order.simulated:
            return await self._retaking.practice(track)
        now, waive = self._clock.now(), order.waive_retake_policy
        return await self._retaking.attempt(candidate_id, track, now, livemode=order.livemode, waive=waive)

    async def _prepare(
        self,
        tenant: Tenant,
        order: Order,
        attempt: Attempt,
        identity: IdentityTerms,
        candidate_id: str,
        replaces: str | None = None,
    ) -> tuple[Append, Ordered]:
        library, now = await self._content.library(order.track), self._clock.now()
        grading = await self._store.grading_of(tenant.id, order.track)
        entropy = _successor_entropy(replaces) if replaces else self._random.bytes(16)
        assessment_id = make_id("asm", entropy)
        invitation = self._inviting.new(now)
        expires_at = invitation.expires_at if order.expires_at is None else begin_by(order.expires_at, now)
        facts = (
            ordered_fact(tenant, order, library, candidate_id, expires_at, attempt, identity, replaces),
            self._drawn(library, order, attempt, grading),
            e.InviteIssued(token_hash=hash_token(invitation.token), expires_at=expires_at),
        )
        assessment = following(Assessment(assessment_id), facts, now)
        enclosure = Enclosure(None if order.simulated else order.candidate_email, invitation.token)
        change = Append(assessment_id, 0, now, facts, assessment.projection(), enclosure=enclosure)
        return change, Ordered(assessment, self._inviting.url(invitation.token))

    def _drawn(self, library: Library, order: Order, attempt: Attempt, grading: Grading) -> e.FormDrawn:
        seed = self._random.bytes(16).hex()
        track = library.track(order.track)
        used = {item.rubric for item in library.items[track.id].values()}
        grading = grading.changed(rubrics=tuple(one for one in grading.rubrics if one.id in used))
        library = library.with_rubrics(grading.rubrics)
        form = draw_form(
            library,
            track,
            order.form,
            seed,
            language=order.language,
            specialty=order.specialty,
            jurisdiction=order.jurisdiction,
            avoid=attempt.avoid,
            without=attempt.retired,
        )
        return e.FormDrawn(
            seed=seed,
            form=form,
            avoided=tuple(sorted(attempt.avoid)),
            seen_before=tuple(place.item_id for place in form.items if place.item_id in attempt.avoid),
            retired=tuple(sorted(attempt.retired)),
            bank_hash=content_hash({id_: item.hash for id_, item in library.items[track.id].items()}),
            rubrics_hash=content_hash({id_: one.hash for id_, one in library.rubrics_for(track.id).items()}),
            prompts_hash=self._prompts.replaced(grading.prompts).hash,
            grading=None if grading == INSTALLED else grading,
        )

    async def _house_name(self, tenant: Tenant, track: str) -> str:
        """Return the id of the version that a platform gets of a track of its own; others keep their name."""
        library = await self._content.library()
        if track in library.tracks and track not in library.owners:
            return track
        own = await self._store.offered_library(tenant.id, track)
        return own.track_id if own else track


def _successor_entropy(assessment_id: str) -> bytes:
    """Derive the next attempt's id: giving back twice, or after a crash, is giving back once."""
    return hashlib.sha256(f"{assessment_id}\nnext attempt".encode()).digest()[:16]


def _expire(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
    return [e.AssessmentExpired()] if assessment.status in UNBEGUN else []
