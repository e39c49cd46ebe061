"""Training by keys alone, in Chromium: led there, scored blind, told what is known, on to the next answer."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assessor.domain.roles import Role
from tests.e2e.conftest import Open
from tests.e2e.looks import axe_findings
from tests.e2e.service import Service
from tests.web.site import PASSWORD, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass(frozen=True)
class School:
    """A service with a case that waits, and somebody who has not trained."""

    service: Service
    email: str


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    folder = tmp_path_factory.mktemp("school")
    # In a thread of its own: this one has the event loop of the browser.
    with ThreadPoolExecutor(1) as thread:
        email = thread.submit(asyncio.run, _prepared(folder)).result()
    service = Service(folder)
    service.start()
    yield School(service, email)
    service.stop()


async def _prepared(folder: Path) -> str:
    async with serving(folder) as site:
        platform = await site.platform()
        await site.submitted(platform.tenant)
        return (await site.reviewer(platform.tenant, Role.REVIEWER, trained=False)).email


def test_an_answer_is_scored_by_keys_alone(school: School, opened: Open) -> None:
    page = opened(school.service, viewport={"width": 1280, "height": 800}).page()
    page.goto(f"{school.service.url}/review/login")
    page.get_by_label("E-mail address").fill(school.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Take the next case").click()
    expect(page.get_by_text("waits, and comes to you when you have trained for it")).to_be_visible()
    findings = axe_findings(page)

    page.get_by_role("status").get_by_role("link").click()
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    for _ in range(page.locator("[data-row]").count()):
        page.keyboard.press("1")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("heading", name="What is known of answer 1")).to_be_visible()
    findings += axe_findings(page)
    page.get_by_role("link", name="Next answer").press("Enter")
    expect(page.get_by_text("Answer 2 of 10")).to_be_visible()
    assert findings + axe_findings(page) == []
