"""Three sentences about the assessment: after submitting, voluntary, and of no effect."""

import pytest

from assessor.domain.feedback import Feedback
from tests.web.candidate.people import Candidate, words
from tests.web.site import Site

PAGE = "/assessment/feedback"


@pytest.fixture
async def submitted(working: Candidate) -> Candidate:
    await working.interview()
    await working.post("/assessment/submit")
    return working


async def said(candidate: Candidate) -> Feedback | None:
    return await candidate.site.services.listening.look(candidate.id)


async def test_before_submitting_nobody_is_asked(working: Candidate) -> None:
    page = await working.get(PAGE)
    refused = await working.post(PAGE, clear="5")

    assert (page.status_code, page.headers["location"]) == (303, "/assessment")
    assert refused.status_code == 409
    assert "These questions come after the assessment" in words(refused)


async def test_the_result_leads_there_and_the_page_says_who_sees_it(submitted: Candidate) -> None:
    result = await submitted.get("/assessment/result")
    page = await submitted.get(PAGE)

    assert f'href="{PAGE}"' in result.text
    assert "Nobody who scores or decides sees your answers" in words(page)
    assert page.text.count("<fieldset>") == 3
    assert "checked" not in page.text


async def test_answers_are_kept_shown_and_changed_and_no_event_tells_of_them(submitted: Candidate) -> None:
    before = (await submitted.assessment()).seq

    kept = await submitted.post(PAGE, clear="4", time="2")
    first = await said(submitted)
    shown = await submitted.get(kept.headers["location"])
    await submitted.post(PAGE, clear="1", shown="5", time="")

    assert first == Feedback(clear=4, time=2)
    assert "Your answers are saved" in words(shown)
    assert 'name="clear" value="4" checked' in shown.text
    assert await said(submitted) == Feedback(clear=1, shown=5)
    facts = [one.fact.type for one in await submitted.site.services.store.events(submitted.id, before)]
    assert not [fact for fact in facts if "feedback" in fact]


@pytest.mark.parametrize("answer", ["0", "6", "yes", "²"])
async def test_what_is_no_answer_is_refused_in_words(submitted: Candidate, answer: str) -> None:
    page = await submitted.post(PAGE, clear=answer)

    assert page.status_code == 422
    assert "That was none of the answers" in words(page)
    assert await said(submitted) is None


async def test_the_platform_reads_the_sum_and_never_one_answer(site: Site, submitted: Candidate) -> None:
    await submitted.post(PAGE, clear="5")
    async with site.program(**submitted.platform.headers) as api:
        told = (await api.get("/v1/feedback", params={"track": "python"})).json()
        other = (await api.get("/v1/feedback", params={"track": "nursing"})).json()

    assert told["track"] == "python"
    assert [one["answers"] for one in told["sentences"]] == [1, 0, 0]
    assert all(one["mean"] is None and one["counts"] is None for one in told["sentences"])
    assert [one["answers"] for one in other["sentences"]] == [0, 0, 0]
