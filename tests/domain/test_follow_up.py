"""Follow-up questions add up from the log, and stand as their term and their case do."""

from datetime import timedelta

import pytest

from assessor.domain import events as e
from assessor.domain.follow_up import FollowUp, FollowUpState, followed_up
from tests.domain.samples import NOW

DAY = timedelta(days=1)
ASKED = e.FollowUpAsked(
    follow_up_id="fol_1", reviewer="rev_1", item_id="sft-0", question="Why None there?", due_at=NOW + 5 * DAY
)
OTHER = ASKED.changed(follow_up_id="fol_2")
MORE = e.FollowUpExtended(follow_up_id="fol_1", due_at=NOW + 10 * DAY)
ANSWER = e.FollowUpAnswered(follow_up_id="fol_1", text="Because a list is shared.")


def after(*facts: e.FollowUpAsked | e.FollowUpExtended | e.FollowUpAnswered) -> tuple[FollowUp, ...]:
    questions: tuple[FollowUp, ...] = ()
    for day, fact in enumerate(facts):
        questions = followed_up(questions, NOW + day * DAY, fact)
    return questions


def test_questions_stand_in_the_order_in_which_they_were_asked() -> None:
    assert after(ASKED, OTHER) == (
        FollowUp("fol_1", "rev_1", "sft-0", "Why None there?", asked_at=NOW, due_at=NOW + 5 * DAY),
        FollowUp("fol_2", "rev_1", "sft-0", "Why None there?", asked_at=NOW + DAY, due_at=NOW + 5 * DAY),
    )


def test_an_answer_is_for_its_question_alone() -> None:
    first, second = after(ASKED, OTHER, ANSWER)

    assert (first.answer, first.answered_at) == ("Because a list is shared.", NOW + 2 * DAY)
    assert (second.answer, second.answered_at) == (None, None)


def test_more_time_is_to_be_had_twice() -> None:
    assert [after(ASKED, OTHER, *[MORE] * times)[0].may_be_extended for times in range(4)] == [
        True, True, False, False,
    ]  # fmt: skip
    first, second = after(ASKED, OTHER, MORE, MORE)
    assert (first.extensions, first.due_at) == (2, NOW + 10 * DAY)
    assert (second.extensions, second.due_at) == (0, NOW + 5 * DAY)


@pytest.mark.parametrize(
    ("facts", "days", "is_wanted", "state"),
    [
        ((ASKED,), 4.99, True, "waiting"),
        ((ASKED,), 5, True, "over"),
        ((ASKED, MORE), 9.99, True, "waiting"),
        ((ASKED,), 1, False, "not_needed"),
        ((ASKED, ANSWER), 99, True, "answered"),
        ((ASKED, ANSWER), 99, False, "answered"),
    ],
)
def test_how_a_question_stands(
    facts: tuple[e.FollowUpAsked], days: float, state: FollowUpState, *, is_wanted: bool
) -> None:
    (one,) = after(*facts)

    assert one.state(NOW + days * DAY, is_wanted=is_wanted) == state
