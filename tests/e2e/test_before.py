"""The pages before and around the work in Chromium: accessible, and doing what they say."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.candidate import PATIENCE, Candidate
from tests.e2e.conftest import Open
from tests.e2e.looks import axe_findings, faults
from tests.e2e.service import Platform, Service
from tests.e2e.watched import followed

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOOKS = [
    pytest.param({"color_scheme": "light", "viewport": {"width": 1280, "height": 800}}, id="light, wide"),
    pytest.param({"color_scheme": "dark", "viewport": {"width": 320, "height": 640}}, id="dark, narrow"),
]


def looking(page: Page, findings: list[str]) -> Callable[[str], None]:
    """Return what notes the faults of the page as it stands."""

    def looked_at(where: str) -> None:
        findings.extend(f"{where}: {finding}" for finding in faults(page))

    return looked_at


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_before_the_start_is_accessible_and_works(
    service: Service, platform: Platform, opened: Open, look: dict[str, object]
) -> None:
    _, invite = platform.order()
    candidate = Candidate(opened(service, **look).page(), service)
    page = candidate.page
    findings: list[str] = []
    looked_at = looking(page, findings)

    candidate.go(invite)
    followed(page.get_by_role("link", name="Try a practice question"))
    looked_at("practice")
    candidate.send("An editor that shows what a change would do.")
    expect(page.get_by_text("That was the practice.")).to_be_visible(timeout=PATIENCE)
    expect(candidate.said()).to_have_count(3)
    looked_at("practice, finished")
    page.get_by_role("link", name="Back", exact=True).click()
    page.get_by_role("link", name="Check your device").click()
    expect(page.get_by_text("Works", exact=True)).to_have_count(5, timeout=PATIENCE)
    looked_at("device")
    page.get_by_role("link", name="Back", exact=True).click()
    page.get_by_role("button", name="Go on to the notice").click()
    expect(page.get_by_role("heading", name="Before you begin")).to_be_visible()
    looked_at("notice")
    followed(page.get_by_role("link", name="I do not want to take part"))
    looked_at("decline")
    followed(page.get_by_role("link", name="Ask for accommodations"))
    looked_at("accommodations")
    page.get_by_role("checkbox", name="Something else").check()
    page.get_by_role("button", name="Ask for this").click()
    expect(page.get_by_role("alert")).to_contain_text("is empty")
    looked_at("accommodations, refused")
    page.get_by_role("radio", name="Twice the time").check()
    page.get_by_role("checkbox", name="Larger text").check()
    page.get_by_label("In your own words").fill("I type with one hand.")
    page.get_by_role("button", name="Ask for this").click()
    expect(page.get_by_text("Your working time is 90 minutes in all.")).to_be_visible()
    looked_at("accommodations, waiting, larger text")
    candidate.go("/assessment")
    page.get_by_role("radio", name="No, I do not agree").check()
    page.get_by_role("button", name="I have read this. Begin").click()
    expect(page.get_by_role("heading", name="Your assessment")).to_be_visible()
    looked_at("hub, waiting")
    followed(page.get_by_role("link", name="What you agreed to"))
    looked_at("consents")
    candidate.go("/assessment/move")
    followed(page.get_by_role("button", name="Make a code"))
    looked_at("code")

    assert findings == []


def test_another_browser_goes_on_with_a_code_and_open_tabs_notice(
    service: Service, platform: Platform, opened: Open
) -> None:
    _, invite = platform.order()
    first = Candidate(opened(service).page(), service)
    first.begin(invite)
    first.open_interview()
    second_tab = Candidate(first.page.context.new_page(), service)
    second_tab.go("/assessment/move")
    second_tab.page.get_by_role("button", name="Make a code").click()
    code = second_tab.page.locator(".code").inner_text()
    other = Candidate(opened(service).page(), service)
    findings: list[str] = []

    other.go("/continue")
    findings += axe_findings(other.page)
    other.page.get_by_label("Code").fill("AAAA-2222")
    other.page.get_by_role("button", name="Go on here").click()
    expect(other.page.get_by_role("alert")).to_contain_text("not right")
    findings += axe_findings(other.page)
    other.page.get_by_label("Code").fill(code.lower())
    other.page.get_by_role("button", name="Go on here").click()
    expect(other.page.get_by_role("heading", name="Your assessment")).to_be_visible()

    first.box().fill("This was not saved yet")
    expect(first.page.locator("[data-status]")).to_contain_text("another browser", timeout=PATIENCE)
    expect(first.box()).to_have_value("This was not saved yet")
    second_tab.go("/assessment")
    expect(second_tab.page.get_by_role("heading", level=1)).to_have_text("You went on in another browser")
    findings += axe_findings(second_tab.page)
    assert findings == []


def test_everything_before_the_start_works_without_scripts(
    service: Service, platform: Platform, opened: Open
) -> None:
    _, invite = platform.order()
    candidate = Candidate(opened(service, java_script_enabled=False).page(), service)
    page = candidate.page

    candidate.go(f"{invite}/device")
    expect(page.get_by_text("It is off. Everything works without it")).to_be_visible()
    candidate.go(f"{invite}/practice")
    candidate.send("A pencil.")
    expect(page.get_by_text("That was the practice.")).to_be_visible()
    candidate.go(invite)
    page.get_by_role("button", name="Go on to the notice").click()
    page.get_by_role("link", name="Ask for accommodations").click()
    page.get_by_role("radio", name="50% more time").check()
    page.get_by_role("button", name="Ask for this").click()
    expect(page.get_by_text("All of it holds now.")).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("button", name="I have read this. Begin").click()
    expect(page.get_by_text("min left")).to_be_visible()
