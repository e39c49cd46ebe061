"""A reviewer at work in a browser."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx

from assessor.domain.assessment import Assessment
from assessor.domain.score import Score
from assessor.ports import Reviewer, Session
from assessor.services.access import REVIEWER_HOURS
from assessor.services.reviewing import Case
from assessor.services.tokens import hash_token
from assessor.simulation.playing import Player
from assessor.web.markdown import coded
from assessor.web.security import REVIEWER_COOKIE
from tests.web.site import PASSWORD, Platform, Site


def words_of(page: str) -> str:
    """Return what a page says, without its tags."""
    return unescape(re.sub(r"<[^>]+>", "", page))


def as_shown(text: str) -> str:
    """Return the words of a text of the library on a page: code stands there without its backticks."""
    return words_of(coded(text))


@dataclass(frozen=True)
class Desk:
    """A reviewer who is signed in, in a browser."""

    site: Site
    platform: Platform
    person: Reviewer
    browser: httpx.AsyncClient

    async def case(self, player: Player) -> Case:
        return await self.site.services.reviewing.case(self.person, player.assessment_id)

    async def load(self, player: Player) -> Assessment:
        return await self.site.services.ordering.get(self.platform.tenant.id, player.assessment_id)

    async def score(self, player: Player, score: Score, **fields: str) -> httpx.Response:
        """Hand in a sheet with one criterion on it."""
        typed = {"mark": "met"} | fields
        form = {f"{part}.{score.item_id}/{score.criterion}": text for part, text in typed.items()}
        return await self.hand_in(player, **form)

    async def decide(self, player: Player, decision: str, reason: str) -> httpx.Response:
        return await self.hand_in(player, decision=decision, decision_reason=reason)

    async def hand_in(self, player: Player, **fields: str) -> httpx.Response:
        return await self.browser.post(f"/review/{player.assessment_id}/sheet", data=fields)


async def sign_in(
    browser: httpx.AsyncClient, email: str, password: str = PASSWORD, **fields: str
) -> httpx.Response:
    form = {"email": email, "password": password, **fields}
    return await browser.post("/review/login", data=form)


async def signed_in_before(site: Site, person: Reviewer, minutes: int) -> httpx.AsyncClient:
    """Return a browser in which somebody signed in so many minutes ago, and nowhere else."""
    secret, signed_in = secrets.token_hex(24), datetime.now(UTC) - timedelta(minutes=minutes)
    ends = signed_in + timedelta(hours=REVIEWER_HOURS)
    await site.services.store.close_sessions("reviewer", person.id)
    await site.services.store.open_session(Session(hash_token(secret), "reviewer", person.id, ends))
    browser = site.browser()
    browser.cookies.set(REVIEWER_COOKIE, secret)
    return browser
