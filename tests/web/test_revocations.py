"""Taking a verdict back from the reviewer's pages."""

import re
from html import unescape
from urllib.parse import quote

import httpx
import pytest

from assessor.domain.notification import EventType
from assessor.simulation.playing import Player
from tests.web.desk import Desk, signed_in_before
from tests.web.site import Site

REASON = "Somebody else sat the assessment."
REVOKED = [EventType.VERDICT_REVOKED]


def words_of(page: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def address(player: Player) -> str:
    return f"/review/{player.assessment_id}/revoke"


async def live(desk: Desk, player: Player) -> str:
    verdict = (await desk.load(player)).verdict
    assert verdict is not None
    return verdict.verdict_id


async def confirmed(desk: Desk, player: Player, **changed: str) -> httpx.Response:
    form = {"reason": REASON, "verdict_id": await live(desk, player), "confirmed": "true"} | changed
    return await desk.browser.post(address(player), data=form)


async def test_a_case_with_a_verdict_leads_to_its_revocation(desk: Desk, player: Player) -> None:
    case = await desk.browser.get(f"/review/{player.assessment_id}")
    page = await desk.browser.get(address(player))

    assert f'href="{address(player)}"' in case.text
    assert page.status_code == 200
    assert 'name="reason"' in page.text


async def test_a_reason_alone_revokes_nothing_and_shows_what_it_would_do(desk: Desk, player: Player) -> None:
    page = await desk.browser.post(address(player), data={"reason": REASON})

    assert page.status_code == 200
    assert "Revoke this verdict for good?" in words_of(page)
    assert "This cannot be undone." in words_of(page)
    assert f'name="verdict_id" value="{await live(desk, player)}"' in page.text
    assert (await desk.load(player)).revoked is None


async def test_a_confirmed_revocation_is_shown_served_and_told_to_the_platform(
    site: Site, desk: Desk, player: Player
) -> None:
    verdict_id = await live(desk, player)

    answer = await confirmed(desk, player)
    case = await desk.browser.get(answer.headers["location"])
    async with site.program(**desk.platform.headers) as api:
        served = (await api.get(f"/v1/verdicts/{verdict_id}")).json()
        events = (await api.get("/v1/events", params={"type": REVOKED[0].value})).json()["data"]

    assert answer.status_code == 303
    assert "The verdict is revoked, and the platform is told." in words_of(case)
    assert f"Revoked: {REASON}" in words_of(case)
    assert f'href="{address(player)}"' not in case.text
    assert (served["status"], served["reason"]) == ("revoked", REASON)
    assert [one["data"]["verdict_id"] for one in events] == [verdict_id]
    fact = (await desk.load(player)).revoked
    assert fact is not None
    assert fact.by == desk.person.id


@pytest.mark.parametrize(("reason", "status"), [("", 422), ("too short", 422), ("x" * 501, 413)])
async def test_a_reason_that_cannot_be_told_stays_on_the_page_and_revokes_nothing(
    desk: Desk, player: Player, reason: str, status: int
) -> None:
    answers = [
        await desk.browser.post(address(player), data={"reason": reason}),
        await confirmed(desk, player, reason=reason),
    ]

    for answer in answers:
        assert answer.status_code == status
        assert "Nothing was revoked" in words_of(answer)
        assert 'href="#reason"' in answer.text
        assert 'id="reason"' in answer.text
    assert (await desk.load(player)).revoked is None


async def test_a_verdict_that_was_superseded_while_the_page_was_open_is_not_revoked(
    desk: Desk, player: Player
) -> None:
    before = await live(desk, player)
    await desk.site.services.scoring.issue(player.assessment_id)

    answer = await confirmed(desk, player, verdict_id=before)

    assert answer.status_code == 409
    assert "was superseded" in words_of(answer)
    assert (await desk.load(player)).revoked is None


async def test_after_a_revocation_nothing_is_scored_or_decided_and_nothing_makes_it_hold_again(
    desk: Desk, player: Player
) -> None:
    first = (await desk.case(player)).open[0]
    verdict_id = await live(desk, player)
    await confirmed(desk, player)

    answers = [
        await desk.score(player, first),
        await desk.decide(player, "qualified", REASON),
    ]
    await desk.site.services.scoring.issue(player.assessment_id)
    case = await desk.browser.get(f"/review/{player.assessment_id}")

    assert [answer.status_code for answer in answers] == [409, 409]
    assert "Nothing of this attempt is scored or decided any more" in words_of(case)
    assert 'name="mark.' not in case.text
    assert await live(desk, player) == verdict_id
    assert (await desk.load(player)).revoked is not None


async def test_revoking_twice_is_once_and_the_page_says_so(desk: Desk, player: Player) -> None:
    await confirmed(desk, player)

    await confirmed(desk, player, reason="For quite another reason.")
    page = await desk.browser.get(address(player))

    assert f"It is revoked already: {REASON}" in words_of(page)
    assert 'name="reason"' not in page.text


async def test_only_a_reviewer_of_the_platform_revokes_and_only_from_our_own_pages(
    site: Site, desk: Desk, player: Player
) -> None:
    form = {"reason": REASON, "verdict_id": await live(desk, player), "confirmed": "true"}
    elsewhere = await site.platform()
    theirs = await site.submitted(elsewhere.tenant)

    async with site.browser() as stranger:
        unknown = await stranger.post(address(player), data=form)
    forged = await desk.browser.post(address(player), data=form, headers={"Origin": "https://evil.example"})
    foreign = [await desk.browser.get(address(theirs)), await desk.browser.post(address(theirs), data=form)]
    mixed = await desk.browser.post(address(await desk.site.submitted(desk.platform.tenant)), data=form)

    assert (unknown.status_code, unknown.headers["location"][:13]) == (303, "/review/login")
    assert forged.status_code == 403
    assert [answer.status_code for answer in (*foreign, mixed)] == [404, 404, 404]
    assert (await desk.load(player)).revoked is None


async def test_without_a_verdict_there_is_nothing_to_revoke(desk: Desk) -> None:
    player = await desk.site.playing(desk.platform.tenant)

    case = await desk.browser.get(f"/review/{player.assessment_id}")
    page = await desk.browser.get(address(player))

    assert page.status_code == 404
    assert f'href="{address(player)}"' not in case.text


@pytest.mark.parametrize(
    ("minutes", "opens", "revokes"), [(14, 200, True), (20, 303, True), (31, 303, False)]
)
async def test_who_revokes_showed_lately_who_they_are(
    site: Site, desk: Desk, player: Player, minutes: int, opens: int, *, revokes: bool
) -> None:
    form = {"reason": REASON, "verdict_id": await live(desk, player), "confirmed": "true"}
    async with await signed_in_before(site, desk.person, minutes) as browser:
        opened = await browser.get(address(player))
        await browser.post(address(player), data=form)

    assert opened.status_code == opens
    if opens == 303:
        again = f"/review/login?next={quote(address(player), safe='')}&again=1"
        assert opened.headers["Location"] == again
    assert ((await desk.load(player)).revoked is not None) is revokes
