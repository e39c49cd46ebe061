"""Work in progress: saved as it is written, never lost, never silently overwritten."""

import pytest
from playwright.sync_api import expect

from tests.e2e.candidate import REASON, SECONDS, Candidate
from tests.e2e.conftest import Open, Watched
from tests.e2e.service import Platform, Service

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
    text = candidate.page.get_by_label("Your response")

    text.fill(REASON)

    expect(candidate.page.locator("[data-status]")).to_contain_text("Saved", timeout=5 * SECONDS)
    expect(candidate.page.locator("[data-words]")).to_have_text(f"{len(REASON.split())} words")
    candidate.page.reload()
    expect(text).to_have_value(REASON)


def test_what_could_not_be_saved_survives_a_reload_and_is_saved_later(
    candidate: Candidate, watched: Watched, task: str
) -> None:
    candidate.go(task)
    text = candidate.page.get_by_label("Your response")
    status = candidate.page.locator("[data-status]")
    candidate.page.route("**/assessment/drafts/**", lambda route: route.abort())
    text.fill(REASON)
    expect(status).to_contain_text("no connection", timeout=5 * SECONDS)

    candidate.page.unroute("**/assessment/drafts/**")
    candidate.page.reload()

    expect(text).to_have_value(REASON)
    expect(status).to_contain_text("Saved", timeout=5 * SECONDS)


@pytest.mark.parametrize(
    ("button", "kept"),
    [("Keep what is in this window", "From the second"), ("Use the other version", "From the first")],
)
def test_two_windows_on_one_task_lose_neither_version(
    candidate: Candidate, watched: Watched, task: str, button: str, kept: str
) -> None:
    second = Candidate(watched.page(), candidate.service)
    candidate.go(task)
    second.go(task)
    candidate.page.get_by_label("Your response").fill("From the first")
    expect(candidate.page.locator("[data-status]")).to_contain_text("Saved", timeout=5 * SECONDS)

    second.page.get_by_label("Your response").fill("From the second")

    conflict = second.page.locator("[data-conflict]")
    expect(conflict).to_be_visible(timeout=5 * SECONDS)
    conflict.get_by_text("What the other window has").click()
    expect(conflict).to_contain_text("From the first")
    conflict.get_by_role("button", name=button).click()
    expect(conflict).to_be_hidden()
    expect(second.page.locator("[data-status]")).to_contain_text("Saved", timeout=5 * SECONDS)
    second.page.reload()
    expect(second.page.get_by_label("Your response")).to_have_value(kept)


def test_a_half_written_message_is_there_again_after_a_reload(candidate: Candidate) -> None:
    candidate.open_interview()
    candidate.box().fill("Half a thought")

    candidate.page.reload()

    expect(candidate.box()).to_have_value("Half a thought")


def test_words_selected_in_a_response_become_an_issue_that_is_accepted(candidate: Candidate) -> None:
    path = next(path for path in candidate.task_paths() if "/ev-" in path)
    candidate.go(path)
    page = candidate.page
    page.locator("[data-response]").evaluate("element => getSelection().selectAllChildren(element)")

    page.get_by_role("button", name="Add the selected words as an issue").click()

    page.get_by_label("Kind").first.select_option("omission")
    candidate.fill_task()
    candidate.hand_in()
