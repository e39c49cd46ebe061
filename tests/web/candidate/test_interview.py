"""The interview over HTTP: messages, and the stream that can be taken up again."""

import json
import re

import pytest

from assessor.web.streaming import Streams
from tests.web.candidate.people import JSON, Candidate, words
from tests.web.site import Site


async def test_the_interview_page_opens_with_the_interviewers_first_words(working: Candidate) -> None:
    page = await working.get("/assessment/interview")

    assert "This answer is not scored" in words(page)
    assert "http-equiv" not in page.text


async def test_a_message_without_scripts_comes_back_with_its_reply(working: Candidate) -> None:
    await working.get("/assessment/interview")

    sent = await working.say("I am an engineer and use <b>Python</b>.", "message-0001")

    assert sent.status_code == 303
    page = await working.get("/assessment/interview")
    assert "I am an engineer and use &lt;b&gt;Python&lt;/b&gt;." in page.text
    assert [turn.speaker for turn in (await working.assessment()).transcript.turns] == [
        "interviewer",
        "candidate",
        "interviewer",
    ]


async def test_the_same_message_twice_is_one_message(working: Candidate) -> None:
    await working.get("/assessment/interview")
    message = {"cmid": "message-0001", "text": "Once."}

    answers = [
        await working.browser.post("/assessment/interview/messages", data=message, headers=JSON) for _ in "ab"
    ]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert len((await working.assessment()).message_ids) == 1


@pytest.mark.parametrize(
    ("cmid", "text", "status", "told"),
    [
        ("message-0001", "   ", 422, "Is empty."),
        ("message-0001", "x" * 200_000, 413, "the limit is 8000"),
        ("short", "Hello", 422, "Is not 8 to 64 letters, digits"),
        ("m" * 65, "Hello", 422, "Is not 8 to 64 letters, digits"),
    ],
)
async def test_a_message_that_cannot_be_taken_stays_in_the_box(
    working: Candidate, cmid: str, text: str, status: int, told: str
) -> None:
    await working.get("/assessment/interview")

    page = await working.say(text, cmid)

    assert page.status_code == status
    assert told in words(page)
    box = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    assert box is not None
    assert box.group(1) == text
    assert not (await working.assessment()).message_ids


async def stream_of(working: Candidate, position: str = "", **headers: str) -> list[dict[str, str]]:
    """Read the stream of a finished interview to its end."""
    answer = await working.get(
        f"/assessment/interview/stream?after={position}", Accept="text/event-stream", **headers
    )
    assert answer.status_code == 200
    blocks = answer.text.strip().split("\n\n")
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]


async def test_the_stream_gives_every_turn_in_order_and_ends(working: Candidate) -> None:
    await working.interview()

    events = await stream_of(working)

    kinds = [event["event"] for event in events]
    turns = (await working.assessment()).transcript.turns
    assert kinds[0] == "state"
    assert kinds[-1] == "end"
    assert kinds[1:-1] == ["user" if turn.speaker == "candidate" else "done" for turn in turns]
    assert [event["id"] for event in events[1:-1]] == [f"{turn.seq}..0" for turn in turns]


async def test_the_stream_goes_on_after_the_later_of_two_positions(working: Candidate) -> None:
    await working.interview()
    turns = (await working.assessment()).transcript.turns
    early, late = f"{turns[0].seq}..0", f"{turns[-2].seq}..0"

    by_header = await stream_of(working, early, **{"Last-Event-ID": late})
    by_address = await stream_of(working, late, **{"Last-Event-ID": early})

    for events in (by_header, by_address):
        assert [event["event"] for event in events] == ["state", "done", "end"]


async def test_a_finished_stream_with_nothing_new_tells_the_browser_to_stop(working: Candidate) -> None:
    await working.interview()
    last = (await working.assessment()).transcript.turns[-1].seq

    answer = await working.get(f"/assessment/interview/stream?after={last}..0")

    assert answer.status_code == 204


async def test_without_a_place_for_its_stream_a_browser_gets_what_there_is_and_looks_again(
    site: Site, working: Candidate
) -> None:
    site.app.state.streams = Streams(0)
    await working.get("/assessment/interview")

    state, *turns = await stream_of(working)

    assert json.loads(state["data"])["brief"] is True
    assert int(state["retry"]) > 1000
    assert [event["event"] for event in turns] == ["done"]


@pytest.mark.parametrize("position", ["nonsense", "9" * 5000, "1.run.99999999999999", "-1", "٣"])
async def test_a_position_that_we_never_wrote_means_from_the_beginning(
    working: Candidate, position: str
) -> None:
    await working.interview()

    events = await stream_of(working, position)

    assert len(events) == 2 + len((await working.assessment()).transcript.turns)


async def test_another_site_cannot_read_the_stream(working: Candidate) -> None:
    answer = await working.get(
        "/assessment/interview/stream", Accept="text/event-stream", Origin="https://elsewhere.example"
    )

    assert answer.status_code == 403


async def test_after_submitting_the_interview_leads_back_to_the_result(working: Candidate) -> None:
    await working.interview()
    await working.post("/assessment/submit")

    for path in ("/assessment/interview", "/assessment/interview/summary"):
        page = (await working.get(path)).text
        assert '<a class="button" href="/assessment/result">Back to your result</a>' in page
        assert "Go on to the other parts" not in page
