"""The way in, asked over HTTP with a browser's headers and no scripts."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from assessor.domain.assessment import Status
from assessor.domain.form import measured
from assessor.services.order import Order
from tests.web.candidate.people import JSON, Candidate, words
from tests.web.site import PILOT, Platform, Site


async def test_the_welcome_page_says_what_happens_and_does_not_use_the_link_up(candidate: Candidate) -> None:
    first = await candidate.get(candidate.link)
    second = await candidate.get(candidate.link)

    assert first.status_code == second.status_code == 200
    said = words(first)
    for promise in (
        "Expect about",
        "60 minutes",
        "has not told us whether taking part is paid",
        "When you know the result",
        "What is not scored",
        "Try a practice question",
        "Check your device",
        "never used as work and never as training data",
        "A rule may only decide that you are qualified",
    ):
        assert promise in said
    assert (await candidate.assessment()).status is Status.ORDERED


async def test_the_welcome_page_adds_its_parts_up_and_names_what_this_form_measures(
    candidate: Candidate,
) -> None:
    said = words(await candidate.get(candidate.link))

    services, assessment = candidate.site.services, await candidate.assessment()
    parts = await services.answering.parts(assessment)
    assert f"Expect about {math.ceil(sum(part.minutes for part in parts))} minutes of work in all" in said
    library = await services.content.library()
    track = library.track("python")
    asked = measured(assessment.form, track, library)
    assert 0 < len(asked) < len(track.competencies)
    assert [one.title for one in track.competencies if one.title in said] == [one.title for one in asked]


async def test_the_logo_leads_only_where_one_is_let_in(
    candidate: Candidate, browser: httpx.AsyncClient
) -> None:
    welcome, stranger = await candidate.get(candidate.link), await browser.get("/assessment")
    await candidate.begin()
    hub = await candidate.get("/assessment")

    assert f'<a class="brand" href="{candidate.link}">' in welcome.text
    assert stranger.status_code == 401
    assert '<span class="brand">' in stranger.text
    assert '<a class="brand" href="/assessment">' in hub.text


async def test_going_on_uses_the_link_and_leads_to_the_notice_before_the_clock_starts(
    candidate: Candidate,
) -> None:
    started = await candidate.post(f"{candidate.link}/start")
    hub = await candidate.get("/assessment")

    assert (started.status_code, started.headers["location"]) == (303, "/assessment")
    assert "HttpOnly" in started.headers["set-cookie"]
    assert hub.headers["location"] == "/assessment/notice"
    assert (await candidate.assessment()).status is Status.OPENED


async def test_beginning_leads_to_the_parts(working: Candidate) -> None:
    hub = await working.get("/assessment")

    assert "0 of 5 parts done" in words(hub)


@pytest.mark.parametrize(
    ("by_order", "by_policy", "told"),
    [
        ("30 euro, whatever the result.", None, "30 euro, whatever the result."),
        (None, "Taking part is not paid.", "Taking part is not paid."),
        ("20 euro.", "Taking part is not paid.", "20 euro."),
        (None, None, "has not told us"),
        ("<script>alert(1)</script>", None, "<script>alert(1)</script>"),
    ],
)
async def test_what_is_said_about_pay_is_the_platforms_own(
    site: Site, browser: httpx.AsyncClient, by_order: str | None, by_policy: str | None, told: str
) -> None:
    platform = await site.platform(policy=PILOT.changed(compensation=by_policy))
    link = await ordered(site, platform, compensation=by_order)

    page = await browser.get(link)

    assert told in words(page)
    assert "<script>alert" not in page.text


async def test_the_date_of_the_result_follows_from_the_policy(site: Site, browser: httpx.AsyncClient) -> None:
    platform = await site.platform(policy=PILOT.changed(review_days=9))

    page = await browser.get(await ordered(site, platform))

    day = datetime.now(UTC) + timedelta(days=9)
    assert f"by {day.day} {day:%B %Y} at the latest" in words(page)


async def test_a_link_that_is_not_open_yet_says_from_when_and_lets_nobody_begin(
    site: Site, browser: httpx.AsyncClient
) -> None:
    opens_at = datetime.now(UTC) + timedelta(days=2)
    link = await ordered(site, await site.platform(), opens_at=opens_at)

    page = await browser.get(link)
    pressed = await browser.post(f"{link}/start")

    assert "It is not open yet" in words(page)
    assert f"{opens_at.day} {opens_at:%B %Y}" in words(page)
    assert f'action="{link}/start"' not in page.text
    assert (pressed.headers["location"], "set-cookie" in pressed.headers) == (link, False)


async def test_an_order_opens_before_it_expires(site: Site) -> None:
    body = {"candidate_ref": "late", "track": "python", "opens_at": "2999-01-01T00:00:00Z"}

    async with site.program(**(await site.platform()).headers) as api:
        refused = await api.post("/v1/assessments", json=body)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "opens_at")


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({}, "is missing, and orders of the region us-nyc need it"),
        ({"notice_given_on": "20261102"}, "is no day, as in 2026-11-02"),
        ({"notice_given_on": 20261102}, "is no day, as in 2026-11-02"),
        ({"notice_given_on": "2999-01-01"}, "is to come"),
    ],
)
async def test_an_order_for_new_york_names_what_is_missing(
    site: Site, sent: dict[str, Any], problem: str
) -> None:
    body = {"candidate_ref": "new-yorker", "track": "python", "region": "us-nyc", **sent}

    async with site.program(**(await site.platform()).headers) as api:
        refused = await api.post("/v1/assessments", json=body)

    (told,) = refused.json()["errors"]
    assert (refused.status_code, told["field"]) == (422, "notice_given_on")
    assert problem in told["problem"]


async def ordered(site: Site, platform: Platform, **terms: Any) -> str:
    """Return the path of a new invite link."""
    order = Order(candidate_ref=f"person-{next(site.orders)}", track="python", form="short", **terms)
    made = await site.services.ordering.order(platform.tenant, order)
    return "/c/" + made.invite_url.rsplit("/", 1)[-1]


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


@pytest.mark.parametrize("path", ["", "/interview", "/result"])
async def test_who_has_begun_is_told_of_a_cancellation_and_keeps_their_data(
    candidate: Candidate, path: str
) -> None:
    await candidate.begin()
    await candidate.interview()
    await candidate.site.services.ordering.cancel(candidate.platform.tenant.id, candidate.id)

    page = await candidate.browser.get(f"/assessment{path}", follow_redirects=True)
    data = await candidate.get("/assessment/my-data")
    handed_in = await candidate.post("/assessment/submit")

    assert "The platform has cancelled this assessment" in words(page)
    assert data.status_code == 200
    assert handed_in.status_code == 409


@pytest.mark.parametrize("path", ["", "/interview", "/submit", "/result", "/tasks/sft-naive-aware"])
async def test_a_browser_without_a_session_is_told_where_to_go(browser: httpx.AsyncClient, path: str) -> None:
    page = await browser.get(f"/assessment{path}")

    assert page.status_code == 401
    assert "We do not know this browser" in words(page)


async def test_a_program_without_a_session_gets_a_problem_document(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/assessment/interview", headers=JSON)

    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"
