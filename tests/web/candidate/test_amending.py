"""Taking words back, correcting answers and the summary, as a browser without scripts does it."""

import re

import httpx
import pytest

from tests.web.candidate.people import Candidate, words

SECRET = "Mrs Zeugmatova"
ANSWER = f"I read the traceback of {SECRET} first, because guessing takes longer."


async def answered(working: Candidate, text: str = ANSWER) -> int:
    """Answer the first core question, and return the number of that message."""
    conversing = working.site.services.conversing
    await conversing.settled(working.id)
    for message_id, said in (("background-1", "I am an engineer."), ("first-answer", text)):
        await working.say(said, message_id)
        await conversing.settled(working.id)
    return await number_of(working, "first-answer")


async def number_of(working: Candidate, message_id: str) -> int:
    turns = (await working.assessment()).transcript.turns
    return next(turn.seq for turn in turns if turn.message_id == message_id)


def hidden(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, f"there is no {name} on the page"
    return found.group(1)


async def test_each_own_message_offers_what_can_be_done_about_it(working: Candidate) -> None:
    answer = await answered(working)
    background = await number_of(working, "background-1")

    page = (await working.get("/assessment/interview")).text

    assert f'href="/assessment/interview/words/{answer}/correct"' in page
    assert f'href="/assessment/interview/words/{answer}/redact"' in page
    assert f'href="/assessment/interview/words/{background}/redact"' in page
    assert f'href="/assessment/interview/words/{background}/correct"' not in page


async def test_words_are_taken_back_after_a_dialogue_that_says_what_stays(working: Candidate) -> None:
    seq = await answered(working)
    address = f"/assessment/interview/words/{seq}/redact"

    first = await working.get(address)
    second = await working.post(address, what="passage", passage=SECRET, everywhere="true")
    between = await working.assessment()
    done = await working.post(
        address,
        what="passage",
        passage=SECRET,
        confirmed="true",
        redaction_id=hidden(second, "redaction_id"),
    )

    assert ANSWER in words(first)
    assert "Take these 2 words back?" in words(second)
    assert "This cannot be undone." in words(second)
    assert "What stays: how many words you took back and when" in words(second)
    assert SECRET in str(between.transcript)
    assert done.status_code == 303
    assert SECRET not in str((await working.assessment()).transcript)
    page = await working.get("/assessment/interview")
    assert "Zeugmatova" not in page.text
    assert "[redacted by the candidate, 2 words]" in words(page)


async def test_the_whole_message_can_be_taken_back(working: Candidate) -> None:
    seq = await answered(working)
    address = f"/assessment/interview/words/{seq}/redact"

    asked = await working.post(address, what="whole")
    await working.post(address, what="whole", confirmed="true", redaction_id=hidden(asked, "redaction_id"))

    page = await working.get("/assessment/interview")
    assert "guessing takes longer" not in page.text
    assert "nothing left here to take back" in words(await working.get(address))


async def test_words_that_are_not_in_the_message_come_back_with_what_to_do(working: Candidate) -> None:
    seq = await answered(working)

    page = await working.post(f"/assessment/interview/words/{seq}/redact", what="passage", passage="<b>no")

    assert page.status_code == 422
    assert "Is not in this message, word for word." in words(page)
    assert "&lt;b&gt;no" in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/assessment/interview/words/1/redact",
        "/assessment/interview/words/99999999999999999999/redact",
        "/assessment/interview/words/1/correct",
        "/assessment/interview/answers/no-such-item/add",
    ],
)
async def test_what_is_no_message_of_ones_own_is_not_found(working: Candidate, path: str) -> None:
    await answered(working)

    assert (await working.get(path)).status_code == 404
    assert (await working.post(path, text="Words", what="whole")).status_code == 404


async def test_the_unscored_opening_cannot_be_corrected(working: Candidate) -> None:
    await answered(working)
    background = await number_of(working, "background-1")

    page = await working.get(f"/assessment/interview/words/{background}/correct")

    assert page.status_code == 404


async def test_an_answer_is_corrected_and_shown_as_corrected(working: Candidate) -> None:
    seq = await answered(working)
    address = f"/assessment/interview/words/{seq}/correct"
    form = await working.get(address)

    done = await working.post(address, text="I bisect first.", correction_id=hidden(form, "correction_id"))

    assert f">\n{ANSWER}</textarea>" in form.text
    assert done.status_code == 303
    page = words(await working.get("/assessment/interview"))
    assert ANSWER in page
    assert "You corrected this" in page
    assert "I bisect first." in page


async def test_tombstones_do_not_become_words_of_a_correction(working: Candidate) -> None:
    seq = await answered(working)
    await working.site.services.amending.redact(working.id, "redaction-1", seq, SECRET)

    form = await working.get(f"/assessment/interview/words/{seq}/correct")

    box = form.text.partition("<textarea")[2].partition("</textarea>")[0]
    assert "I read the traceback of  first" in box


@pytest.mark.parametrize(("text", "status"), [("  ", 422), ("x" * 9000, 413)])
async def test_a_correction_that_cannot_be_taken_stays_in_the_box(
    working: Candidate, text: str, status: int
) -> None:
    seq = await answered(working)
    address = f"/assessment/interview/words/{seq}/correct"

    page = await working.post(address, text=text, correction_id="correction-1")

    assert page.status_code == status
    assert f">\n{text}</textarea>" in page.text
    assert not (await working.assessment()).transcript.corrections


async def test_the_summary_is_confirmed_and_amended_and_holds_nothing_up(working: Candidate) -> None:
    await working.interview()
    item_id = await working.item("interview")

    finished = await working.get("/assessment/interview")
    summary = await working.get("/assessment/interview/summary")
    add = await working.get(f"/assessment/interview/answers/{item_id}/add?back=summary")
    added = await working.post(
        f"/assessment/interview/answers/{item_id}/add",
        text="And I write it down.",
        correction_id=hidden(add, "correction_id"),
        back=hidden(add, "back"),
    )
    confirmed = await working.post("/assessment/interview/summary")

    assert 'href="/assessment/interview/summary"' in finished.text
    assert 'href="/assessment"' in finished.text
    assert "You answered, in" in words(summary)
    assert "Go on without confirming" in words(summary)
    assert added.headers["location"] == "/assessment/interview/summary"
    assert confirmed.headers["location"] == "/assessment"
    assessment = await working.assessment()
    assert assessment.summary_confirmed_at is not None
    assert assessment.texts_of(item_id)[-1].text == "And I write it down."
    assert "You confirmed this summary on" in words(await working.get("/assessment/interview/summary"))


async def test_there_is_no_summary_before_the_end(working: Candidate) -> None:
    await answered(working)

    page = await working.get("/assessment/interview/summary")

    assert page.headers["location"] == "/assessment/interview"


async def test_after_submitting_the_pages_say_that_it_is_too_late(working: Candidate) -> None:
    await working.interview()
    turns = (await working.assessment()).transcript.turns
    seq = next(turn.seq for turn in turns if turn.message_id and turn.item_id)
    await working.post("/assessment/submit")

    page = await working.get("/assessment/interview")
    redact = await working.get(f"/assessment/interview/words/{seq}/redact")
    correct = await working.get(f"/assessment/interview/words/{seq}/correct")
    sent = await working.post(
        f"/assessment/interview/words/{seq}/correct", text="Late.", correction_id="correction-1"
    )

    assert "/redact" not in page.text.partition("<template")[0]
    assert "can no longer be changed here" in words(redact)
    assert "can no longer be corrected" in words(correct)
    assert sent.status_code == 409
    assert "Late." in words(sent)
