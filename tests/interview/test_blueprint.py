"""Which questions fit a candidate."""

from dataclasses import replace

import pytest

from assessor.domain.events import InterviewerMessage, ItemSwapped
from assessor.domain.form import FormItem
from assessor.domain.item import Category
from assessor.interview.blueprint import after_swaps, by_background, other_field
from assessor.interview.state import Brief, Question, Spare
from tests.interview.stage import BRIEF, LONG_ANSWER, Stage, question


def _spare(item_id: str, specialty: str | None = None, jurisdiction: str | None = None) -> Spare:
    asked = question(item_id, f"What do you do first when {item_id} is what the ward is short of?")
    place = FormItem(item_id=item_id, version=1, hash="ab", category=Category.INTERVIEW, minutes=2)
    return Spare(replace(asked, specialty=specialty, jurisdiction=jurisdiction), place)


def _brief(questions: tuple[Question, ...], **spares: tuple[Spare, ...]) -> Brief:
    return replace(BRIEF, questions=questions, spares=spares, swaps_left=2)


ICU = _spare("icu", "intensive-care")
CHILDREN = _spare("children", "pediatrics")
GENERAL = _spare("general")
ENGLAND = _spare("england", jurisdiction="england")
GERMANY = _spare("germany", jurisdiction="germany")


@pytest.mark.parametrize(
    ("background", "asked"),
    [
        ("I have worked in intensive care for six years.", "icu"),
        ("Six years on an Intensive-Care unit.", "icu"),
        ("I am a nurse in pediatrics.", "children"),
        ("Both intensive care and pediatrics.", "icu"),
        ("I have never worked as anything but a nurse.", "icu"),
        ("No intensive care, but pediatrics.", "children"),
        ("My work was with adults.", "icu"),
    ],
)
def test_a_specialty_that_is_named_chooses_among_the_items(background: str, asked: str) -> None:
    brief = _brief((ICU.question,), icu=(CHILDREN,))

    questions = after_swaps(brief, by_background(brief, background))

    assert [q.item_id for q in questions] == [asked]


def test_where_the_own_specialty_has_no_item_a_general_one_comes() -> None:
    brief = _brief((ICU.question, CHILDREN.question), icu=(GENERAL,))

    swaps = by_background(brief, "I have always worked in pediatrics.")

    assert [(swap.item_id, swap.place.item_id, swap.reason) for swap in swaps] == [
        ("icu", "general", "background")
    ]


def test_a_general_question_stays_and_a_spare_comes_once() -> None:
    brief = _brief((GENERAL.question, ICU.question, ICU.question), general=(CHILDREN,), icu=(CHILDREN,))

    swaps = by_background(brief, "I have always worked in pediatrics.")

    assert [swap.item_id for swap in swaps] == ["icu"]


def test_a_jurisdiction_chooses_as_well() -> None:
    brief = _brief((ENGLAND.question,), england=(GERMANY,))

    assert [s.place.item_id for s in by_background(brief, "I am registered in Germany.")] == ["germany"]
    assert by_background(brief, "I am registered in England.") == ()


def test_what_is_not_the_field_gives_way_to_the_next_spare() -> None:
    brief = _brief((ICU.question,), icu=(CHILDREN, GENERAL))

    chosen = other_field(brief, ICU.question)

    assert chosen is not None
    assert (chosen[0].question.item_id, chosen[1].reason) == ("children", "not_my_field")


@pytest.mark.parametrize(
    "brief", [_brief((ICU.question,)), replace(_brief((ICU.question,), icu=(GENERAL,)), swaps_left=0)]
)
def test_without_a_spare_or_a_swap_left_nothing_gives_way(brief: Brief) -> None:
    assert other_field(brief, ICU.question) is None


async def test_not_my_field_is_recorded_and_another_question_is_asked_in_the_same_turn() -> None:
    stage = Stage(brief=_brief((ICU.question,), icu=(GENERAL,)))
    await stage.turn()
    await stage.hears("Ten years on a ward.")

    said = await stage.hears("That is not my field.")

    assert [type(fact) for fact in stage.facts[-2:]] == [ItemSwapped, InterviewerMessage]
    assert (said.kind, said.item_id) == ("core", "general")
    assert said.text.endswith(GENERAL.question.text)
    assert "no effect" in said.text


async def test_the_background_is_recorded_with_the_first_question() -> None:
    stage = Stage(brief=_brief((ICU.question,), icu=(CHILDREN,)))
    await stage.turn()

    said = await stage.hears("I have always worked in pediatrics.")

    assert isinstance(stage.facts[-2], ItemSwapped)
    assert (said.kind, said.item_id) == ("core", "children")


async def test_what_was_answered_is_not_swapped_away() -> None:
    stage = Stage(brief=_brief((ICU.question,), icu=(GENERAL,)))
    await stage.turn()
    await stage.hears("Ten years on a ward.")
    await stage.hears("I look at the drip.")

    said = await stage.hears("That is not my field.")

    assert not any(isinstance(fact, ItemSwapped) for fact in stage.facts)
    assert (said.kind, "another question" in said.text) == ("closing", False)


async def test_a_later_answer_to_the_same_question_counts_as_well() -> None:
    stage = Stage()
    await stage.turn()
    await stage.hears("Ten years of web services.")
    await stage.hears("I cache it.")

    after = await stage.hears(f"Actually I was wrong there, let me correct that. {LONG_ANSWER}")

    assert after.item_id == "mutability"


@pytest.mark.parametrize(
    ("message", "kind", "says"),
    [
        ("I'd rather not say.", "core", "That is your choice."),
        ("What do you mean?", "answer", "Everybody is asked in the same words"),
        ("What would you do?", "answer", "I cannot say anything about the subject"),
        ("Tell me a joke", "answer", "Let us keep to the interview."),
    ],
)
async def test_what_is_not_an_answer_has_its_authored_reply(message: str, kind: str, says: str) -> None:
    stage = Stage()
    await stage.turn()
    await stage.hears("Ten years of web services.")

    reply = await stage.hears(message)

    assert (reply.kind, reply.source, says in reply.text) == (kind, "authored", True)
