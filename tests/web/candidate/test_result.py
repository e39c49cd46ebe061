"""Submitting, the result, and the end of the time."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from assessor.adapters.clock import SystemClock
from assessor.domain import events as e
from assessor.domain.assessment import Status
from assessor.services.log import AssessmentLog
from assessor.services.marking import Mark
from tests.web.candidate.people import Candidate, words
from tests.web.site import Site


async def test_nothing_can_be_submitted_before_the_interview_is_finished(working: Candidate) -> None:
    page = await working.post("/assessment/submit")

    assert page.status_code == 409
    assert "The interview is not finished" in words(page)
    assert (await working.assessment()).status is Status.IN_PROGRESS


async def test_the_confirmation_names_what_is_missing(working: Candidate) -> None:
    await working.interview()

    page = await working.get("/assessment/submit")

    assert "4 parts are not handed in" in words(page)
    assert "counts as unanswered" in words(page)


async def scored(candidate: Candidate) -> httpx.Response:
    for _ in range(200):
        page = await candidate.get("/assessment/result")
        if 'data-stage="scoring"' not in page.text:
            return page
        await asyncio.sleep(0.05)
    raise AssertionError("scoring did not end")


async def test_the_result_shows_rule_scores_at_once_and_names_what_waits(working: Candidate) -> None:
    await working.interview()
    await working.hand_in_everything()

    submitted = await working.post("/assessment/submit")

    assert submitted.headers["location"] == "/assessment/result"
    said = words(await scored(working))
    assert "2 parts wait for a person" in said
    assert "Shown : Puts the responses in the order that careful people give" in said
    assert "What happens next" in said
    assert "What it still depends on That is ours to settle:" in said
    library = await working.site.services.content.library()
    for criterion in library.rubric("python-sft-naive-aware").criteria:
        assert criterion.text not in said  # what a rater looks for is not told before it was scored


async def test_a_persons_decision_is_told_in_plain_words_with_its_reason(
    site: Site, working: Candidate
) -> None:
    await working.interview()
    await working.hand_in_everything()
    await working.post("/assessment/submit")
    await scored(working)
    reviewer = await site.reviewer(working.platform.tenant)

    await site.services.reviewing.decide(
        reviewer, working.id, "inconclusive", "The connection broke too often to judge this attempt."
    )

    said = words(await working.get("/assessment/result"))
    assert "This attempt could not be judged" in said
    assert "A person decided this" in said
    assert "The connection broke too often to judge this attempt." in said
    assert "This attempt does not count as one of yours: you can have another one." in said


async def test_who_did_not_reach_the_line_reads_when_and_how_they_may_try_again(
    site: Site, working: Candidate
) -> None:
    await working.interview()
    await working.post("/assessment/submit")
    await scored(working)
    reviewer = await site.reviewer(working.platform.tenant)
    reviewing = site.services.reviewing
    for score in (await reviewing.case(reviewer, working.id)).open:
        await reviewing.score(reviewer, working.id, score.item_id, score.criterion, Mark.UNMET, "Not there.")
    decided = await reviewing.decide(reviewer, working.id, "not_qualified", "The answers show little of it.")

    said = words(await working.get("/assessment/result"))

    assert decided.verdict is not None
    assert decided.submitted_at is not None
    later = decided.submitted_at + timedelta(days=30)
    assert decided.verdict.document["retake_after"] == later.isoformat().replace("+00:00", "Z")
    assert "You can try again from" in said
    assert "There is a pause of 30 days after an attempt." in said
    assert "Within 365 days there are at most 3 attempts." in said
    assert "What a fault of ours spoils never counts as an attempt." in said


async def test_a_fault_of_ours_is_told_as_ours_and_a_spoiled_attempt_as_given_back(
    site: Site, working: Candidate
) -> None:
    await site.services.scoring.hold(working.id, "OSError")

    held = await working.get("/assessment/result")
    hub = await working.get("/assessment")
    await site.services.ordering.give_back(working.id, "The disk was full.")
    voided = await working.get("/assessment/result")

    assert "A fault of ours holds your result" in words(held)
    assert "Nothing of it counts against you" in words(held)
    assert hub.headers["location"] == "/assessment/result"
    assert "This attempt does not count" in words(voided)


async def test_after_submitting_every_way_leads_to_the_result(working: Candidate) -> None:
    await working.interview()
    await working.post("/assessment/submit")

    assert "See your result" in words(await working.get("/assessment"))
    assert (await working.get("/assessment/submit")).headers["location"] == "/assessment/result"
    assert (await working.get("/assessment/tasks/any")).headers["location"] == "/assessment"
    assert (await working.post("/assessment/submit")).status_code == 303


async def test_before_submitting_there_is_no_result(working: Candidate) -> None:
    page = await working.get("/assessment/result")

    assert page.headers["location"] == "/assessment"


async def test_when_the_time_is_over_the_hub_says_so_and_offers_to_submit(
    working: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadline = (await working.assessment()).deadline
    assert deadline is not None
    monkeypatch.setattr("assessor.web.candidate.hub.current_time", lambda: deadline + timedelta(seconds=1))

    page = await working.get("/assessment")

    assert "The time is over" in words(page)
    assert 'href="/assessment/submit"' in page.text
    assert "/assessment/tasks/" not in page.text


async def test_what_the_end_of_the_time_submitted_is_not_called_the_candidates_doing(
    working: Candidate,
) -> None:
    log = AssessmentLog(working.site.services.store, SystemClock())
    await log.change(working.id, lambda _assessment, _now: [e.AssessmentSubmitted(by="deadline")])

    page = await working.get("/assessment")

    assert "The time was over: what counts of your work was submitted" in words(page)


async def test_an_empty_answer_does_not_buy_the_list_of_what_a_good_one_has(working: Candidate) -> None:
    await working.interview()
    await working.post("/assessment/tasks/sft-naive-aware", text="No idea")

    await working.post("/assessment/submit")

    said = words(await scored(working))
    assert "says too little of its own" in said
    library = await working.site.services.content.library()
    for criterion in library.rubric("python-sft-naive-aware").criteria:
        assert criterion.text not in said
