"""What a candidate's rubric did, on the pages of the reviewer and of the candidate."""

import asyncio
import re

import httpx
import pytest

from assessor.adapters.clock import SystemClock
from assessor.adapters.code import JailedCode
from assessor.adapters.signing import JwsSigner
from assessor.domain.assessment import Assessment, Status
from assessor.domain.item import Category, RubricWritingItem
from assessor.domain.policy import Policy
from assessor.scoring import Judge
from assessor.scoring.applied_rubric import APPLIED_SHARES
from assessor.services.log import AssessmentLog
from assessor.services.rescoring import Rescoring, Terms
from assessor.services.scoring import Scoring
from tests.scoring.prompts import PROMPTS
from tests.services.grading import GradingModel
from tests.web.candidate.people import Candidate, invited, words
from tests.web.desk import sign_in
from tests.web.site import PILOT, Site

JUDGED = Policy(judge_may_score=True, least_basis=PILOT.least_basis)
CELL = re.compile(r'<td><span aria-hidden="true">.</span><span class="sr">(.*?)</span></td>')


async def handed_in(candidate: Candidate) -> Assessment:
    await candidate.begin()
    await candidate.interview()
    await candidate.hand_in_everything()
    await candidate.post("/assessment/submit")
    for _ in range(400):
        if (assessment := await candidate.assessment()).status is Status.DECIDED:
            return assessment
        await asyncio.sleep(0.05)
    raise AssertionError("scoring did not end")


async def judged(site: Site, assessment: Assessment, model: GradingModel | None = None) -> None:
    """Let a model score it: the site itself has none."""
    model, services, clock = model or GradingModel(), site.services, SystemClock()
    judge, code = Judge(model, PROMPTS, lambda: "0123456789abcdef" * 2), JailedCode("full")
    log = AssessmentLog(services.store, clock)
    signer = JwsSigner.from_files(
        site.settings.signing_key_file, site.settings.data_dir / "demonstration.jwk", create=False
    )
    scoring = Scoring(log, services.content, signer, judge, code, services.store)
    names = [model.name]
    rescoring = Rescoring(
        services.store, log, services.content, PROMPTS, scoring, judge, names, code, clock, services.store
    )
    done = await rescoring.rescore(assessment.id, Terms(by="anna", reason="A model was set up meanwhile."))
    assert done.outcome == "recorded"


@pytest.fixture
async def candidate(site: Site, browser: httpx.AsyncClient) -> Candidate:
    return await invited(site, browser, form="full", policy=JUDGED)


async def reviewers_page(candidate: Candidate) -> httpx.Response:
    person = await candidate.site.reviewer(candidate.platform.tenant)
    async with candidate.site.browser() as browser:
        await sign_in(browser, person.email)
        return await browser.get(f"/review/{candidate.id}")


async def test_a_table_shows_what_each_criterion_found_in_each_response(candidate: Candidate) -> None:
    assessment = await handed_in(candidate)
    before = (await reviewers_page(candidate)).text

    await judged(candidate.site, assessment)
    after = (await reviewers_page(candidate)).text

    item_id = await candidate.item(Category.RUBRIC_WRITING)
    item = (await candidate.site.services.content.library()).item("python", item_id)
    assert isinstance(item, RubricWritingItem)
    rows = getattr(assessment.responses[item_id], "rows", ())
    assert CELL.findall(before) == []
    assert len(CELL.findall(after)) == len(rows) * len(item.key.hidden_responses)
    assert {"met", "not met"} <= set(CELL.findall(after)) <= {"met", "not met", "could not be told"}
    for shown in item.key.hidden_responses:
        assert f"<h5>{shown.id}, rank {shown.rank}</h5>" in before


async def test_the_candidate_reads_how_far_each_goes_and_by_which_criteria_and_never_the_number(
    candidate: Candidate,
) -> None:
    assessment = await handed_in(candidate)
    await judged(candidate.site, assessment)

    page = words(await candidate.get("/assessment/result"))

    scores = {criterion: score for (_, criterion), score in (await candidate.assessment()).scores.items()}
    for name in APPLIED_SHARES:
        score = scores[name]
        assert score.value is not None
        got = ("Not shown", "Partly shown", "Shown")[round(score.value * 2)]
        assert f"{got} : {score.text} {score.reason}" in page
    assert "Your words:" in page
