"""A reviewer goes through a long case without scripts: from page to page, and to what is evidence."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Open
from tests.e2e.looks import faults
from tests.e2e.service import Service
from tests.e2e.watched import followed
from tests.long_talk import spoken, talk_at_length
from tests.web.site import PASSWORD, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORD = "Half of a sentence, and more to come."


async def _prepared(folder: Path) -> tuple[str, str]:
    async with serving(folder) as site:
        platform = await site.platform()
        player = await site.submitted(platform.tenant)
        await talk_at_length(site.services.store, player.assessment_id)
        return (await site.reviewer(platform.tenant)).email, player.assessment_id


@pytest.fixture(scope="module")
def long_case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, str, str]]:
    folder = tmp_path_factory.mktemp("long")
    # In a thread of its own: this one has the event loop of the browser.
    with ThreadPoolExecutor(1) as thread:
        email, assessment_id = thread.submit(asyncio.run, _prepared(folder)).result()
    service = Service(folder)
    service.start()
    yield service, email, assessment_id
    service.stop()


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_of_a_long_case_are_turned_without_scripts_and_keep_what_was_typed(
    long_case: tuple[Service, str, str], opened: Open, width: int
) -> None:
    service, email, assessment_id = long_case
    page = opened(service, java_script_enabled=False, viewport={"width": width, "height": 800}).page()
    page.goto(f"{service.url}/review/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    followed(page.get_by_role("button", name="Sign in"))
    page.goto(f"{service.url}/review/{assessment_id}")
    pages = page.get_by_role("navigation", name="Pages of the transcript").first

    page.get_by_label("Reason for the decision").fill(WORD)
    pages.get_by_role("button", name="Later").click()

    expect(pages.get_by_text("Page 2 of")).to_be_visible()
    expect(page.get_by_label("Reason for the decision")).to_have_value(WORD)
    expect(page.get_by_text(spoken(101))).to_have_count(0)
    pages.get_by_role("button", name="3", exact=True).click()
    expect(page.get_by_text(spoken(101))).to_have_count(1)
    expect(page.get_by_label("Reason for the decision")).to_have_value(WORD)
    assert page.url.endswith("#work")

    page.get_by_label("Find words").fill(spoken(101)[:40])
    page.get_by_label("Find words").press("Enter")
    expect(page.get_by_text("stands in one place")).to_be_visible()
    page.get_by_role("region", name="stands in one place").locator("li").first.locator("a, button").click()
    expect(page.get_by_text(spoken(101))).to_be_in_viewport()
    expect(page.get_by_label("Reason for the decision")).to_have_value(WORD)


def test_a_page_of_a_long_case_is_accessible(long_case: tuple[Service, str, str], opened: Open) -> None:
    service, email, assessment_id = long_case
    page = opened(service, viewport={"width": 320, "height": 800}).page()
    page.goto(f"{service.url}/review/login?next=/review/{assessment_id}")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Pages of the transcript").first).to_be_visible()

    assert faults(page) == []
