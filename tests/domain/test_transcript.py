"""The conversation after corrections and redactions: what counts, and what the interviewer goes on from."""

from assessor.domain import events as e
from assessor.domain.amending import redaction
from assessor.domain.assessment import Assessment
from assessor.domain.evidence import OwnText
from assessor.domain.item import Category
from assessor.domain.redaction import MASK
from assessor.domain.transcript import Correction, Transcript, Turn
from tests.domain.samples import NOW, STARTED, assessment, item_id, log

FIRST, SECOND = item_id(Category.INTERVIEW, 0), item_id(Category.INTERVIEW, 1)
ASKED, ANSWERED, PROBED, AGAIN, OTHER, SAID, CORRECTED, ADDED = range(7, 15)
"""Sequence numbers of the talk."""


def asks(text: str, item: str, **changes: object) -> e.InterviewerMessage:
    basics = e.InterviewerMessage(run="run-1", kind="core", item_id=item, text=text, source="authored")
    return basics.changed(**changes)


def says(text: str, number: int, item: str) -> e.CandidateMessage:
    return e.CandidateMessage(message_id=f"message-{number}", item_id=item, text=text)


def corrects(text: str, replaces: int | None, item: str = FIRST, number: int = 1) -> e.AnswerCorrected:
    return e.AnswerCorrected(correction_id=f"correction-{number}", item_id=item, replaces=replaces, text=text)


TALK = (
    asks("How do you find a fault?", FIRST),
    says("I guess.", 1, FIRST),
    asks("What comes first?", FIRST, kind="probe", probe_id="p1", source="model"),
    says("The test of Zeugma.", 2, FIRST),
    asks("Who reads that of Zeugma?", SECOND, source="model"),
    says("My team.", 3, SECOND),
)


def talked(*facts: e.Fact) -> Assessment:
    return assessment(*STARTED, *TALK, *facts)


def own(talk: Assessment, item: str = FIRST) -> list[tuple[int, str]]:
    return [(one.event_seq, one.text) for one in talk.transcript.own_texts(item)]


def test_the_log_becomes_turns_with_who_said_what_to_which_question() -> None:
    turns = talked().transcript.turns

    assert turns[1] == Turn(
        seq=ANSWERED, speaker="candidate", text="I guess.", item_id=FIRST, message_id="message-1"
    )
    assert turns[2] == Turn(
        seq=PROBED, speaker="interviewer", text="What comes first?", item_id=FIRST, kind="probe",
        probe_id="p1",
    )  # fmt: skip
    assert [turn.seq for turn in talked().transcript.about(SECOND)] == [OTHER, SAID]


def test_a_correction_counts_in_place_of_what_it_corrects_and_an_addition_comes_last() -> None:
    talk = talked(corrects("I read the traceback.", ANSWERED), corrects("Then I log.", None, number=2))

    assert own(talk) == [
        (CORRECTED, "I read the traceback."), (AGAIN, "The test of Zeugma."), (ADDED, "Then I log."),
    ]  # fmt: skip
    assert own(talk, SECOND) == [(SAID, "My team.")]
    assert talk.transcript.corrections[0] == Correction(
        seq=CORRECTED, at=log(*[TALK[0]] * CORRECTED)[-1].at, item_id=FIRST, correction_id="correction-1",
        replaces=ANSWERED, text="I read the traceback.",
    )  # fmt: skip


def test_the_latest_correction_of_an_answer_or_an_addition_holds() -> None:
    talk = talked(
        corrects("I ask.", ANSWERED),
        corrects("And I log.", None, number=2),
        corrects("I read.", ANSWERED, number=3),
        corrects("And I measure.", ADDED, number=4),
    )

    assert [text for _, text in own(talk)] == ["I read.", "The test of Zeugma.", "And I measure."]
    assert len(talk.transcript.corrections_of(FIRST)) == 4
    assert talk.transcript.corrections_of(SECOND) == ()
    assert talk.transcript.version_of(AGAIN) is None


def test_the_interviewer_goes_on_from_the_candidates_last_words() -> None:
    talk = talked(
        corrects("I read.", ANSWERED),
        corrects("And I log.", None, number=2),
        corrects("All.", SAID, SECOND, 3),
    )

    understood = talk.transcript.as_understood

    assert [turn.text for turn in understood.turns] == [
        "How do you find a fault?",
        "I read.",
        "What comes first?",
        "The test of Zeugma.\n\nAnd I log.",
        "Who reads that of Zeugma?",
        "All.",
    ]
    assert [turn.seq for turn in understood.turns] == [ASKED, ANSWERED, PROBED, AGAIN, OTHER, SAID]
    assert talked().transcript.as_understood == talked().transcript


def test_an_addition_to_what_was_never_answered_joins_nothing() -> None:
    added = Correction(seq=9, at=NOW, item_id=SECOND, correction_id="correction-1", replaces=None, text="So.")
    turns = talked().transcript.turns[:4]

    assert Transcript(turns=turns, corrections=(added,)).as_understood == Transcript(turns=turns)


def test_words_that_were_taken_back_are_gone_from_turns_and_corrections() -> None:
    said = (corrects("I read Zeugma.", ANSWERED), corrects("I log.", None, number=2))
    fact = redaction(talked(*said), CORRECTED, "Zeugma", everywhere=True, redaction_id="redaction-1", at=NOW)

    talk = talked(*said, fact)

    stone = "[redacted by the candidate, 1 word]"
    assert [turn.text for turn in talk.transcript.turns][2:5] == [
        "What comes first?", f"The test of {stone}.", f"Who reads that of {stone}?",
    ]  # fmt: skip
    assert [(one.text, len(one.redactions)) for one in talk.transcript.corrections] == [
        (f"I read {stone}.", 1), ("I log.", 0),
    ]  # fmt: skip
    assert [len(turn.redactions) for turn in talk.transcript.turns] == [0, 0, 0, 1, 1, 0]
    assert "Zeugma" not in str(talk)
    assert talk.transcript.own_texts(FIRST)[1] == OwnText(
        event_seq=AGAIN, text=f"The test of {MASK * len(stone)}."
    )


def test_what_was_taken_back_whole_is_no_evidence_at_all() -> None:
    fact = redaction(talked(), AGAIN, None, everywhere=False, redaction_id="redaction-1", at=NOW)

    assert own(talked(fact)) == [(ANSWERED, "I guess.")]
    assert talked(fact).transcript.turns[3].message_id == "message-2"


def test_observations_point_into_words_and_go_when_those_change() -> None:
    seen = e.AnswerObserved(message=AGAIN, item_id=FIRST, covered=(), model="m1")
    fact = redaction(talked(), AGAIN, None, everywhere=False, redaction_id="redaction-1", at=NOW)

    assert talked(seen).observed == {SAID + 1: seen}
    assert talked(seen, corrects("I read.", ANSWERED)).observed == {}
    assert talked(seen, fact).observed == {}


def test_it_is_the_interviewers_turn_once_the_candidate_spoke() -> None:
    unanswered = talked().transcript.unanswered

    assert unanswered is not None
    assert unanswered.seq == SAID
    assert assessment(*STARTED, *TALK[:5]).transcript.unanswered is None
    assert Transcript().unanswered is None
