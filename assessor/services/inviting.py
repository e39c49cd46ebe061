"""Invitations and the sessions that they open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from assessor.domain import events as e
from assessor.domain.assessment import UNBEGUN, Assessment, Status
from assessor.domain.errors import Gone, IllegalTransition, MovedOn, NotFound, Unauthenticated
from assessor.domain.wording import worded
from assessor.ports import Clock, Enclosure, Random, Session, Store
from assessor.services.log import AssessmentLog
from assessor.services.order import Ordered
from assessor.services.region_terms import begin_within_audit
from assessor.services.tokens import hash_token, new_token

SESSION_HOURS: Final = 24


@dataclass(frozen=True)
class Invitation:
    """The secret of a link, and until when it opens."""

    token: str
    expires_at: datetime


class Inviting:
    """Links that open an assessment once, and the browsers that they let in."""

    def __init__(
        self,
        store: Store,
        log: AssessmentLog,
        clock: Clock,
        random: Random,
        *,
        public_url: str,
        invite_days: int,
    ) -> None:
        self._store = store
        self._log = log
        self._clock = clock
        self._random = random
        self._public_url = public_url.rstrip("/")
        self._invite_for = timedelta(days=invite_days)

    def new(self, now: datetime) -> Invitation:
        """Return an invitation that runs from now on for as long as invitations do. Nothing is kept yet."""
        return Invitation(new_token(self._random), now + self._invite_for)

    def ends(self, begins: datetime) -> datetime:
        """Return until when an invitation runs that can be used from then on."""
        return begins + self._invite_for

    def url(self, token: str) -> str:
        """Return the address that a token opens."""
        return f"{self._public_url}/c/{token}"

    async def reissue(self, tenant: str, assessment_id: str) -> Ordered:
        """Make a new link. The old one and any open session stop working."""
        await self._log.load_for(tenant, assessment_id)
        token = new_token(self._random)

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            assessment.require("a new invitation", *UNBEGUN, Status.IN_PROGRESS, Status.PAUSED)
            # A new link never takes away from the time that was given to begin.
            wanted = begin_within_audit(assessment, now + self._invite_for)
            expires_at = max(wanted, assessment.expires_at or now)
            return [e.InviteIssued(token_hash=hash_token(token), expires_at=expires_at)]

        assessment = await self._log.change(assessment_id, decide, Enclosure(invite_token=token))
        await self._store.close_sessions("candidate", assessment_id)
        return Ordered(assessment, self.url(token))

    async def look_at(self, token: str) -> Assessment:
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
        looked_at = await self.look_at(token)
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
        secret = new_token(self._random)
        expires_at = self._clock.now() + timedelta(hours=SESSION_HOURS) + self._invite_for
        await self._store.open_session(Session(hash_token(secret), "candidate", assessment_id, expires_at))
        return secret


def _require_open(assessment: Assessment, now: datetime) -> None:
    opens_at = assessment.ordered.opens_at
    if opens_at is not None and now < opens_at:
        raise IllegalTransition(
            worded(
                "This assessment can be begun from %(when)s, %(time)s UTC on",
                when=opens_at,
                time=f"{opens_at:%H:%M}",
            ),
            "Open the same link again then.",
        )
