"""How many strokes and page loads it takes to audit one assessment, counted in Chromium."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assessor.adapters.clock import SystemClock
from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.evidence import Evidence
from assessor.domain.score import Score, Unscored
from assessor.services.log import AssessmentLog
from tests.e2e.conftest import Open
from tests.e2e.looks import axe_findings
from tests.e2e.service import Service
from tests.e2e.watched import followed
from tests.web.site import PASSWORD, Site, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STRONG = 4
MOST_STROKES = 25
MOST_LOADS = 2
STROKES_A_CRITERION = 3
WORD = "Clear on all parts."


@dataclass(frozen=True)
class Cases:
    """A service with one case that nobody has scored, and one that a judge has."""

    service: Service
    email: str
    unscored: str
    judged: str


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cases]:
    folder = tmp_path_factory.mktemp("reviewing")
    # In a thread of its own: this one has the event loop of the browser.
    with ThreadPoolExecutor(1) as thread:
        email, unscored, judged = thread.submit(asyncio.run, _prepared(folder)).result()
    service = Service(folder)
    service.start()
    yield Cases(service, email, unscored, judged)
    service.stop()


async def _prepared(folder: Path) -> tuple[str, str, str]:
    async with serving(folder) as site:
        platform = await site.platform()
        unscored = await site.submitted(platform.tenant, STRONG)
        judged = await site.submitted(platform.tenant, STRONG)
        await _judge(site, judged.assessment_id)
        reviewer = await site.reviewer(platform.tenant)
        return reviewer.email, unscored.assessment_id, judged.assessment_id


async def _judge(site: Site, assessment_id: str) -> None:
    """Let a model, which nobody has calibrated, credit everything but the criterion on which it wavered."""

    def read(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
        wavered, *clear = assessment.open_scores
        scores = [_credited(assessment, one) for one in clear]
        scores.append(
            wavered.changed(unscored=Unscored.JUDGES_DISAGREE, rater="judge:test", reason="Two of three.")
        )
        return [e.ResponseScored(item_id=one.item_id, scores=(one,)) for one in scores]

    await AssessmentLog(site.services.store, SystemClock()).change(assessment_id, read)
    await site.services.scoring.issue(assessment_id)


def _credited(assessment: Assessment, score: Score) -> Score:
    (own, *_) = assessment.texts_of(score.item_id)
    evidence = (Evidence(event_seq=own.event_seq, start=0, end=len(own.text), path=own.path),)
    return score.changed(value=1.0, unscored=None, rater="judge:test", reason="Seen.", evidence=evidence)


@dataclass
class Counted:
    """A reviewer's page, with what it took."""

    page: Page
    strokes: int = 0
    loads: int = 0
    findings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("domcontentloaded", self._loaded)

    def _loaded(self, _page: Page) -> None:
        self.loads += 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.strokes += 1

    def write(self, text: str) -> None:
        for letter in text:
            self.press(letter)

    @property
    def criteria(self) -> int:
        """How many can still change the decision."""
        return self.page.locator("#sheet > section [data-row]:not([data-decision])").count()

    def look(self, where: str) -> None:
        self.findings += [f"{where}: {finding}" for finding in axe_findings(self.page)]


@pytest.fixture
def at_desk(cases: Cases, opened: Open) -> Callable[[str], Counted]:
    def open_(assessment_id: str) -> Counted:
        page = opened(cases.service, viewport={"width": 1280, "height": 800}).page()
        page.goto(f"{cases.service.url}/review/login")
        page.get_by_label("E-mail address").fill(cases.email)
        page.get_by_label("Password").fill(PASSWORD)
        followed(page.get_by_role("button", name="Sign in"))  # loaded whole before loads are counted
        expect(page.get_by_role("heading", name="What waits for a person")).to_be_visible()
        counted = Counted(page)
        page.get_by_role("link", name=assessment_id).click()
        expect(page.get_by_role("button", name="Keys")).to_be_visible()
        return counted

    return open_


def test_where_a_judge_has_scored_an_audit_takes_few_strokes_and_two_loads(
    cases: Cases, at_desk: Callable[[str], Counted]
) -> None:
    audit = at_desk(cases.judged)
    audit.look("judged case")

    for _ in range(audit.criteria):
        audit.press("1")
    audit.press("1")
    expect(audit.page.get_by_label("Reason for the decision")).to_be_focused()
    audit.write(WORD)
    audit.press("Control+Enter")
    expect(audit.page.get_by_text("Your decision is stored")).to_be_visible()
    audit.look("judged case, decided")

    assert audit.findings == []
    assert audit.strokes <= MOST_STROKES
    assert audit.loads <= MOST_LOADS


def test_without_a_model_each_criterion_that_matters_takes_few_strokes(
    cases: Cases, at_desk: Callable[[str], Counted]
) -> None:
    audit = at_desk(cases.unscored)
    audit.look("case without a model")
    criteria = audit.criteria

    for _ in range(criteria):
        audit.press("1")
    expect(audit.page.locator("#outlook")).to_contain_text("Settled")
    audit.press("Control+Enter")
    expect(audit.page.get_by_text("Your score is stored.")).to_be_visible()

    expect(audit.page.locator(".decision")).to_contain_text("Qualified")
    assert audit.findings == []
    assert criteria > 0
    assert audit.strokes <= STROKES_A_CRITERION * criteria
    assert audit.loads <= MOST_LOADS
