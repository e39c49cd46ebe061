"""A whole short form in Chromium, from the invitation to the result, with axe-core on every page."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.candidate import Candidate
from tests.e2e.conftest import Open
from tests.e2e.looks import axe_findings, faults
from tests.e2e.service import Platform, Service
from tests.e2e.watched import followed

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOOKS = [
    pytest.param({"color_scheme": "light", "viewport": {"width": 1280, "height": 800}}, id="light, wide"),
    pytest.param({"color_scheme": "dark", "viewport": {"width": 320, "height": 640}}, id="dark, narrow"),
]


A_LINE_OR_TWO = 60
BELOW_THE_CONVERSATION = """() => scrollY &&
  Math.max(0, Math.floor(innerHeight - document.querySelector('chat-log').getBoundingClientRect().bottom))"""
DROPPED = """() => [...document.querySelectorAll('.parts li')].filter((part) => {
  const [title, button] = [part.querySelector('.what'), part.querySelector('.button')];
  return button && button.getBoundingClientRect().top >= title.getBoundingClientRect().bottom;
}).map((part) => `at ${innerWidth} px a button stands below its title: ${part.innerText}`)"""


def below_the_conversation(page: Page) -> int:
    """Return how many pixels of what follows the conversation the page has scrolled in."""
    found: int = page.evaluate(BELOW_THE_CONVERSATION)
    return found


def dropped_buttons(page: Page) -> list[str]:
    """Return the parts of the hub whose button is not at the right of the title, at widths that have room."""
    before = page.viewport_size
    found: list[str] = []
    for width in (640, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        found += page.evaluate(DROPPED)
    if before:
        page.set_viewport_size(before)
    return found


@pytest.mark.parametrize("look", LOOKS)
def test_a_candidate_gets_from_the_invitation_to_the_result_on_accessible_pages(
    service: Service, platform: Platform, opened: Open, look: dict[str, object]
) -> None:
    assessment, invite = platform.order()
    candidate = Candidate(opened(service, **look).page(), service)
    page = candidate.page
    findings: list[str] = []

    def looked_at(where: str) -> None:
        findings.extend(f"{where}: {finding}" for finding in faults(page))

    candidate.go(invite)
    looked_at("welcome")
    candidate.begin(invite)
    looked_at("hub")
    findings += dropped_buttons(page)
    candidate.open_interview()
    looked_at("interview, beginning")
    candidate.say()
    expect(candidate.box()).to_be_focused()
    assert below_the_conversation(page) < A_LINE_OR_TWO
    candidate.hold_interview()
    looked_at("interview, finished")
    for path in candidate.task_paths():
        candidate.go(path)
        looked_at(path)
        page.get_by_role("button", name="Hand in").click()
        expect(page.locator("[data-errors]")).to_be_focused()
        looked_at(f"{path}, refused")
        candidate.fill_task()
        candidate.hand_in()
        expect(page.locator("#handed-in")).to_be_focused()
    looked_at("hub, all done")
    candidate.go("/assessment/submit")
    looked_at("submit")
    candidate.submit()
    candidate.sees_scores()
    looked_at("result")
    followed(page.get_by_role("link", name="About you, if you like"))
    looked_at("about you")
    page.get_by_role("radio", name="Female").check()
    page.get_by_role("button", name="Save my answers").click()
    expect(page.get_by_role("status")).to_contain_text("Your answers are saved")
    looked_at("about you, answered")

    assert findings == []
    assert len(platform.responses(assessment)) == 4
    assert len(platform.verdicts(assessment)) == 1


def test_pages_for_those_who_cannot_come_in_are_accessible(
    service: Service, platform: Platform, opened: Open
) -> None:
    _, invite = platform.order()
    Candidate(opened(service).page(), service).begin(invite)
    other = Candidate(opened(service).page(), service)

    findings = []
    for path, heading in (
        (invite, "This link does not open anything any more"),
        (f"{service.url}/c/unknown", "We do not know this link"),
        ("/assessment", "We do not know this browser"),
    ):
        other.go(path)
        expect(other.page.get_by_role("heading", level=1)).to_have_text(heading)
        findings += axe_findings(other.page)

    assert findings == []
