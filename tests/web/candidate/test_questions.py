"""A reviewer's question on both faces: asked on the case, answered by the candidate, read beside the work."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from assessor.adapters.clock import SystemClock
from tests.web.candidate.people import Candidate, words
from tests.web.desk import sign_in
from tests.web.site import Site

PAGE = "/assessment/questions"
OWN = "Why did you <not> use a loop here?"
ANSWER = "Because <b>nobody</b> would read it."


@pytest.fixture
async def waiting(working: Candidate) -> Candidate:
    await working.interview()
    await working.post(f"/assessment/tasks/{await working.item('sft')}", text="I would look at the log.")
    await working.post("/assessment/submit")
    while (await working.assessment()).verdict is None:  # noqa: ASYNC110 - a worker writes it
        await asyncio.sleep(0.02)
    return working


async def ask(site: Site, person: Candidate, **changes: str) -> tuple[httpx.Response, str]:
    """Ask as a reviewer; return the answer to the form, and the case as it is then."""
    reviewer = await site.reviewer(person.platform.tenant)
    site.app.state.sign_in_throttle.forget()
    fields = {"item": await person.item("sft"), "ready": "", "question": OWN} | changes
    async with site.browser() as browser:
        await sign_in(browser, reviewer.email)
        sent = await browser.post(f"/review/{person.id}/follow-up", data=fields)
        case = await browser.get(f"/review/{person.id}")
        await browser.post(f"/review/{person.id}/release")
    return sent, words(case)


async def test_a_question_goes_to_the_candidate_and_the_answer_back_to_the_case(
    site: Site, waiting: Candidate
) -> None:
    sent, case = await ask(site, waiting)
    hub, result, page = [await waiting.get(one) for one in ("/assessment", "/assessment/result", PAGE)]

    assert sent.status_code == 303
    assert "The candidate may answer until" in case
    assert all(f'href="{PAGE}"' in one.text for one in (hub, result))
    assert "says nothing against you" in words(result)
    assert OWN in words(page)
    assert "<not>" not in page.text
    assert "I would look at the log." in words(page)
    assert "Saying nothing is not held against you" in words(page)

    (one,) = (await waiting.assessment()).follow_ups
    stored = await waiting.post(PAGE, question=one.id, text=ANSWER)
    after = words(await waiting.get(PAGE))
    _, case = await ask(site, waiting, question="And how would you test it?")

    assert stored.headers["location"] == PAGE
    assert ANSWER in after
    assert "It is saved." in after
    assert ANSWER in case
    assert "it enters no score by itself" in case
    async with site.program(**waiting.platform.headers) as api:
        events = (await api.get("/v1/events?limit=100")).json()["data"]
    told = [event["type"] for event in events if event["subject"] == waiting.id]
    assert told.count("assessor.question.asked") == 2
    assert told.count("assessor.question.answered") == 1


async def test_more_time_and_the_end_of_it_are_said_calmly_and_what_was_typed_stays(
    site: Site, waiting: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(site, waiting, question="", ready="How did you come to this answer?")
    (one,) = (await waiting.assessment()).follow_ups

    empty = await waiting.post(PAGE, question=one.id, text="  ")
    more = await waiting.post(f"{PAGE}/more-time", question=one.id, text=ANSWER)
    later = SystemClock().now() + timedelta(days=30)
    monkeypatch.setattr("assessor.web.candidate.questions.current_time", lambda: later)
    over = await waiting.get(PAGE)

    assert empty.status_code == 422
    assert "You have more time: until" in words(more)
    assert "Because &lt;b&gt;nobody" in more.text
    assert (await waiting.assessment()).follow_ups[0].due_at > one.due_at
    assert "You did not answer, and that is not held against you." in words(over)
    assert "Send the answer" not in over.text
    assert PAGE not in (await waiting.get("/assessment")).text


async def test_without_a_question_the_page_leads_to_the_result_and_a_bad_one_stays_in_its_form(
    site: Site, waiting: Candidate
) -> None:
    page = await waiting.get(PAGE)
    refused, _ = await ask(site, waiting, question="Why?")

    assert page.headers["location"] == "/assessment/result"
    assert refused.status_code == 422
    assert "The question is too short." in words(refused)
    assert ">\nWhy?</textarea>" in refused.text
    assert (await waiting.assessment()).follow_ups == ()
