"""The report of a verdict on paper, by a real browser."""

import re

import pytest
from playwright.sync_api import Browser

from assessor.domain.policy import Grade
from assessor.domain.verdict import REASONS, JudgeBasis, bind, decide, explanation_of, write_verdict
from assessor.domain.verdict.document import Reason
from assessor.ports import StoredVerdict
from assessor.services.explaining import Explained
from assessor.web.verdict_reports import report_page, report_policy
from tests.domain.samples import NOW, PILOT, SUBMITTED, assessment, form, scored, scores, track

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADDRESS = "https://assess.example.org"
COMPETENCIES, JUDGES, GIVEN_REASONS = 9, 8, 6


def explained() -> Explained:
    """As much as a verdict has to say: more competencies, judges and reasons than any track gives."""
    of = assessment(*SUBMITTED, *scored(scores(0.6)))
    decision = decide(of.scores.values(), track(), form(), PILOT)
    short = bind(of, track(), decision, verdict_id="ver_" + "0" * 26, issued_at=NOW)
    judge = JudgeBasis(
        model="provider/a-model-with-a-rather-long-name-2026-11-01",
        family="trajectory/instruction_following",
        prompt_hash="p",
        rubric_hash="r",
        grade=Grade.PROVISIONAL,
    )
    one = short.competencies[0].changed(unscored=3, floor="unknown")
    document = short.changed(
        competencies=tuple(one.changed(id=f"competency_{number}") for number in range(COMPETENCIES)),
        basis=short.basis.changed(judges=(judge,) * JUDGES),
        reasons=tuple(Reason(code=code, text=REASONS[code]) for code in list(REASONS)[:GIVEN_REASONS]),
    )
    written = write_verdict(document)
    stored = StoredVerdict(document.id, of.id, "acme", written, "a.b.c", "superseded", "ver_" + "1" * 26)
    titles = {f"competency_{number}": f"A competency with a long title {number}" for number in range(20)}
    return Explained(stored, document, explanation_of(document, titles), "Python and all that goes with it")


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_report_is_two_pages_of_paper_and_its_own_style_is_let_in(browser: Browser, paper: str) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    body = report_page(explained(), ADDRESS)
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": report_policy()}
    page.route("**/*", lambda route: route.fulfill(body=body, headers=headers))

    page.goto("http://127.0.0.1/report")
    printed = page.pdf(format=paper)
    styled = page.locator("h1").evaluate("one => getComputedStyle(one).marginTop")
    page.close()

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    assert styled == "0px"
    assert [one for one in complaints if "favicon" not in one] == []
