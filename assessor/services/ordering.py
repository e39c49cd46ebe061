"""Ordering an assessment, inviting the candidate, and giving an attempt back."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from assessor.crash_points import CrashPoint, reach
from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Projection, Status
from assessor.domain.errors import (
    Conflict,
    Gone,
    IllegalTransition,
    MovedOn,
    NotFound,
    SequenceTaken,
    Unauthenticated,
    invalid,
)
from assessor.domain.form import draw_form
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
    Session,
    Store,
    Tenant,
)
from assessor.services.adjusting import begin_by
from assessor.services.identity_terms import IdentityTerms, terms_of
from assessor.services.log import MAX_ATTEMPTS, AssessmentLog, each_overdue, following
from assessor.services.retaking import Attempt, Retaking

SESSION_HOURS = 24
_UNBEGUN = (Status.ORDERED, Status.OPENED, Status.IDENTITY)


@dataclass(frozen=True)
class Order:
    """What a platform asks for. Three are accommodations, as in `domain/accommodation.py`."""

    candidate_ref: str
    track: str
    candidate_email: str | None = field(default=None, repr=False)
    """Where to write to the candidate; without it nothing is written. No fact holds it."""
    form: str = "full"
    language: str = "en"
    specialty: str | None = None
    """One of the track's; items of another one are not drawn."""
    region: str | None = None
    """For which part of the world it is; the pilot's stage may be another one there."""
    jurisdiction: str | None = None
    """One of the track's, its first by default; items of another one are not drawn."""
    simulated: bool = False
    livemode: bool = True
    time_factor: float = 1.0
    untimed: bool = False
    extra_break_minutes: int = 0
    waive_retake_policy: str | None = None
    """Why the attempt is given although the track's retake policy does not allow it yet."""
    identity: Mapping[str, Any] | None = None
    """What the platform attests, as in `domain/identity.py`."""
    require_identity: Mapping[str, Any] | None = None
    """How it has to be made sure who works, where that is more than the track asks for."""
    expires_at: datetime | None = None
    """By when it has to be begun; as set for the whole service where it is None."""
    opens_at: datetime | None = None
    """From when it may be begun; at once where it is None."""
    compensation: str | None = None
    """What candidates are told about pay; the platform's policy says it where it is None."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    redirect_url: str | None = None
    callback_endpoint: str | None = None
    simulate: e.Outcome | None = None


@dataclass(frozen=True)
class Ordered:
    """A new assessment and the link that opens it once."""

    assessment: Assessment
    invite_url: str


Answer = tuple[bytes, str]
"""A body, and the address of what was made."""


@dataclass(frozen=True)
class Once:
    """An idempotency key with the hash of the request, and how the answer is written."""

    key: str
    request_hash: str
    write: Callable[[Ordered], Answer]


class Ordering:
    """Orders, invites, sessions of candidates, and attempts given back."""

    def __init__(
        self,
        store: Store,
        log: AssessmentLog,
        content: Content,
        prompts: Prompts,
        clock: Clock,
        random: Random,
        *,
        public_url: str,
        invite_days: int,
        identity_service: IdentityService | None = None,
    ) -> None:
        self._identity_service = identity_service
        self._store = store
        self._log = log
        self._content = content
        self._prompts = prompts
        self._clock = clock
        self._random = random
        self._public_url = public_url.rstrip("/")
        self._invite_for = timedelta(days=invite_days)
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

    async def reissue_invite(self, tenant: str, assessment_id: str) -> Ordered:
        """Make a new link. The old one and any open session stop working."""
        await self._log.load_for(tenant, assessment_id)
        token = self._token()

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            assessment.require("a new invitation", *_UNBEGUN, Status.IN_PROGRESS, Status.PAUSED)
            # A new link never takes away from the time that was given to begin.
            expires_at = max(now + self._invite_for, assessment.expires_at or now)
            return [e.InviteIssued(token_hash=hash_token(token), expires_at=expires_at)]

        assessment = await self._log.change(assessment_id, decide, Enclosure(invite_token=token))
        await self._store.close_sessions("candidate", assessment_id)
        return Ordered(assessment, self._url(token))

    async def cancel(self, tenant: str, assessment_id: str) -> Assessment:
        """End it before it was submitted. Cancelling twice is once."""
        await self._log.load_for(tenant, assessment_id)
        assessment = await self._log.change(
            assessment_id,
            lambda a, _now: [] if a.status is Status.CANCELLED else [e.AssessmentCancelled()],
        )
        await self._store.close_sessions("candidate", assessment_id)
        return assessment

    async def look_at_invite(self, token: str) -> Assessment:
        """Return the invited assessment without using the link. Raises Gone with the way out.

        Looking changes nothing, so mail scanners and link previews cannot spend an invitation.
        """
        try:
            assessment_id, expires_at, spent = await self._store.invite(hash_token(token))
        except NotFound:
            raise Gone(
                "link", "is not known here", "Check that it is complete, or ask for a new invitation."
            ) from None
        if spent:
            raise Gone(
                "link",
                "was used already",
                "Go on in the browser in which you opened it, or ask the platform for a new link.",
            )
        if expires_at <= self._clock.now():
            raise Gone("link", "has expired", "Ask the platform for a new invitation.")
        return await self._log.load(assessment_id)

    async def redeem(self, token: str) -> tuple[Assessment, str]:
        """Use the link: returns the assessment and the secret of a new session. Raises Gone."""
        looked_at = await self.look_at_invite(token)
        used = hash_token(token)

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            _require_open(assessment, now)
            if used not in assessment.invites:
                raise Gone(
                    "link",
                    "was used already",
                    "Go on in the browser in which you opened it, or ask the platform for a new link.",
                )
            return [e.InviteRedeemed(token_hash=used)]

        assessment = await self._log.change(looked_at.id, decide)
        return assessment, await self.open_session(assessment.id)

    async def session(self, secret: str | None) -> str:
        """Return the assessment id of a candidate's session. Raises Unauthenticated."""
        session = await self._store.session(hash_token(secret), self._clock.now()) if secret else None
        if session is not None and session.kind == "moved":
            raise MovedOn
        if session is None or session.kind != "candidate":
            raise Unauthenticated("Open the link from your invitation, or ask the platform for a new one.")
        return session.subject

    async def open_session(self, assessment_id: str) -> str:
        """Let a browser in, and return the secret of its session. Who asks is known by a link of ours."""
        secret = self._token()
        expires_at = self._clock.now() + timedelta(hours=SESSION_HOURS) + self._invite_for
        await self._store.open_session(Session(hash_token(secret), "candidate", assessment_id, expires_at))
        return secret

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
            ordered = await self.reissue_invite(tenant.id, change.assessment_id)

        def void(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            assessment.require("giving the attempt back", Status.TECHNICAL_HOLD)
            return [e.AssessmentVoided(reason=reason, successor=ordered.assessment.id)]

        await self._log.change(assessment_id, void)
        return ordered

    async def expire_overdue(self) -> int:
        """Mark invitations that ran out. Returns how many."""

        async def expire(assessment_id: str) -> bool:
            assessment = await self._log.load(assessment_id)
            if assessment.status not in _UNBEGUN:
                return False
            await self._log.change(assessment_id, _expire)
            return True

        return await each_overdue("expire", await self._store.overdue(self._clock.now()), expire)

    async def _begun(
        self, tenant: Tenant, order: Order, answer: Callable[[Ordered], Answered | None]
    ) -> Ordered:
        """Begin an assessment, and keep the answer with it. Of two orders at once, one sees the other."""
        order = replace(order, track=await self._house_name(tenant, order.track))
        track = _offered(tenant, order, await self._content.library(order.track))
        await self._require_own_callback(tenant, order)
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
        entropy = _successor_entropy(replaces) if replaces else self._random.bytes(16)
        assessment_id = make_id("asm", entropy)
        token = self._token()
        expires_at = now + self._invite_for if order.expires_at is None else begin_by(order.expires_at, now)
        facts = (
            self._ordered(tenant, order, library, candidate_id, expires_at, attempt, identity, replaces),
            self._drawn(library, order, attempt),
            e.InviteIssued(token_hash=hash_token(token), expires_at=expires_at),
        )
        assessment = following(Assessment(assessment_id), facts, now)
        enclosure = Enclosure(None if order.simulated else order.candidate_email, token)
        change = Append(assessment_id, 0, now, facts, assessment.projection(), enclosure=enclosure)
        return change, Ordered(assessment, self._url(token))

    def _ordered(
        self,
        tenant: Tenant,
        order: Order,
        library: Library,
        candidate_id: str,
        expires_at: datetime,
        attempt: Attempt,
        identity: IdentityTerms,
        replaces: str | None,
    ) -> e.AssessmentOrdered:
        track = _offered(tenant, order, library)
        _require_simulable(order)
        return e.AssessmentOrdered(
            tenant=tenant.id,
            candidate_id=candidate_id,
            candidate_ref=order.candidate_ref,
            track=track.id,
            track_version=track.version,
            language=order.language,
            specialty=order.specialty,
            region=order.region,
            jurisdiction=order.jurisdiction or track.jurisdiction,
            livemode=order.livemode,
            simulated=order.simulated,
            # For a chosen outcome rules and models never decide, so that a (simulated) person can.
            policy=(
                tenant.policy.changed(judge_may_score=False, rules_may_decide=())
                if order.simulate
                else tenant.policy
            ),
            time_factor=order.time_factor,
            untimed=order.untimed,
            extra_break_minutes=order.extra_break_minutes,
            attempt=attempt.number,
            replaces=replaces,
            earlier_attempts=attempt.earlier,
            retake_policy_waived=attempt.waived,
            identity=identity.attested,
            identity_need=identity.need,
            identity_carried=identity.carried,
            expires_at=expires_at,
            opens_at=_opens_at(order, expires_at),
            compensation=order.compensation or tenant.policy.compensation,
            metadata=dict(order.metadata),
            redirect_url=order.redirect_url,
            callback_endpoint=order.callback_endpoint,
            simulate=order.simulate,
        )

    def _drawn(self, library: Library, order: Order, attempt: Attempt) -> e.FormDrawn:
        seed = self._random.bytes(16).hex()
        track = library.track(order.track)
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
            prompts_hash=self._prompts.hash,
        )

    async def _house_name(self, tenant: Tenant, track: str) -> str:
        """Return the id of the version that a platform gets of a track of its own; others keep their name."""
        library = await self._content.library()
        if track in library.tracks and track not in library.owners:
            return track
        own = await self._store.offered_library(tenant.id, track)
        return own.track_id if own else track

    def _token(self) -> str:
        return self._random.bytes(24).hex()

    def _url(self, token: str) -> str:
        return f"{self._public_url}/c/{token}"


def _opens_at(order: Order, expires_at: datetime) -> datetime | None:
    if order.opens_at is not None and order.opens_at >= expires_at:
        raise invalid(
            "opens_at", f"is not before {expires_at.isoformat()}, when it expires", "Name an earlier time."
        )
    return order.opens_at


def _require_open(assessment: Assessment, now: datetime) -> None:
    opens_at = assessment.ordered.opens_at
    if opens_at is not None and now < opens_at:
        raise IllegalTransition(
            f"This assessment can be begun from {opens_at:%d %B %Y, %H:%M} UTC on",
            "Open the same link again then.",
        )


def _require_simulable(order: Order) -> None:
    # A simulated candidate knows the keys.
    if order.simulate and (order.livemode or not order.simulated):
        raise invalid("simulate", "is for test keys only", "Leave it out, or order with a test key.")


def _offered(tenant: Tenant, order: Order, library: Library) -> Track:
    """Return the track that is ordered. Raises InvalidInput when it is not to be had like that."""
    track = library.offered_to(tenant.id, order.track)
    if track is None:
        known = ", ".join(sorted(library.tracks.keys() - library.owners.keys()))
        raise invalid("track", f"{order.track!r} is not a track", f"Use one of: {known}.")
    if order.language not in track.languages:
        raise invalid(
            "language",
            f"the interview of track {track.id} cannot be held in {order.language!r}",
            f"Use one of: {', '.join(track.languages)}.",
        )
    _require_one_of("specialty", order.specialty, track.id, track.specialties)
    _require_one_of("jurisdiction", order.jurisdiction, track.id, track.jurisdictions)
    return track


def _require_one_of(field: str, asked: str | None, track: str, offered: Sequence[str]) -> None:
    if asked is None or asked in offered:
        return
    remedy = f"Use one of: {', '.join(offered)}." if offered else "Leave it out: the track has none."
    raise invalid(field, f"{asked!r} is not a {field} of track {track}", remedy)


def hash_token(token: str) -> str:
    """Hash a random 192-bit token for keeping. It has too much entropy to need a slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _successor_entropy(assessment_id: str) -> bytes:
    """Derive the next attempt's id: giving back twice, or after a crash, is giving back once."""
    return hashlib.sha256(f"{assessment_id}\nnext attempt".encode()).digest()[:16]


def same_request(stored: Answered, request_hash: str) -> Answered:
    """Return the stored answer. Raises InvalidInput when it answered another request."""
    if stored.request_hash != request_hash:
        raise invalid(
            "Idempotency-Key", "was used before for another request", "Use a new key for a new request."
        )
    return stored


def _expire(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
    return [e.AssessmentExpired()] if assessment.status in _UNBEGUN else []
