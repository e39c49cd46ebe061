"""Changes of the grading in the browser: who sees what, and how two people switch one on and off."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import pytest

from assessor.domain.change import Change
from assessor.domain.roles import Role
from tests.services.shadows import tried
from tests.web.desk import sign_in, signed_in_before
from tests.web.site import Platform, Site

WHY = "It agrees better with our panel of experts."


@asynccontextmanager
async def as_a(site: Site, platform: Platform, role: Role) -> AsyncIterator[httpx.AsyncClient]:
    person = await site.reviewer(platform.tenant, role)
    async with site.browser() as browser:
        await sign_in(browser, person.email)
        yield browser


async def a_change(site: Site, platform: Platform, **what: int) -> Change:
    return await tried(site.services.store, platform.tenant.id, datetime.now(UTC), **what)


@pytest.fixture
async def platform(site: Site) -> Platform:
    return await site.platform()


def digest(change: Change) -> str:
    assert change.report
    return change.report.digest


async def test_without_changes_the_page_says_how_one_is_tried(site: Site, platform: Platform) -> None:
    async with as_a(site, platform, Role.AUDITOR) as browser:
        page = await browser.get("/review/changes")

    assert page.status_code == 200
    assert "Nothing was proposed yet." in page.text


async def test_two_people_approve_one_switches_on_and_one_is_enough_to_roll_back(
    site: Site, platform: Platform
) -> None:
    change = await a_change(site, platform)
    at = f"/review/changes/{change.id}"
    async with as_a(site, platform, Role.SENIOR) as senior, as_a(site, platform, Role.ADMIN) as admin:
        read = await senior.get(at)
        first = await senior.post(f"{at}/approve", data={"report": digest(change), "reason": WHY})
        too_soon = await senior.post(f"{at}/switch-on", data={"reason": WHY})
        second = await admin.post(f"{at}/approve", data={"report": digest(change), "reason": WHY})
        ready = await admin.get(at)
        on = await admin.post(f"{at}/switch-on", data={"reason": WHY})
        shown = await senior.get(at)
        listed = await senior.get("/review/changes")
        grading = await site.services.store.grading_of(platform.tenant.id, "python")
        off = await senior.post(f"{at}/roll-back", data={"reason": "It was slower than we can bear."})
        after = await senior.get(at)

    assert "Approve" in read.text
    assert "Shares of decisions that flip, with their intervals" in read.text
    assert (first.status_code, second.status_code, on.status_code, off.status_code) == (303, 303, 303, 303)
    assert too_soon.status_code == 409
    assert "1 of 2 people have approved" in too_soon.text
    assert "ready to be switched on" in ready.text
    assert "Roll back" in shown.text
    assert change.id in listed.text
    assert grading.models == ("newer",)
    assert "rolled back" in after.text
    assert (await site.services.store.grading_of(platform.tenant.id, "python")).models == ()


async def test_against_the_report_each_writes_why(site: Site, platform: Platform) -> None:
    change = await a_change(site, platform, lost=9)
    at = f"/review/changes/{change.id}"
    async with as_a(site, platform, Role.SENIOR) as senior:
        page = await senior.get(at)
        bare = await senior.post(f"{at}/approve", data={"report": digest(change), "reason": "ok"})
        written = await senior.post(f"{at}/approve", data={"report": digest(change), "reason": WHY})
        shown = await senior.get(at)

    assert "15.0% of the decisions are qualified no more, and at most 5% may." in page.text
    assert "Approve against the report" in page.text
    assert bare.status_code == 422
    assert "The reason is too short" in bare.text
    assert written.status_code == 303
    assert "approved, against the report" in shown.text


async def test_how_groups_fare_is_shown_to_the_role_fairness_alone(site: Site, platform: Platform) -> None:
    change = await a_change(site, platform)
    at = f"/review/changes/{change.id}"
    async with as_a(site, platform, Role.SENIOR) as senior, as_a(site, platform, Role.FAIRNESS) as watcher:
        scores, watches = await senior.get(at), await watcher.get(at)
        refused = await watcher.post(f"{at}/reject", data={"reason": WHY})

    assert "How groups would fare" not in scores.text
    assert "How groups would fare" in watches.text
    assert "Impact ratio" in watches.text
    assert refused.status_code == 403


async def test_another_platforms_change_is_not_there(site: Site, platform: Platform) -> None:
    change = await a_change(site, platform)
    other = await site.platform()
    async with as_a(site, other, Role.ADMIN) as browser:
        page = await browser.get(f"/review/changes/{change.id}")
        done = await browser.post(f"/review/changes/{change.id}/reject", data={"reason": WHY})

    assert (page.status_code, done.status_code) == (404, 404)


async def test_an_old_reading_of_the_report_is_refused(site: Site, platform: Platform) -> None:
    change = await a_change(site, platform)
    async with as_a(site, platform, Role.SENIOR) as senior:
        page = await senior.post(
            f"/review/changes/{change.id}/approve", data={"report": "sha256:other", "reason": WHY}
        )

    assert page.status_code == 409
    assert "The report is not the one that you read" in page.text
    assert WHY in page.text


async def test_who_decides_on_a_change_showed_lately_who_they_are(site: Site, platform: Platform) -> None:
    change = await a_change(site, platform)
    at = f"/review/changes/{change.id}"
    person = await site.reviewer(platform.tenant, Role.SENIOR)
    form = {"report": digest(change), "reason": WHY}
    async with await signed_in_before(site, person, 31) as browser:
        read = await browser.get(at)
        late = await browser.post(f"{at}/approve", data=form)
    async with await signed_in_before(site, person, 20) as browser:
        typed = await browser.post(f"{at}/approve", data=form)
    async with site.browser() as browser:
        back = await sign_in(browser, person.email, next=at)

    assert read.status_code == 200
    assert f"/review/login?next={quote(at, safe='')}&amp;again=1" in read.text
    assert "<textarea" not in read.text
    assert (late.status_code, late.headers["Location"][:13]) == (303, "/review/login")
    assert (typed.status_code, typed.headers["Location"]) == (303, at)
    assert back.headers["Location"] == at
    steps = (await site.services.store.change(platform.tenant.id, change.id)).steps
    assert len(steps) == 1
