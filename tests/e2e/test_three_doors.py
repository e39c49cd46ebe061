"""The demonstration in Chromium: a reviewer completes a case, and the platform reads its verdict."""

import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.candidate import Candidate
from tests.e2e.conftest import Open
from tests.e2e.looks import axe_findings
from tests.e2e.service import START_SECONDS, Service
from tests.e2e.watched import followed

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`assessor demo`, with its four simulated cases played."""
    service = Service(tmp_path_factory.mktemp("demonstration"))
    process = service.start_command("demo", "--port", str(service.port))
    until = time.monotonic() + START_SECONDS
    while not _is_prepared(service):
        assert process.poll() is None, "the demonstration ended"
        assert time.monotonic() < until, "the demonstration did not start"
        time.sleep(0.2)
    yield service
    service.stop()


def _is_prepared(service: Service) -> bool:
    try:
        return "simulated-fault-of-ours" in httpx.get(f"{service.url}/demo", timeout=2).text
    except httpx.TransportError:
        return False


def test_whoever_tries_all_three_doors_sees_one_assessment_through(
    demonstration: Service, opened: Open
) -> None:
    context = opened(demonstration)
    page = context.page()
    findings: list[str] = []

    def looked_at(where: str) -> None:
        findings.extend(f"{where}: {finding}" for finding in axe_findings(page))

    page.goto(f"{demonstration.url}/")
    looked_at("doors")
    followed(page.get_by_role("button", name="Enter as a candidate"))
    reference = _work_as_a_candidate(Candidate(page, demonstration), page.url)
    expect(page.get_by_text("parts wait for a person: you can be that person")).to_be_visible()

    page.goto(f"{demonstration.url}/demo")
    followed(page.get_by_role("button", name="Enter as a reviewer"))
    looked_at("queue")
    followed(page.get_by_role("row").filter(has_text=reference).get_by_role("link").first)
    looked_at("case, open criterion")
    case = page.url
    _score_everything(page)
    looked_at("case, scored")
    if page.get_by_label("Qualified", exact=True).count():
        page.get_by_label("Qualified", exact=True).check()
        page.get_by_label("Reason for the decision").fill("Every part that was looked at is strong.")
        followed(page.get_by_role("button", name="Decide"))
    looked_at("case, decided")

    page.goto(f"{demonstration.url}/demo/platform")
    looked_at("platform")
    expect(page.get_by_text('"decision": "qualified"').first).to_be_visible()
    expect(page.get_by_text("assessor verify-verdict").first).to_be_visible()

    page.goto(case)
    followed(page.get_by_role("link", name="Revoke this verdict"))
    looked_at("revocation")
    page.get_by_label("Reason").fill("Somebody else sat the assessment.")
    followed(page.get_by_role("button", name="Look at what it does"))
    looked_at("revocation, asked once more")
    page.get_by_role("button", name="Revoke it for good").click()
    expect(page.get_by_text("The verdict is revoked, and the platform is told.")).to_be_visible()
    looked_at("case, revoked")
    assert findings == []


def _work_as_a_candidate(candidate: Candidate, invite: str) -> str:
    """Do the short form; return what the reviewer's queue calls this candidate."""
    candidate.begin(invite)
    candidate.open_interview()
    candidate.hold_interview()
    for path in candidate.task_paths():
        candidate.go(path)
        candidate.fill_task()
        candidate.hand_in()
    candidate.go("/assessment/submit")
    candidate.submit()
    candidate.sees_scores()
    return "visitor-"


def _score_everything(page: Page) -> None:
    """Find everything met on the one form, and store it."""
    for more in page.locator("form details:has(fieldset):not([open]) > summary").all():
        more.click()
    for met in page.get_by_label("Met", exact=True).all():
        met.check()
    page.get_by_role("button", name="Store", exact=True).click()
    expect(page.get_by_text("Your score is stored.")).to_be_visible()
