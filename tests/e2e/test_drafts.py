"""Work in progress: saved as it is written, never lost, never silently overwritten."""

import pytest
from playwright.sync_api import expect

from tests.e2e.candidate import PATIENCE, REASON, Candidate
from tests.e2e.conftest import Open
from tests.e2e.looks import axe_findings
from tests.e2e.service import Platform, Service
from tests.e2e.watched import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def watched(service: Service, opened: Open) -> Watched:
    return opened(service)


@pytest.fixture
def candidate(service: Service, platform: Platform, watched: Watched) -> Candidate:
    _, invite = platform.order()
    candidate = Candidate(watched.page(), service)
    candidate.begin(invite)
    return candidate


@pytest.fixture
def task(candidate: Candidate) -> str:
    """The address of the task to write an ideal response."""
    return next(path for path in candidate.task_paths() if "/sft-" in path)


def test_what_is_written_is_saved_by_itself(candidate: Candidate, task: str) -> None:
    candidate.go(task)
    text = candidate.page.get_by_label("Your response", exact=True)

    text.fill(REASON)

    expect(candidate.page.locator("[data-status]")).to_contain_text("Saved", timeout=PATIENCE)
    expect(candidate.page.locator("[data-words]")).to_contain_text(f"{len(REASON.split())} words")
    candidate.page.reload()
    expect(text).to_have_value(REASON)


def test_what_could_not_be_saved_survives_a_reload_and_is_saved_later(
    candidate: Candidate, watched: Watched, task: str
) -> None:
    candidate.go(task)
    text = candidate.page.get_by_label("Your response", exact=True)
    status = candidate.page.locator("[data-status]")
    candidate.page.route("**/assessment/drafts/**", lambda route: route.abort())
    text.fill(REASON)
    expect(status).to_contain_text("no connection", timeout=PATIENCE)

    candidate.page.unroute("**/assessment/drafts/**")
    candidate.page.reload()

    expect(text).to_have_value(REASON)
    expect(status).to_contain_text("Saved", timeout=PATIENCE)


@pytest.mark.parametrize(
    ("button", "kept", "other", "left"),
    [
        ("Keep what is in this window", "From the second", "Use the other version", "From the first"),
        ("Use the other version", "From the first", "Keep what is in this window", "From the second"),
    ],
)
def test_two_windows_on_one_task_lose_neither_version(
    candidate: Candidate, watched: Watched, task: str, button: str, kept: str, other: str, left: str
) -> None:
    second = Candidate(watched.page(), candidate.service)
    candidate.go(task)
    second.go(task)
    candidate.page.get_by_label("Your response", exact=True).fill("From the first")
    expect(candidate.page.locator("[data-status]")).to_contain_text("Saved", timeout=PATIENCE)

    second.page.get_by_label("Your response", exact=True).fill("From the second")

    conflict = second.page.locator("[data-conflict]")
    expect(conflict).to_be_visible(timeout=PATIENCE)
    expect(conflict.get_by_role("region", name="In this window")).to_contain_text("From the second")
    expect(conflict.get_by_role("region", name="In the other window")).to_contain_text("From the first")
    assert axe_findings(second.page) == []
    conflict.get_by_role("button", name=button).click()
    expect(second.page.locator("[data-status]")).to_contain_text("Saved", timeout=PATIENCE)
    expect(second.page.get_by_label("Your response", exact=True)).to_have_value(kept)
    # The other version waits beside the form, and may still be taken.
    conflict.get_by_role("button", name=other).click()
    expect(second.page.get_by_label("Your response", exact=True)).to_have_value(left)
    conflict.get_by_role("button", name=button).click()
    conflict.get_by_role("button", name="Close").click()
    expect(conflict).to_be_hidden()
    expect(second.page.locator("[data-status]")).to_contain_text("Saved", timeout=PATIENCE)
    second.page.reload()
    expect(second.page.get_by_label("Your response", exact=True)).to_have_value(kept)


def test_a_half_written_message_is_there_again_after_a_reload(candidate: Candidate) -> None:
    candidate.open_interview()
    candidate.box().fill("Half a thought")

    candidate.page.reload()

    expect(candidate.box()).to_have_value("Half a thought")
