"""Breaks and distress in a browser: what is typed stays, the page says where the clock stands."""

import pytest
from playwright.sync_api import expect

from tests.e2e.candidate import PATIENCE, Candidate
from tests.e2e.conftest import Open
from tests.e2e.looks import axe_findings
from tests.e2e.service import Platform, Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HALF = "I would first look at the"


@pytest.fixture
def candidate(service: Service, platform: Platform, opened: Open) -> Candidate:
    _, invite = platform.order()
    candidate = Candidate(opened(service).page(), service)
    candidate.begin(invite)
    candidate.open_interview()
    return candidate


def test_a_break_in_the_chat_keeps_what_was_typed(candidate: Candidate) -> None:
    page = candidate.page
    candidate.box().fill(HALF)

    page.get_by_role("button", name="Take a break").click()
    expect(page.get_by_role("heading", name="You are on a break")).to_be_visible()
    findings = axe_findings(page)
    page.get_by_role("button", name="Go on").click()

    expect(candidate.box()).to_have_value(HALF)
    assert findings == []


def test_distress_stops_the_chat_where_it_is_and_going_on_brings_it_back(candidate: Candidate) -> None:
    page = candidate.page

    candidate.send("I feel like hurting myself")

    expect(page.get_by_role("heading", name="The clock stands still")).to_be_visible(timeout=PATIENCE)
    expect(candidate.said().last).to_contain_text("crisis line")
    expect(candidate.box()).to_be_hidden()
    assert axe_findings(page) == []
    page.get_by_role("button", name="Go on").click()
    expect(candidate.box()).to_be_visible()
    candidate.say("Thank you. I write services in Python.")


def test_a_break_from_a_task_comes_back_to_the_same_words(candidate: Candidate) -> None:
    page = candidate.page
    path = next(path for path in candidate.task_paths() if "/sft-" in path)
    candidate.go(path)
    page.get_by_label("Your response").fill(HALF)

    page.get_by_role("button", name="Take a break").click()
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_label("Your response")).to_have_value(HALF)
