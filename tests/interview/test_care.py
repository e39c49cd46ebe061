"""How the interviewer treats people who need something, or who are rude."""

import pytest

from assessor.domain.events import HelpAsked
from tests.interview.stage import BRIEF, LONG_ANSWER, QUESTIONS, Stage

RUDE = "You are a stupid piece of junk."


async def _at_first_question() -> Stage:
    stage = Stage()
    await stage.turn()
    await stage.hears("Ten years of web services.")
    return stage


def _asked(stage: Stage) -> list[tuple[str, int]]:
    return [(fact.kind, fact.message) for fact in stage.facts if isinstance(fact, HelpAsked)]


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Can I talk to a human?", "person"),
        ("Can I take a break?", "break"),
        ("Can I have more time please?", "more_time"),
        ("I feel like hurting myself after this test", "distress"),
    ],
)
async def test_who_needs_a_person_is_recorded_with_the_reply_and_the_question_stays_open(
    message: str, kind: str
) -> None:
    stage = await _at_first_question()

    reply = await stage.hears(message)

    assert _asked(stage) == [(kind, 4)]
    assert (reply.kind, reply.item_id) == ("answer", "caching")


async def test_distress_is_recorded_also_when_the_question_is_held_open_no_longer() -> None:
    stage = await _at_first_question()
    for _ in range(3):
        await stage.hears("Can you repeat the question?")

    reply = await stage.hears("I feel like hurting myself")

    assert [kind for kind, _ in _asked(stage)] == ["distress"]
    assert "crisis line" in reply.text


async def test_an_ordinary_answer_asks_for_nobody() -> None:
    stage = await _at_first_question()

    await stage.hears(LONG_ANSWER)

    assert _asked(stage) == []


async def test_an_insult_is_answered_with_a_warning_and_the_second_ends_the_interview() -> None:
    stage = await _at_first_question()

    warning = await stage.hears(RUDE)
    end = await stage.hears(RUDE)

    assert (warning.kind, "stay polite" in warning.text) == ("answer", True)
    assert (end.kind, end.text.endswith(BRIEF.closing)) == ("closing", True)
    assert stage.finished is not None
    assert stage.finished.reason == "conduct"


async def test_who_calms_down_after_the_warning_goes_on_to_the_end() -> None:
    stage = await _at_first_question()
    await stage.hears(RUDE)

    for _ in range(20):
        if stage.finished is None:
            await stage.hears(LONG_ANSWER)

    assert stage.finished is not None
    assert stage.finished.reason == "complete"
    assert [m.item_id for m in stage.messages if m.kind == "core"] == [q.item_id for q in QUESTIONS]
