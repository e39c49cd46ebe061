"""The way in, asked over HTTP with a browser's headers and no scripts."""

import httpx
import pytest

from assessor.domain.assessment import Status
from tests.web.candidate.people import JSON, Candidate, words
from tests.web.site import Site


async def test_the_welcome_page_says_what_happens_and_does_not_use_the_link_up(candidate: Candidate) -> None:
    first = await candidate.get(candidate.link)
    second = await candidate.get(candidate.link)

    assert first.status_code == second.status_code == 200
    said = words(first)
    for promise in (
        "up to 8 minutes",
        "60 minutes",
        "not a person",
        "What is recorded",
        "What is not scored",
        "never used as work and never as training data",
        "A rule may only decide that you are qualified",
    ):
        assert promise in said
    assert (await candidate.assessment()).status is Status.ORDERED


async def test_beginning_uses_the_link_and_leads_to_the_parts(candidate: Candidate) -> None:
    started = await candidate.post(f"{candidate.link}/start")

    assert (started.status_code, started.headers["location"]) == (303, "/assessment")
    assert "HttpOnly" in started.headers["set-cookie"]
    hub = await candidate.get("/assessment")
    assert "0 of 5 parts done" in words(hub)


async def test_the_same_browser_gets_back_in_by_its_spent_link(working: Candidate) -> None:
    looked = await working.get(working.link)
    pressed_again = await working.post(f"{working.link}/start")

    assert [looked.headers["location"], pressed_again.headers["location"]] == ["/assessment"] * 2


async def test_another_browser_cannot_use_a_spent_link(site: Site, working: Candidate) -> None:
    async with site.browser() as other:
        looked = await other.get(working.link)
        pressed = await other.post(f"{working.link}/start")

    assert (looked.status_code, pressed.status_code) == (410, 410)
    assert "set-cookie" not in pressed.headers
    assert "ask the platform for a new link" in words(looked)


async def test_a_link_that_nobody_made_is_gone_in_plain_words(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/c/0000")

    assert page.status_code == 410
    assert "We do not know this link" in words(page)


async def test_a_cancelled_invitation_says_so(candidate: Candidate) -> None:
    await candidate.site.services.ordering.cancel(candidate.platform.tenant.id, candidate.id)

    page = await candidate.get(candidate.link)

    assert page.status_code == 410
    assert "cancelled" in words(page)


@pytest.mark.parametrize("path", ["", "/interview", "/submit", "/result", "/tasks/sft-naive-aware"])
async def test_a_browser_without_a_session_is_told_where_to_go(browser: httpx.AsyncClient, path: str) -> None:
    page = await browser.get(f"/assessment{path}")

    assert page.status_code == 401
    assert "We do not know this browser" in words(page)


async def test_a_program_without_a_session_gets_a_problem_document(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/assessment/interview", headers=JSON)

    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"
