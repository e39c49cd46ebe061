"""What candidates may take back and correct, as rules about one log."""

import pytest

from assessor.domain import events as e
from assessor.domain.amending import MAX_CORRECTIONS, correction, redaction
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, InvalidInput
from assessor.domain.item import Category
from tests.domain.samples import NOW, STARTED, assessment, is_sentence, item_id

FIRST, SECOND = item_id(Category.INTERVIEW, 0), item_id(Category.INTERVIEW, 1)
NAME = "Mrs Zeugmatova"
ASKED, ANSWERED, PROBED, AGAIN = 7, 8, 9, 10
"""Sequence numbers of the talk."""


def asks(text: str, **changes: object) -> e.InterviewerMessage:
    basics = e.InterviewerMessage(run="run-1", kind="core", item_id=FIRST, text=text, source="authored")
    return basics.changed(**changes)


def says(text: str, number: int = 1, item: str | None = FIRST) -> e.CandidateMessage:
    return e.CandidateMessage(message_id=f"message-{number}", item_id=item, text=text)


TALK = (
    asks("How do you find a fault?"),
    says(f"I read the traceback, as {NAME} does. Then I write a test."),
    asks("You named “Mrs Zeugmatova”. What does the test show?", kind="probe", source="model"),
    says(f"It fails first. {NAME} taught me that.", 2),
)


def take_back(
    talk: Assessment, seq: int, passage: str | None, *, everywhere: bool = False
) -> e.WordsRedacted:
    return redaction(talk, seq, passage, everywhere=everywhere, redaction_id="redaction-1", at=NOW)


def left_by(fact: e.WordsRedacted) -> dict[int, str]:
    return {one.seq: "" if isinstance(one.fact, e.WordsRedacted) else one.fact.text for one in fact.left}


def test_a_passage_goes_from_its_message_and_from_what_the_interviewer_repeated() -> None:
    fact = take_back(assessment(*STARTED, *TALK), ANSWERED, NAME)

    assert fact.redaction_id == "redaction-1"
    assert left_by(fact) == {
        ANSWERED: "I read the traceback, as [redacted by the candidate, 2 words] does. Then I write a test.",
        PROBED: "You named “[redacted by the candidate, 2 words]”. What does the test show?",
    }
    said = fact.left[0].fact
    assert isinstance(said, e.CandidateMessage)
    assert [(one.words, one.at) for one in said.redactions] == [(2, NOW)]


def test_everywhere_takes_it_out_of_all_own_messages() -> None:
    own = e.AnswerCorrected(correction_id="correction-1", item_id=FIRST, text=f"{NAME} says so.")

    fact = take_back(assessment(*STARTED, *TALK, own), AGAIN, NAME, everywhere=True)

    assert set(left_by(fact)) == {ANSWERED, PROBED, AGAIN, AGAIN + 1}
    assert "Zeugmatova" not in str(fact)


def test_a_whole_message_may_go() -> None:
    fact = take_back(assessment(*STARTED, *TALK), AGAIN, None)

    assert left_by(fact) == {AGAIN: "[redacted by the candidate, 8 words]"}


def test_a_name_that_still_stands_in_another_answer_gives_nothing_away() -> None:
    probe = TALK[2].changed(text="What would Zeugmatova ask?")

    talk = assessment(*STARTED, *TALK[:2], probe, TALK[3])

    assert set(left_by(take_back(talk, ANSWERED, NAME))) == {ANSWERED}
    assert set(left_by(take_back(talk, ANSWERED, NAME, everywhere=True))) == {ANSWERED, PROBED, AGAIN}


@pytest.mark.parametrize(
    ("message", "loses"),
    [
        (asks(f"Ask {NAME}.", kind="core"), False),
        (asks(f"Ask {NAME}.", kind="core", source="model"), True),
        (asks(f"Ask {NAME}.", kind="probe"), True),
        (asks(f"Ask {NAME}.", kind="answer"), True),
        (asks(f"Ask {NAME}.", kind="closing"), False),
    ],
)
def test_what_authors_wrote_beforehand_repeats_nobody(message: e.InterviewerMessage, *, loses: bool) -> None:
    talk = assessment(*STARTED, *TALK[:2], message)

    assert (PROBED in left_by(take_back(talk, ANSWERED, NAME))) is loses


def test_what_the_interviewer_had_said_before_is_no_repetition() -> None:
    before = asks("What would Zeugmatova say?", source="model")
    again = asks("What would Zeugmatova ask?", kind="probe", source="model")

    talk = assessment(*STARTED, before, TALK[1], again)

    assert set(left_by(take_back(talk, ANSWERED, None))) == {ANSWERED}


def test_a_later_redaction_of_the_same_words_takes_over_what_an_earlier_one_kept() -> None:
    talk = assessment(*STARTED, *TALK)
    first = take_back(talk, ANSWERED, NAME)

    second = take_back(assessment(*STARTED, *TALK, first), ANSWERED, "Then I write a test")

    earlier = AGAIN + 1
    assert set(left_by(second)) == {ANSWERED, PROBED, earlier}
    assert second.left[-1].fact == first.changed(left=())
    assert left_by(second)[ANSWERED].count("[redacted by the candidate") == 2
    assert left_by(second)[PROBED] == left_by(first)[PROBED]


def test_a_redaction_leaves_those_of_other_messages_alone() -> None:
    first = take_back(assessment(*STARTED, *TALK), ANSWERED, "I read the traceback")

    second = take_back(assessment(*STARTED, *TALK, first), AGAIN, "It fails first")

    assert set(left_by(second)) == {AGAIN}


@pytest.mark.parametrize(
    ("seq", "passage", "field"),
    [
        (ASKED, "fault", "message"),
        (999, None, "message"),
        (ANSWERED, "somebody else", "passage"),
        (ANSWERED, " ", "passage"),
    ],
)
def test_what_is_not_ones_own_cannot_be_taken_back(seq: int, passage: str | None, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        take_back(assessment(*STARTED, *TALK), seq, passage)

    (problem,) = refused.value.problems
    assert problem.field == field
    assert problem.problem
    assert is_sentence(problem.remedy)


def test_what_was_taken_back_whole_cannot_be_taken_back_again() -> None:
    once = take_back(assessment(*STARTED, *TALK), AGAIN, None)

    with pytest.raises(InvalidInput, match="message: was taken back already"):
        take_back(assessment(*STARTED, *TALK, once), AGAIN, None)


def correct(talk: Assessment, replaces: int | None, item: str = FIRST) -> e.AnswerCorrected:
    return correction(talk, item, replaces, correction_id="correction-9", text="I meant two tests.")


def corrected(replaces: int | None = None, item: str = FIRST) -> e.AnswerCorrected:
    return e.AnswerCorrected(correction_id="correction-1", item_id=item, replaces=replaces, text="Also logs.")


@pytest.mark.parametrize("replaces", [None, ANSWERED, AGAIN, AGAIN + 1])
def test_answers_and_additions_may_be_corrected_and_added_to(replaces: int | None) -> None:
    fact = correct(assessment(*STARTED, *TALK, corrected()), replaces)

    assert fact == e.AnswerCorrected(
        correction_id="correction-9", item_id=FIRST, replaces=replaces, text="I meant two tests."
    )


@pytest.mark.parametrize("replaces", [ASKED, PROBED, AGAIN + 1, 999])
def test_questions_and_corrections_cannot_be_corrected(replaces: int) -> None:
    with pytest.raises(InvalidInput, match="replaces: is not an answer of yours"):
        correct(assessment(*STARTED, *TALK, corrected(ANSWERED)), replaces)


@pytest.mark.parametrize("item", [SECOND, "never-heard-of"])
def test_only_a_question_that_was_asked_has_an_answer_to_correct(item: str) -> None:
    talk = assessment(*STARTED, *TALK, asks("Anything else?", item_id="never-heard-of"))

    with pytest.raises(InvalidInput, match="question: was not asked"):
        correct(talk, None, item)


def test_each_answer_may_be_corrected_ten_times() -> None:
    other = (asks("Who are you?", item_id=SECOND), says("An engineer.", 3, SECOND), corrected(None, SECOND))
    nearly = assessment(*STARTED, *TALK, *other, *[corrected()] * (MAX_CORRECTIONS - 1))

    assert correct(nearly, None).text == "I meant two tests."
    with pytest.raises(Conflict, match="10 times"):
        correct(assessment(*STARTED, *TALK, *[corrected()] * MAX_CORRECTIONS), None)
