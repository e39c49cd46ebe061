"""Fixed windows of tries, to the second."""

import pytest

from assessor.web.throttle import MAX_KEPT, Throttle, TooManyTries


class Watch:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def throttle(limit: int = 2, seconds: float = 600) -> tuple[Throttle, Watch]:
    watch = Watch()
    return Throttle(limit, seconds, watch), watch


def test_a_window_begins_with_the_first_try_and_ends_to_the_second() -> None:
    found, watch = throttle()
    found.count("a")
    watch.at += 100
    found.count("a")

    watch.at += 499
    with pytest.raises(TooManyTries) as refused:
        found.require_left("a")
    assert refused.value.retry_after == 1
    watch.at += 1

    found.count("a")
    found.count("a")
    with pytest.raises(TooManyTries) as refused:
        found.count("a")
    assert refused.value.retry_after == 600


def test_a_part_of_a_second_is_told_as_a_whole_one() -> None:
    found, watch = throttle(1, 10)
    found.count("a")

    watch.at += 7.5
    with pytest.raises(TooManyTries) as refused:
        found.count("a")
    assert refused.value.retry_after == 3
    watch.at += 2.25
    with pytest.raises(TooManyTries) as refused:
        found.count("a")
    assert refused.value.retry_after == 1


def test_of_several_names_the_longest_wait_is_told_and_none_is_counted() -> None:
    found, watch = throttle(1)
    found.count("address")
    watch.at += 60
    found.count("account")

    with pytest.raises(TooManyTries) as refused:
        found.count("new", "address", "account")

    assert refused.value.retry_after == 600
    found.count("new")


def test_each_of_several_names_is_counted() -> None:
    found, _ = throttle(1)

    found.count("address", "account")

    for name in ("address", "account"):
        with pytest.raises(TooManyTries):
            found.require_left(name)
    found.require_left("another")


def test_to_ask_what_is_left_counts_nothing() -> None:
    found, _ = throttle(1)

    for _ in range(3):
        found.require_left("a")

    assert found.is_idle
    found.count("a")
    assert not found.is_idle


def test_whoever_is_forgiven_begins_anew_and_nobody_else_does() -> None:
    found, _ = throttle(1)
    found.count("a", "b")

    found.forgive("a")
    found.forgive("never seen")

    found.count("a")
    with pytest.raises(TooManyTries):
        found.count("b")
    found.forget()
    assert found.is_idle


def test_windows_that_have_ended_are_let_go() -> None:
    found, watch = throttle()
    found.count("a")
    watch.at += 1
    found.count("b")

    watch.at += 599
    found.require_left()

    assert not found.is_idle
    watch.at += 1
    found.require_left()
    assert found.is_idle


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(1, "1 minute,"), (60, "1 minute,"), (61, "2 minutes,"), (600, "10 minutes,")],
)
def test_the_wait_is_told_in_minutes(seconds: int, told: str) -> None:
    assert str(TooManyTries(seconds)) == f"There were too many tries. Wait {told} then try again."


def test_made_up_names_do_not_fill_the_memory() -> None:
    throttle = Throttle(2, 600)

    for number in range(MAX_KEPT + 50):
        throttle.count(f"name {number}")

    assert len(throttle._windows) <= MAX_KEPT


def test_a_refused_try_pushes_nobody_out() -> None:
    throttle = Throttle(1, 600)
    throttle.count("address")

    for number in range(MAX_KEPT + 50):
        with pytest.raises(TooManyTries):
            throttle.count("address", f"name {number}")

    assert list(throttle._windows) == ["address"]
