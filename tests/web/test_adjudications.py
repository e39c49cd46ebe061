"""A senior's page for two readings that differ: blind to who, and refused to those who gave one."""

from dataclasses import dataclass

import httpx
import pytest

from assessor.domain.roles import Role
from assessor.services.marking import Mark
from assessor.services.overriding import NewScore, fingerprint
from assessor.simulation.playing import Player
from tests.web.desk import Desk, sign_in, words_of

pytestmark = pytest.mark.anyio

ONE, OTHER, THIRD = "Nothing of it is there.", "The <last> line says it.", "It is said, if in passing."


@dataclass
class Differing:
    """A case of which two colleagues read one criterion differently; whose desk it is has read nothing."""

    desk: Desk
    player: Player
    emails: tuple[str, str]

    @property
    def page(self) -> str:
        return f"/review/{self.player.assessment_id}/adjudicate"

    async def fields(self, **changes: str) -> dict[str, str]:
        (found,) = (await self.desk.load(self.player)).disagreements
        of = "/".join(found.place)
        return {"of": of, "seen": fingerprint(found.standing), "mark": "met", "reason": THIRD} | changes

    async def post(self, **changes: str) -> httpx.Response:
        return await self.desk.browser.post(self.page, data=await self.fields(**changes))


@pytest.fixture
async def differing(desk: Desk, player: Player) -> Differing:
    services, id_ = desk.site.services, player.assessment_id
    first = await desk.site.reviewer(desk.platform.tenant)
    second = await desk.site.reviewer(desk.platform.tenant, Role.REVIEWER)
    (score, *rest) = (await services.reviewing.case(first, id_)).open
    await services.reviewing.score(first, id_, score.item_id, score.criterion, Mark.UNMET, ONE)
    for one in rest:
        await services.reviewing.score(first, id_, one.item_id, one.criterion, Mark.UNMET, ONE)
    await services.reviewing.decide(first, id_, "not_qualified", "It shows too little.")
    place = (score.item_id, score.criterion)
    standing = (await desk.load(player)).scores[place]
    given = NewScore(fingerprint(standing), "met", "evidence_overlooked", OTHER)
    await services.overriding.override(second, id_, place, given)
    return Differing(desk, player, (first.email, second.email))


async def test_the_queue_leads_a_senior_to_both_readings_without_their_raters(differing: Differing) -> None:
    queue = (await differing.desk.browser.get("/review?reason=disagreement")).text
    page = await differing.desk.browser.get(differing.page)

    said = words_of(page.text)
    assert f'href="{differing.page}"' in queue
    assert "Two readings of the same work disagree" in words_of(queue)
    assert page.status_code == 200
    assert ONE in said
    assert OTHER in said
    assert "<last>" not in page.text
    assert not any(one in said for one in ("by a person", "by rule", "Rita", "It shows too little"))


async def test_a_decision_raises_the_score_and_the_platform_is_told(differing: Differing) -> None:
    stored = await differing.post()
    page = await differing.desk.browser.get(stored.headers["location"])
    case = await differing.desk.browser.get(f"/review/{differing.player.assessment_id}")

    assert stored.status_code == 303
    assert "Your decision is stored." in words_of(page.text)
    assert "There is nothing left to decide between here." in words_of(page.text)
    assert "not met; decided" in words_of(case.text)
    assert THIRD in words_of(case.text)
    async with differing.desk.site.program(**differing.desk.platform.headers) as api:
        events = (await api.get("/v1/events?limit=100")).json()["data"]
    mine = [one["type"] for one in events if one["subject"] == differing.player.assessment_id]
    assert mine[-3:] == [
        "assessor.verdict.superseded",
        "assessor.verdict.issued",
        "assessor.review.requested",
    ]


async def test_what_is_missing_is_listed_and_what_was_typed_stays(differing: Differing) -> None:
    page = await differing.post(mark="", reason="Sh <b>.", quote="never said by anybody here")

    said = words_of(page.text)
    assert page.status_code == 422
    assert "Your decision is not chosen yet." in said
    assert "The reason is too short." in said
    assert "The quote is not in the candidate's own words" in said
    assert "Sh &lt;b&gt;.</textarea>" in page.text


async def test_who_gave_a_reading_or_is_no_senior_is_refused(differing: Differing) -> None:
    statuses = []
    for email in differing.emails:
        async with differing.desk.site.browser() as browser:
            await sign_in(browser, email)
            page = await browser.get(differing.page)
            statuses.append(page.status_code)
            if page.status_code == 409:
                assert "You gave one of the two readings" in words_of(page.text)

    assert statuses == [409, 403]


async def test_taking_the_next_case_gives_it_to_whoever_may_decide(differing: Differing) -> None:
    locations = []
    async with differing.desk.site.browser() as browser:
        await sign_in(browser, differing.emails[0])
        locations.append((await browser.post("/review/next")).headers["location"])
    locations.append((await differing.desk.browser.post("/review/next")).headers["location"])

    assert locations == ["/review?none=1", differing.page]
