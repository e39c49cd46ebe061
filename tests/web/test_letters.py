"""Where the links of mails lead, and that an address comes in and never out."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import MAIL
from assessor.bootstrap.parts import mail_links
from assessor.services.links import LinkPurpose, SignedLinks
from tests.mailbox import Mailbox, mailbox
from tests.web.site import ORIGIN, Platform, Site, serving

ANA = "ana@example.org"


@pytest.fixture(scope="module")
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as served:
        yield served


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, box: Mailbox) -> AsyncIterator[Site]:
    chosen: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_security": "none"}
    folder = tmp_path_factory.mktemp("site")
    async with serving(folder, mail_from="no-reply@assess.example.org", **chosen) as site:
        yield site


@pytest.fixture
async def platform(site: Site) -> Platform:
    return await site.platform(livemode=True)


async def ordered(site: Site, platform: Platform, **terms: Any) -> httpx.Response:
    body = {"candidate_ref": "ana", "track": "python", "form": "short", **terms}
    async with site.program(**platform.headers) as api:
        return await api.post("/v1/assessments", json=body)


async def links_of(site: Site) -> SignedLinks:
    return await mail_links(site.settings, site.services.store)


async def a_link(site: Site, platform: Platform, purpose: LinkPurpose) -> tuple[str, str]:
    """Return an assessment's id, and the path of a link of its mails."""
    made = (await ordered(site, platform, candidate_email=ANA)).json()["id"]
    return made, (await links_of(site)).make(purpose, made).removeprefix(ORIGIN)


async def test_an_order_with_an_address_is_mailed_and_no_answer_repeats_the_address(
    site: Site, platform: Platform, box: Mailbox
) -> None:
    before = len(box.received)
    answer = await ordered(site, platform, candidate_email="Ana@EXAMPLE.org")
    got = (await box.came(before + 1))[-1]

    here = f"/v1/assessments/{answer.json()['id']}"
    async with site.program(**platform.headers) as api:
        paths = ("", "/transcript", "/accommodations", "/verdicts")
        answers = [answer, *[await api.get(here + path) for path in paths], await api.get("/v1/events")]
    assert answer.status_code == 201
    assert got.to == ["Ana@example.org"]
    assert got.link("/c/") == answer.json()["invite_url"]
    assert [one.request.url.path for one in answers if "example.org" in one.text.lower()] == []


@pytest.mark.parametrize(
    "given",
    ["ana", "Ana <ana@example.org>", "ana@example.org\r\nBcc: bo@example.org", "", ["ana@example.org"]],
)
async def test_what_is_no_address_is_refused_by_its_field_without_repeating_it(
    site: Site, platform: Platform, given: Any
) -> None:
    answer = await ordered(site, platform, candidate_email=given)

    (error,) = answer.json()["errors"]
    assert answer.status_code == 422
    assert error["field"] == "candidate_email"
    assert not given or str(given) not in answer.text


async def test_looking_at_the_page_that_stops_reminders_changes_nothing_and_its_button_does(
    site: Site, platform: Platform, browser: httpx.AsyncClient
) -> None:
    made, path = await a_link(site, platform, LinkPurpose.REMINDERS)

    looked = await browser.get(path)
    waiting = await reminder(site, made)
    pressed = await browser.post(path)

    assert "Get no more reminders" in looked.text
    assert waiting == "pending"
    assert "You get no more reminders" in pressed.text
    assert await reminder(site, made) == "dropped"


async def test_a_mail_program_unsubscribes_with_one_click(site: Site, platform: Platform) -> None:
    made, path = await a_link(site, platform, LinkPurpose.REMINDERS)

    async with site.program() as program:  # neither cookies nor an origin (RFC 8058)
        answer = await program.post(path, data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert await reminder(site, made) == "dropped"


async def reminder(site: Site, assessment_id: str) -> str:
    store = site.services.store
    assert isinstance(store, SqlStore)
    mine = (MAIL.c.assessment_id == assessment_id) & (MAIL.c.kind == "reminder")
    (row,) = await store._all(select(MAIL).where(mine))
    return str(row.status)


async def test_the_link_of_a_result_lets_a_new_browser_in_by_its_button_alone(
    site: Site, platform: Platform
) -> None:
    player = await site.submitted(platform.tenant)
    path = (await links_of(site)).make(LinkPurpose.RESULT, player.assessment_id).removeprefix(ORIGIN)
    async with site.browser() as fresh:
        looked = await fresh.get(path)
        before = await fresh.get("/assessment/result")
        opened = await fresh.post(path)
        after = await fresh.get("/assessment/result")

    assert "Open it in this browser" in looked.text
    assert before.status_code == 401
    assert (opened.status_code, opened.headers["location"]) == (303, "/assessment/result")
    assert after.status_code == 200


@pytest.mark.parametrize("where", ["/r/made.1.up", "/reminders/made.0.up"])
async def test_a_link_that_we_did_not_make_is_told_from_the_way_out(
    browser: httpx.AsyncClient, where: str
) -> None:
    answers = [await browser.get(where), await browser.post(where)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert "Check that it is complete" in answers[0].text


async def test_another_site_cannot_open_a_result_in_somebodys_browser(site: Site, platform: Platform) -> None:
    _, path = await a_link(site, platform, LinkPurpose.RESULT)

    async with site.program(Accept="text/html", Origin="https://evil.example") as foreign:
        answer = await foreign.post(path)

    assert answer.status_code == 403


async def test_in_development_without_a_server_mails_are_files(tmp_path: Path) -> None:
    async with serving(tmp_path) as site:
        await ordered(site, await site.platform(), candidate_email=ANA)
        await site.services.mailing.send_due()

    (file,) = (tmp_path / "mail").iterdir()
    assert ANA.encode() in file.read_bytes()
