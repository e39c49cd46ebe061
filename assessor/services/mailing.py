"""Mail to candidates, as a worker sends it.

What is due is taken up every second. The outbox itself is the durable state: a mail that a crash cut off is
taken up again, by the same worker when it starts, or by another when the claim has run out. So every mail
is handed to the server at least once, always under the same `Message-ID`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from assessor.crash_points import CrashPoint, reach
from assessor.domain.assessment import OPEN, Assessment, Status
from assessor.domain.errors import Gone, NotFound
from assessor.domain.form import form_minutes
from assessor.domain.mail import (
    AWAY,
    ESSENTIAL,
    Acceptance,
    Letter,
    MailKind,
    MailSettled,
    MailStatus,
    Sending,
    dropped,
    put_off,
    remind_at,
    settle_mail,
)
from assessor.ports import ClaimedMail, Clock, Content, LetterWriter, Mailer, Store
from assessor.services.links import LinkPurpose, SignedLinks
from assessor.services.log import AssessmentLog
from assessor.tracing import span

AT_ONCE: Final = 8
PUMP_SECONDS: Final = 1.0
CLAIM: Final = timedelta(minutes=2)
"""Longer than an attempt may take, with the time to record it."""
GRACE_SECONDS: Final = 5
KEPT: Final = timedelta(days=30)
RESULT_LINK: Final = timedelta(days=30)
"""How long the link of a result mail opens the result."""
EARLY: Final = timedelta(minutes=1)
"""A reminder whose end has moved by less is not put off again."""

log = structlog.get_logger()


class Mailing:
    """Writes and sends what is in the outbox, and knows what its links are about."""

    def __init__(
        self,
        store: Store,
        assessments: AssessmentLog,
        content: Content,
        writer: LetterWriter,
        mailer: Mailer,
        links: SignedLinks,
        clock: Clock,
        *,
        public_url: str,
        worker: str,
    ) -> None:
        self._store = store
        self._assessments = assessments
        self._content = content
        self._writer = writer
        self._mailer = mailer
        self._links = links
        self._clock = clock
        self._public_url = public_url
        self._worker = worker

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send until the context ends; what is on its way then gets a moment to arrive.

        What this worker had taken up before it was killed is due again at once.
        """
        await self._store.release_mail(self._worker, self._clock.now())
        stop = asyncio.Event()
        pump = asyncio.create_task(self._pump(stop), name="mail")
        try:
            yield
        finally:
            stop.set()
            _, late = await asyncio.wait({pump}, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()  # its claims run out, and what it had begun is sent again
            await asyncio.gather(pump, return_exceptions=True)

    async def send_due(self) -> int:
        """Send everything that is due at this moment, and wait for it. Returns how many were looked at."""
        looked_at = 0
        while claims := await self._claim():
            await asyncio.gather(*map(self._deliver, claims))
            looked_at += len(claims)
        return looked_at

    async def forget_old(self) -> int:
        """Remove what was settled more than a month ago. Returns how many."""
        return await self._store.forget_mail(self._clock.now() - KEPT)

    async def result_of(self, token: str) -> str:
        """Return the assessment that the link of a mail opens. Raises Gone, also once it was erased."""
        assessment_id = self._links.follow(LinkPurpose.RESULT, token, self._clock.now())
        return (await self._assessments.load(assessment_id)).id

    async def recipient_of(self, token: str) -> Assessment:
        """Return the assessment whose candidate got the link that stops reminders. Raises Gone."""
        return await self._assessments.load(
            self._links.follow(LinkPurpose.REMINDERS, token, self._clock.now())
        )

    async def unsubscribe(self, token: str) -> None:
        """Stop reminders to a candidate; twice is once. Raises Gone."""
        now = self._clock.now()
        await self._store.refuse_reminders(self._links.follow(LinkPurpose.REMINDERS, token, now), now)

    async def _claim(self) -> tuple[ClaimedMail, ...]:
        now = self._clock.now()
        return await self._store.claim_mail(self._worker, now, now + CLAIM, AT_ONCE)

    async def _pump(self, stop: asyncio.Event) -> None:
        stopped = asyncio.create_task(stop.wait(), name="mail stop")
        while not stop.is_set():
            try:
                await asyncio.gather(*map(self._deliver, await self._claim()))
            except Exception:
                # A database that is away for a while must not end the mail for good.
                log.exception("mail could not be taken up")
            await asyncio.wait({stopped}, timeout=PUMP_SECONDS)

    async def _deliver(self, claimed: ClaimedMail) -> None:
        """Make one attempt. A fault of ours is tried again like one of the server's."""
        try:
            with span("mail attempt", {"assessor.assessment": claimed.assessment_id}):
                settled = await self._attempt(claimed)
        except Exception:
            log.exception("mail attempt failed", mail=claimed.id)
            fault = Sending(Acceptance.DEFERRED, "fault")
            settled = settle_mail(fault, claimed.tries, claimed.due_at, self._clock.now())
        await self._store.record_mail(claimed, settled, self._clock.now())
        if settled.status is MailStatus.DEAD:
            log.warning("mail given up", mail=claimed.id, kind=claimed.kind.value, why=settled.why)

    async def _attempt(self, claimed: ClaimedMail) -> MailSettled:
        try:
            assessment = await self._assessments.load(claimed.assessment_id)
        except (Gone, NotFound):
            return dropped("erased")
        if unwanted := self._unwanted(claimed, assessment):
            return unwanted
        mail = self._writer.write(await self._letter(claimed, assessment))
        sending = await self._mailer.send(mail)
        reach(CrashPoint.AFTER_MAIL)
        return settle_mail(sending, claimed.tries, claimed.due_at, self._clock.now())

    def _unwanted(self, claimed: ClaimedMail, assessment: Assessment) -> MailSettled | None:
        """Return what becomes of a mail that is not to be sent, or not yet; None for one that is."""
        now = self._clock.now()
        if claimed.refused and claimed.kind not in ESSENTIAL:
            return dropped("unsubscribed")
        if claimed.kind is MailKind.INVITE:
            expired = assessment.expires_at is not None and assessment.expires_at <= now
            return dropped("expired") if expired else None
        return _unwanted_reminder(claimed, assessment, now) if claimed.kind is MailKind.REMINDER else None

    async def _letter(self, claimed: ClaimedMail, assessment: Assessment) -> Letter:
        ordered = assessment.ordered
        library = await self._content.library(ordered.track)
        track = library.track(ordered.track)
        platform = await self._store.tenant(ordered.tenant)
        until = claimed.due_at + RESULT_LINK
        letter = Letter(
            id=claimed.id,
            kind=claimed.kind,
            to=claimed.address,
            language=ordered.language,
            platform=platform.name,
            track=track.title,
            link=self._links.make(LinkPurpose.RESULT, assessment.id, until),
            until=until,
            written_at=claimed.due_at,
            livemode=ordered.livemode,
        )
        if claimed.kind not in {MailKind.INVITE, MailKind.REMINDER}:
            return letter
        begun = assessment.status is Status.IN_PROGRESS
        stops = self._links.make(LinkPurpose.REMINDERS, assessment.id)
        token = claimed.invite_token
        return replace(
            letter,
            link=f"{self._public_url}/c/{token}" if token else f"{self._public_url}/assessment",
            minutes=form_minutes([library.item(track.id, place.item_id) for place in assessment.form.items]),
            until=assessment.deadline if begun else assessment.expires_at,
            begun=begun,
            unsubscribe=None if claimed.kind in ESSENTIAL else stops,
        )


def _unwanted_reminder(claimed: ClaimedMail, assessment: Assessment, now: datetime) -> MailSettled | None:
    if assessment.status not in OPEN:
        return dropped("over")
    due = remind_at(assessment.projection(), claimed.given_at)
    if due is None or due > now + EARLY:
        return put_off(due)
    works = assessment.status is Status.IN_PROGRESS
    ends = assessment.deadline if works else assessment.expires_at
    if ends is not None and ends <= now:
        return dropped("over")
    return dropped("working") if works and now - claimed.last_heard < AWAY else None
