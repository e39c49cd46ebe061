"""The whole path with nothing but the keyboard."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.candidate import ANSWER, PATIENCE, REASON, Candidate
from tests.e2e.conftest import Open
from tests.e2e.service import Platform, Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HIDDEN_BEHIND = """element => {
  const box = element.getBoundingClientRect();
  const seen = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
  return !seen || !(element === seen || element.contains(seen) || seen.contains(element));
}"""


def tab_to(page: Page, target: Locator, most: int = 150) -> None:
    """Press Tab until the target has the focus; it must then be seen, and have a ring."""
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            assert not target.evaluate(HIDDEN_BEHIND), f"{target} has the focus behind something"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached with the Tab key")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def choose(page: Page, name: str, steps: int) -> None:
    """Reach a group of radio buttons or a choice, and move down in it."""
    control = page.locator(f"[name='{name}']").first
    tab_to(page, control)
    if control.evaluate("element => element.type") == "radio":
        page.keyboard.press("Space")
    for _ in range(steps):
        page.keyboard.press("ArrowDown")


def test_everything_works_with_the_keyboard_alone(service: Service, platform: Platform, opened: Open) -> None:
    assessment, invite = platform.order()
    candidate = Candidate(opened(service).page(), service)
    page = candidate.page
    page.goto(invite)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    press(page, page.get_by_role("button", name="Go on to the notice"))
    press(page, page.get_by_role("button", name="Begin"))
    press(page, page.get_by_role("link", name="Begin Interview"))
    interview(candidate)
    press(page, page.get_by_role("link", name="Go on to the other parts"))
    for name in (
        "Evaluate a response",
        "Rank responses",
        "Review an agent’s work",
        "Write an ideal response",
    ):
        press(page, page.get_by_role("link", name=f"Begin {name}"))
        task(page)
        press(page, page.get_by_role("button", name="Hand in"))
        expect(page.get_by_role("heading", name="Your assessment")).to_be_visible()
    press(page, page.get_by_role("link", name="Submit the assessment"))
    press(page, page.get_by_role("button", name="Submit now"))

    candidate.sees_scores()
    assert len(platform.responses(assessment)) == 4


def interview(candidate: Candidate) -> None:
    page = candidate.page
    expect(candidate.said().first).to_be_visible(timeout=PATIENCE)
    for _ in range(15):
        if not candidate.box().is_visible():
            return
        before = candidate.said().count()
        tab_to(page, candidate.box())
        page.keyboard.insert_text(ANSWER)
        page.keyboard.press("Enter")
        page.keyboard.insert_text("This is a new line, not yet sent.")
        assert candidate.said().count() == before
        page.keyboard.press("Control+Enter")
        expect(candidate.said()).to_have_count(before + 2, timeout=PATIENCE)
        page.wait_for_timeout(100)


def task(page: Page) -> None:
    """Fill the task in from top to bottom."""
    names: list[str] = page.locator("form.task").evaluate(
        "form => [...new Set([...form.elements].filter(e => e.name && e.offsetParent && e.type !== 'submit')"
        ".map(e => e.name))]"
    )
    if page.locator("[data-cards]").count():
        rank(page, page.get_by_role("button", name="down").first)
    for name in names:
        if name.startswith(("ratings-", "labels-")) or name == "outcome":
            choose(page, name, 1)
        elif name in {"first_error", "error_class"}:
            choose(page, name, 2)
        elif name in {"justification", "fix", "text"}:
            tab_to(page, page.locator(f"[name='{name}']"))
            page.keyboard.insert_text(REASON)


def rank(page: Page, down: Locator) -> None:
    """Move the first response down; the focus stays on its button, and its new place is announced."""
    card = page.locator("[data-card]").first.get_attribute("data-card")
    tab_to(page, down)

    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name=f"Move response {card} down")).to_be_focused()
    expect(page.locator("[data-moved]")).to_contain_text(f"Response {card}: place 2")
