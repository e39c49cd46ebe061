"""A candidate's result shown to others: only by their own consent, for as long as they said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import Conflict, Gone, invalid
from assessor.domain.ids import make_id
from assessor.domain.verdict import VerdictSummary
from assessor.domain.wording import worded
from assessor.ports import Clock, Content, Random, Store
from assessor.services.log import AssessmentLog
from assessor.services.tokens import hash_token

DAYS: Final = (7, 30, 90, 365)
MAX_SHARES: Final = 10


@dataclass(frozen=True)
class NewShare:
    """A link as it is shown once."""

    url: str
    until: datetime


@dataclass(frozen=True)
class SharedResult:
    """All that a link shows: neither who it is about, nor what they wrote, nor a score."""

    track: str
    platform: str
    verdict: VerdictSummary
    until: datetime
    holds: bool
    """Whether the person is qualified by it at this moment. Else nothing more is shown: the consent was to
    show a qualification."""


class Sharing:
    """Makes, ends and follows links to results."""

    def __init__(
        self,
        store: Store,
        assessments: AssessmentLog,
        content: Content,
        clock: Clock,
        random: Random,
        *,
        public_url: str,
    ) -> None:
        self._store = store
        self._assessments = assessments
        self._content = content
        self._clock = clock
        self._random = random
        self._public_url = public_url

    async def share(self, assessment_id: str, days: int) -> NewShare:
        """Make a link. Raises InvalidInput for other `days`, Conflict without a qualification."""
        if days not in DAYS:
            raise invalid(
                "days",
                "is none that is offered",
                worded("Use one of: %(known)s.", known=", ".join(map(str, DAYS))),
            )
        token = self._random.bytes(24).hex()
        share_id = make_id("shr", self._random.bytes(16))
        until = self._clock.now() + timedelta(days=days)

        def facts(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            assessment.require("sharing the result", Status.DECIDED)
            if assessment.decision != "qualified":
                raise Conflict("There is no qualification to share", "Wait for the decision.")
            if sum(now < one.until for one in assessment.shares.values()) >= MAX_SHARES:
                raise Conflict(
                    worded("There are %(n)s links already", n=MAX_SHARES), "End one that is not needed."
                )
            return [e.ResultShared(share_id=share_id, token_hash=hash_token(token), until=until)]

        await self._assessments.change(assessment_id, facts)
        return NewShare(f"{self._public_url}/s/{token}", until)

    async def end(self, assessment_id: str, share_id: str) -> None:
        """Take a link back at once; ending twice is once, and an unknown one is none."""

        def facts(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            return [e.SharingEnded(share_id=share_id)] if share_id in assessment.shares else []

        await self._assessments.change(assessment_id, facts)

    async def result(self, token: str) -> SharedResult:
        """Follow a link. Raises NotFound, and Gone when it was taken back or has run out."""
        found, now = await self._store.share(hash_token(token)), self._clock.now()
        if found.ended_at is not None or found.until <= now:
            raise Gone("link", "was taken back or has run out", "Ask whoever gave it to you for a new one.")
        track = (await self._content.library()).tracks.get(found.verdict.track)
        title = track.title if track else found.verdict.track
        holds = found.verdict.decision == "qualified" and found.verdict.holds(now)
        return SharedResult(title, found.tenant, found.verdict, found.until, holds)
