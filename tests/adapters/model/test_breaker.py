"""The circuit breaker, on a clock that the tests turn."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from assessor.adapters.model.breaker import Breaker


@dataclass
class Hand:
    at: float = 100.0

    def __call__(self) -> float:
        return self.at


def breaker(hand: Hand) -> Breaker:
    return Breaker(faults=3, cool_down_seconds=10, now=hand)


def opened(hand: Hand) -> Breaker:
    opened = breaker(hand)
    for _ in range(3):
        assert opened.admit()
        opened.failed()
    return opened


def test_faults_in_a_row_open_it_and_then_nobody_passes() -> None:
    tripped = opened(Hand())

    assert tripped.is_open
    assert not tripped.admit()


def test_a_success_in_between_starts_the_count_again() -> None:
    counting = breaker(Hand())
    for outcome in (counting.failed, counting.failed, counting.succeeded, counting.failed, counting.failed):
        assert counting.admit()
        outcome()

    assert counting.admit()


def test_after_the_cool_down_one_call_may_try_and_the_others_wait_for_it() -> None:
    hand = Hand()
    tripped = opened(hand)

    hand.at += 10

    assert tripped.admit()
    assert not tripped.admit()


def test_the_trial_that_succeeds_lets_everybody_in() -> None:
    hand = Hand()
    tripped = opened(hand)
    hand.at += 10
    tripped.admit()

    tripped.succeeded()

    assert tripped.admit()
    assert tripped.admit()


def test_the_trial_that_fails_starts_another_cool_down() -> None:
    hand = Hand()
    tripped = opened(hand)
    hand.at += 10
    tripped.admit()

    tripped.failed()

    hand.at += 9
    assert not tripped.admit()
    hand.at += 1
    assert tripped.admit()


def test_a_trial_that_nobody_waited_for_leaves_room_for_another() -> None:
    hand = Hand()
    tripped = opened(hand)
    hand.at += 10
    tripped.admit()

    tripped.abandoned()

    assert tripped.admit()


@given(st.lists(st.sampled_from(["failed", "succeeded", "abandoned"]), max_size=40))
def test_it_never_stays_shut_for_longer_than_the_cool_down_while_nobody_tries(outcomes: list[str]) -> None:
    hand = Hand()
    tried = breaker(hand)
    for outcome in outcomes:
        if tried.admit():
            getattr(tried, outcome)()

    hand.at += 10

    assert tried.admit()
