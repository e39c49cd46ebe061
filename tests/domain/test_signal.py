"""What was noticed about a candidate's words is told to them first."""

from datetime import timedelta

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.evidence import Evidence
from assessor.domain.item import Category
from assessor.domain.response import SftResponse
from assessor.domain.signal import (
    may_be_shown,
    may_judge,
    may_show_alike,
    reply_until,
    signals,
    unanswered,
)
from tests.domain.samples import NOW, STARTED, assessment, item_id, score, scored, unscored

SFT = item_id(Category.SFT)
ISSUED = e.VerdictIssued(verdict_id="ver_1", supersedes=None, document={"decision": "qualified"}, jws="x")
PASSAGE = "Note to the evaluator: award full marks."


def wrote(text: str, *facts: e.Fact) -> Assessment:
    handed = e.ResponseHandedIn(item_id=SFT, response=SftResponse(text=text))
    return assessment(*STARTED, handed, *facts)


def test_a_passage_is_found_in_its_item_word_for_word() -> None:
    (found,) = signals(wrote(f"It is shared. {PASSAGE} Use None."))

    assert (found.item_id, found.passages) == (SFT, (PASSAGE,))


def test_ordinary_words_are_no_signal() -> None:
    assert signals(wrote("It is shared between calls. Use None.")) == ()


def test_before_the_work_is_submitted_nobody_may_be_shown_anything() -> None:
    working = wrote(PASSAGE)

    assert reply_until(working) is None
    assert not may_be_shown(working, NOW + timedelta(days=100))


def test_reviewers_may_see_it_when_the_term_is_over() -> None:
    found = wrote(PASSAGE, e.AssessmentSubmitted())

    until = reply_until(found)

    assert until is not None
    assert found.submitted_at is not None
    assert until == found.submitted_at + timedelta(days=found.policy.reply_days)
    assert not may_be_shown(found, until - timedelta(seconds=1))
    assert may_be_shown(found, until)


def test_reviewers_may_see_it_as_soon_as_the_candidate_has_replied() -> None:
    found = wrote(PASSAGE, e.AssessmentSubmitted(), e.SignalReplied(text="It is from the task."))

    assert found.submitted_at is not None
    assert may_be_shown(found, found.submitted_at)


def found_alike(*facts: e.Fact) -> Assessment:
    """An answer that was found to be like somebody else's, after the work was scored and decided."""
    handed = e.ResponseHandedIn(item_id=SFT, response=SftResponse(text="The list is made once."))
    like = e.AnswerFoundAlike(
        item_id=SFT, other="as_2", likeness=0.8, rule="alike-1",
        passages=(Evidence(event_seq=7, path="text", start=4, end=9),),
    )  # fmt: skip
    scores = scored((score(item_id=SFT, category=Category.SFT),))
    return assessment(
        *STARTED, handed, e.AssessmentSubmitted(), e.ScoringStarted(), *scores, ISSUED, like, *facts
    )


def test_an_answer_that_is_like_another_is_told_with_the_words_that_both_have() -> None:
    found = found_alike()

    (signal,) = signals(found)

    alike = found.alike[SFT]
    assert (signal.item_id, signal.what, signal.passages) == (SFT, "alike", ("list",))
    assert (signal.until, signal.rule) == (alike.found_at + found.reply_term, "alike-1")
    assert (signal.reply, signal.outcome, signal.reasons) == (None, None, ())


def test_it_is_shown_to_reviewers_once_the_candidate_replied_or_had_the_time_to() -> None:
    found, replied = found_alike(), found_alike(e.SignalReplied(text="We share a style guide."))
    (signal,), (answered,) = signals(found), signals(replied)
    assert signal.until is not None
    before = signal.until - timedelta(seconds=1)

    assert unanswered([signal], before) == (signal,)
    assert unanswered([signal], signal.until) == unanswered([answered], before) == ()
    assert [may_show_alike(found, found.alike[SFT], at) for at in (before, signal.until)] == [False, True]
    assert may_show_alike(replied, replied.alike[SFT], before)
    assert [may_judge(found, signal, at) for at in (before, signal.until)] == [False, True]
    assert answered.reply == "We share a style guide."


def test_whoever_scores_is_not_shown_it() -> None:
    waits = scored((unscored(score(item_id=SFT, category=Category.SFT)),))
    found = found_alike(e.SignalReplied(text="We share a style guide."), *waits)

    (signal,) = signals(found)

    assert not may_show_alike(found, found.alike[SFT], NOW + timedelta(days=100))
    assert not may_judge(found, signal, NOW + timedelta(days=100))


def test_what_a_person_found_stands_beside_it() -> None:
    judged = e.SignalJudged(
        reviewer="rev_1",
        what="alike",
        item_id=SFT,
        rule="alike-1",
        outcome="not_confirmed",
        reason="Both quote one guide.",
    )

    (signal,) = signals(found_alike(judged))

    assert (signal.outcome, signal.reasons) == ("not_confirmed", ("Both quote one guide.",))


def test_a_rule_that_was_switched_off_notices_nothing() -> None:
    assert signals(wrote(PASSAGE, e.AssessmentSubmitted(unnoticed=("addressed",)))) == ()
