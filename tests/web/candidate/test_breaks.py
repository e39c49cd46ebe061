"""Breaks as a browser without scripts sees them, and the time that is stated and kept."""

import re

import httpx
import pytest

from assessor.domain.assessment import Status
from assessor.services.caring import Wanted
from tests.web.candidate.people import JSON, Candidate, invited, words
from tests.web.site import PILOT, Site

DISTRESS = "I feel like hurting myself"


async def grant(candidate: Candidate, wanted: Wanted) -> None:
    await candidate.site.services.caring.grant_by_platform(
        candidate.platform.tenant.id, "key_1", candidate.id, wanted
    )


def box(page: str) -> str:
    found = re.search(r'<textarea id="message"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return found.group(1)


async def test_a_break_from_the_chat_keeps_the_message_and_leads_back_to_it(working: Candidate) -> None:
    await working.get("/assessment/interview")

    pressed = await working.post("/assessment/break", text="Half a thou", back="/assessment/interview")
    resting = await working.get(pressed.headers["location"])
    back = await working.post("/assessment/resume", back="/assessment/interview")
    page = await working.get(back.headers["location"])

    assert "You are on a break" in words(resting)
    assert "Working time that is left: 59 minutes" in words(resting)
    assert back.headers["location"] == "/assessment/interview"
    assert box(page.text) == "Half a thou"


async def test_a_break_from_a_task_saves_the_task_first(working: Candidate) -> None:
    item_id = await working.item("sft")

    await working.post(f"/assessment/tasks/{item_id}", text="Half an answer", revision="0", do="break")

    assert (await working.assessment()).status is Status.PAUSED
    draft = await working.site.services.answering.draft(working.id, item_id)
    assert draft.payload["text"] == "Half an answer"


@pytest.mark.parametrize("path", ["", "/submit", "/interview", "/tasks/{task}"])
async def test_during_a_break_every_page_leads_to_the_calm_one(working: Candidate, path: str) -> None:
    await working.get("/assessment/interview")
    address = "/assessment" + path.format(task=await working.item("sft"))
    await working.post("/assessment/break")

    page = await working.get(address)

    assert page.status_code == 303
    assert page.headers["location"].startswith("/assessment/break")


async def test_what_is_sent_during_a_break_stays_in_the_box_and_goes_along(working: Candidate) -> None:
    await working.get("/assessment/interview")
    await working.post("/assessment/break")

    refused = await working.say("From another window.", "message-0001")
    await working.post("/assessment/resume", text=box(refused.text), back="/assessment/interview")
    page = await working.get("/assessment/interview")

    assert refused.status_code == 409
    assert "Press “Go on” first; nothing is lost" in words(refused)
    assert box(refused.text) == box(page.text) == "From another window."
    assert not (await working.assessment()).message_ids


async def test_a_task_handed_in_during_a_break_can_go_on_and_be_saved(working: Candidate) -> None:
    item_id = await working.item("sft")
    await working.post("/assessment/break")

    refused = await working.post(f"/assessment/tasks/{item_id}", text="All of it.", revision="0")
    saved = await working.post(f"/assessment/tasks/{item_id}", text="All of it.", revision="0", do="go_on")

    assert refused.status_code == 409
    assert 'value="go_on"' in refused.text
    assert "All of it." in refused.text
    assert saved.status_code == 303
    assert (await working.site.services.answering.draft(working.id, item_id)).payload["text"] == "All of it."
    assert (await working.assessment()).status is Status.IN_PROGRESS


async def test_without_break_time_the_page_says_how_to_go_on(site: Site, browser: httpx.AsyncClient) -> None:
    candidate = await invited(site, browser, policy=PILOT.changed(break_minutes=0))
    welcome = words(await candidate.get(candidate.link))
    await candidate.begin()

    refused = await candidate.post("/assessment/break")

    assert "The time then runs on." in welcome
    assert refused.status_code == 409
    assert "Your break time is used up. Go on" in words(refused)
    assert (await candidate.assessment()).status is Status.IN_PROGRESS


@pytest.mark.parametrize("back", ["https://elsewhere.example", "//elsewhere.example", "/review", ""])
async def test_going_on_leads_to_our_own_pages_only(working: Candidate, back: str) -> None:
    await working.post("/assessment/break")

    answer = await working.post("/assessment/resume", back=back)

    assert answer.headers["location"] == "/assessment"


async def test_distress_shows_where_help_is_and_stops_the_clock(working: Candidate) -> None:
    await working.get("/assessment/interview")

    await working.say(DISTRESS, "message-0001")
    chat = await working.get("/assessment/interview")
    hub = await working.get("/assessment")
    calm = await working.get(hub.headers["location"])

    assert "crisis line" in words(chat)
    assert "The clock stands still" in words(chat)
    assert 'formaction="/assessment/resume"' in chat.text
    assert "Take all the time you need" in words(calm)
    assert "crisis line" in words(calm)
    assert "may last until" not in words(calm)


async def test_the_stream_tells_the_browser_of_the_pause_and_ends(working: Candidate) -> None:
    await working.get("/assessment/interview")
    await working.say(DISTRESS, "message-0001")

    answer = await working.get("/assessment/interview/stream", Accept="text/event-stream")

    kinds = re.findall(r"event: (\w+)", answer.text)
    assert kinds == ["state", "done", "user", "done", "pause"]
    assert '"paused": true' in answer.text


async def test_the_calm_page_of_somebody_who_works_leads_back(working: Candidate) -> None:
    page = await working.get("/assessment/break?back=/assessment/interview")

    assert (page.status_code, page.headers["location"]) == (303, "/assessment/interview")


@pytest.mark.parametrize(
    ("wanted", "promises", "not_said"),
    [
        (Wanted(), ["you have 60 minutes", "for 30 minutes in all"], "extra time that you were given"),
        (
            Wanted(time_factor=1.5, extra_break_minutes=15),
            ["you have 90 minutes", "The extra time that you were given is counted in", "for 45 minutes"],
            "no time limit",
        ),
        (Wanted(untimed=True), ["You have no time limit"], "60 minutes"),
    ],
)
async def test_the_minutes_are_stated_before_the_start_with_what_was_granted(
    candidate: Candidate, wanted: Wanted, promises: list[str], not_said: str
) -> None:
    if wanted != Wanted():
        await grant(candidate, wanted)

    said = words(await candidate.get(candidate.link))

    assert [promise for promise in promises if promise not in said] == []
    assert not_said not in said


async def test_more_time_in_mid_course_is_seen_on_the_next_page_and_with_the_next_save(
    working: Candidate,
) -> None:
    before = await working.get("/assessment")
    await grant(working, Wanted(time_factor=2))

    after = await working.get("/assessment")
    saved = await working.save("interview", 0, {"text": "Half"})
    await grant(working, Wanted(untimed=True))
    untimed = await working.get("/assessment")

    assert "59 min left" in before.text
    assert "119 min left" in after.text
    assert 119 * 60 < saved.json()["seconds_left"] <= 120 * 60
    assert ">No time limit<" in untimed.text


async def test_a_program_that_sends_during_a_break_gets_a_problem_with_the_way_out(
    working: Candidate,
) -> None:
    await working.get("/assessment/interview")
    await working.post("/assessment/break")

    answer = await working.browser.post(
        "/assessment/interview/messages", data={"cmid": "message-0001", "text": "Hello"}, headers=JSON
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "illegal-transition")
    assert "Go on" in answer.json()["detail"]
