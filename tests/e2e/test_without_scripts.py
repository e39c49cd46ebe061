"""The whole path with JavaScript switched off."""

import pytest
from playwright.sync_api import expect

from tests.e2e.candidate import REASON, SECONDS, Candidate
from tests.e2e.conftest import Open
from tests.e2e.service import Platform, Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_everything_works_without_scripts(service: Service, platform: Platform, opened: Open) -> None:
    assessment, invite = platform.order()
    candidate = Candidate(opened(service, java_script_enabled=False).page(), service)
    page = candidate.page

    candidate.begin(invite)
    candidate.hold_interview()
    path = candidate.task_paths()[0]
    candidate.go(path)
    page.get_by_label("Why these ratings?").fill(REASON)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Why these ratings?")).to_have_value(REASON)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("missing or wrong")
    candidate.do_tasks()
    candidate.submit()

    # The page loads itself anew while scoring runs.
    expect(page.get_by_text("A person is completing your result")).to_be_visible(timeout=40 * SECONDS)
    page.get_by_role("link", name="About you, if you like").click()
    page.get_by_role("button", name="Save my answers").click()
    page.get_by_role("button", name="Delete my answers").click()
    expect(page.get_by_role("status")).to_have_text("Your answers are deleted.")
    assert len(platform.responses(assessment)) == 4
    assert len(platform.verdicts(assessment)) == 1
