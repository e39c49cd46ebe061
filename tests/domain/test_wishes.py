"""What is given at once to whoever asks, and what waits for the platform."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.accommodation import Accommodation
from assessor.domain.policy import Policy
from assessor.domain.wishes import Answer, Asked, AtOnce, Wish, is_met

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TIME = (Wish.EXTRA_TIME_25, Wish.EXTRA_TIME_50, Wish.EXTRA_TIME_100)


def asked(*wishes: Wish, answer: Answer | None = None) -> Asked:
    return Asked(seq=7, at=NOW, wishes=wishes, note="", answer=answer)


@pytest.mark.parametrize(
    ("wish", "gives", "minutes", "waits"),
    [
        (Wish.EXTRA_TIME_25, 1.25, 0, False),
        (Wish.EXTRA_TIME_50, 1.5, 0, False),
        (Wish.EXTRA_TIME_100, 1.5, 0, True),
        (Wish.BREAKS, 1.0, 30, False),
        (Wish.TEXT_ONLY, 1.0, 0, False),
        (Wish.LARGER_TEXT, 1.0, 0, False),
        (Wish.SCREEN_READER, 1.0, 0, False),
        (Wish.OTHER, 1.0, 0, True),
    ],
)
def test_the_default_policy_gives_half_as_much_time_again_and_breaks_at_once(
    *, wish: Wish, gives: float, minutes: int, waits: bool
) -> None:
    terms = Policy().at_once.over(Accommodation(), (wish,))

    assert (terms.time_factor, terms.extra_break_minutes) == (gives, minutes)
    assert bool(asked(wish).waiting(terms)) is waits


def test_a_policy_that_gives_nothing_by_itself_leaves_everything_to_the_platform() -> None:
    nothing = AtOnce(time_factor=1, extra_break_minutes=0)

    terms = nothing.over(Accommodation(), (Wish.EXTRA_TIME_25, Wish.BREAKS))

    assert terms == Accommodation()
    assert asked(Wish.EXTRA_TIME_25, Wish.BREAKS).waiting(terms) == (Wish.EXTRA_TIME_25, Wish.BREAKS)


def test_an_answer_ends_the_waiting_whatever_it_says() -> None:
    answered = asked(Wish.OTHER, answer=Answer(is_granted=False, told="Next week.", at=NOW))

    assert answered.waiting(Accommodation()) == ()


def test_without_a_limit_every_wish_for_time_is_met() -> None:
    untimed = Accommodation(untimed=True)

    assert all(is_met(wish, untimed) for wish in (*TIME, Wish.BREAKS))


@given(
    wishes=st.sets(st.sampled_from(Wish)),
    factor=st.floats(1, 4),
    minutes=st.integers(0, 480),
    at_once=st.builds(AtOnce, time_factor=st.floats(1, 4), extra_break_minutes=st.integers(0, 480)),
)
def test_asking_never_takes_anything_away(
    wishes: set[Wish], factor: float, minutes: int, at_once: AtOnce
) -> None:
    before = Accommodation(time_factor=factor, extra_break_minutes=minutes)

    after = at_once.over(before, wishes)

    assert after.takes_from(before) is None
    assert after.time_factor <= max(before.time_factor, at_once.time_factor)


def test_asking_for_the_same_again_is_no_new_request_until_it_was_answered() -> None:
    answer = Answer(is_granted=True, told="", at=NOW)

    assert asked(Wish.BREAKS).is_same([Wish.BREAKS], "")
    assert not asked(Wish.BREAKS).is_same([Wish.BREAKS], "Please.")
    assert not asked(Wish.BREAKS).is_same([Wish.OTHER], "")
    assert not asked(Wish.BREAKS, answer=answer).is_same([Wish.BREAKS], "")
