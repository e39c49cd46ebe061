"""An item that has become known: how soon it is noticed, and how often one that has not is taken for it."""

import math
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import NormalDist, fmean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.item_health import Alarm, Answer, alarms, health_of
from assessor.domain.item_health.compromise import LIMITS, deviates, normal_of_t, running_sums
from tests.scoring.works import RANKING

FIRST = datetime(2026, 9, 1, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "items.md"
SERIES = 100
FINITE = st.floats(-5, 5).map(lambda value: round(value, 3))


def answer(number: int, score: float, rest: float, minutes: float | None = None) -> Answer:
    return Answer("rank-1", score, rest, 0.0, np.zeros(1), (), minutes, FIRST + timedelta(hours=number))


def answers(
    dice: random.Random, count: int, easy: float = 0.5, *, known_to: float = 0.0, since: int = 0
) -> list[Answer]:
    """An item that is right or wrong, and of use: known to a share of the candidates from some moment on."""
    found = []
    for number in range(count):
        ability = dice.gauss(0, 0.8)
        reached = 1 / (1 + math.exp(-1.7 * ability - math.log(easy / (1 - easy))))
        told = number >= since and dice.random() < known_to
        right = told or dice.random() < reached
        minutes = math.exp(dice.gauss(1.6, 0.5)) * (0.5 if told else 1.0)
        found.append(answer(number, float(right), ability + dice.gauss(0, 0.4), minutes))
    return found


# How it is worked out


@given(st.lists(FINITE, min_size=25, max_size=40))
def test_at_one_ability_the_deviates_are_those_of_hawkins(values: list[float]) -> None:
    """Hawkins 1987: T = sqrt((n - 1) / n) (x - mean) / s of the n - 1 before it; here on one degree less."""
    *earlier, last = values
    if stdev(earlier) < 0.01:
        return

    *_, found = deviates(values, [0.0] * len(values))

    before = len(earlier)
    t = math.sqrt(before / (before + 1)) * (last - fmean(earlier)) / stdev(earlier)
    t *= math.sqrt((before - 2) / (before - 1))  # the line has a slope as well
    assert found == pytest.approx(normal_of_t(t, before - 2), abs=1e-6)


@given(st.lists(st.tuples(FINITE, FINITE), min_size=22, max_size=40))
def test_the_forecast_error_is_that_of_a_line_fitted_anew(pairs: list[tuple[float, float]]) -> None:
    *earlier, (ability, value) = pairs
    across, down = (np.array(side) for side in zip(*earlier, strict=True))
    if across.std() < 0.1:
        return
    (slope, height), (squares,), *_ = np.polyfit(across, down, 1, full=True)
    if squares < 0.01:
        return

    *_, found = deviates([one for _, one in pairs], [one for one, _ in pairs])

    freedom = len(earlier) - 2
    off = ability - across.mean()
    spread = 1 + 1 / len(earlier) + off**2 / ((across - across.mean()) ** 2).sum()
    t = (value - height - slope * ability) / math.sqrt(spread * squares / freedom)
    assert found == pytest.approx(normal_of_t(t, freedom), abs=1e-5)


@pytest.mark.parametrize(
    ("t", "freedom", "exceeded"),
    [(2.101, 18, 0.025), (2.552, 18, 0.01), (1.984, 100, 0.025), (1.660, 100, 0.05)],
)
def test_a_t_becomes_the_normal_that_tables_give(t: float, freedom: int, exceeded: float) -> None:
    expected = NormalDist().inv_cdf(1 - exceeded)

    assert normal_of_t(t, freedom) == pytest.approx(expected, abs=0.005)
    assert normal_of_t(-t, freedom) == pytest.approx(-expected, abs=0.005)


def test_in_an_item_that_does_not_change_the_deviates_are_standard_normal() -> None:
    dice = random.Random(2)
    rest = [dice.gauss(0, 1) for _ in range(2000)]

    found = list(deviates([0.4 + 0.1 * one + dice.gauss(0, 0.2) for one in rest], rest))[LIMITS.least :]

    assert fmean(found) == pytest.approx(0, abs=0.08)
    assert stdev(found) == pytest.approx(1, abs=0.06)


def test_one_surprise_counts_for_no_more_than_others() -> None:
    assert list(running_sums([100.0])) == [LIMITS.most - LIMITS.slack]


@given(st.lists(FINITE, max_size=60))
def test_the_sum_never_falls_below_nothing(told: list[float]) -> None:
    assert all(reached >= 0 for reached in running_sums(told))


# What follows


def test_an_item_that_becomes_known_is_noticed_with_when_it_began() -> None:
    known = answers(random.Random(3), 300, known_to=0.8, since=150)

    (easier, quicker) = alarms(known)

    assert (easier.change, quicker.change) == ("easier", "quicker")
    for found in (easier, quicker):
        assert 150 < found.answers < 230
        assert abs(found.since - known[150].at) < timedelta(hours=25)  # type: ignore[operator]
        assert found.at == known[found.answers - 1].at


def test_the_order_is_that_of_time_and_not_that_of_reading() -> None:
    known = answers(random.Random(3), 300, known_to=0.8, since=150)

    assert alarms(reversed(known)) == alarms(known)


def test_abler_candidates_and_harder_or_slower_items_are_no_alarm() -> None:
    dice = random.Random(4)
    steady = [answer(n, 0.5 + 0.1 * rest + dice.gauss(0, 0.1), rest) for n, rest in _abler(dice)]
    harder = [answer(n, dice.random() * (1 if n < 150 else 0.4), 0.0, 3.0 + (n > 150)) for n in range(300)]

    assert alarms(steady) == ()
    assert alarms(harder) == ()


def _abler(dice: random.Random) -> Sequence[tuple[int, float]]:
    return [(number, dice.gauss(1.5 * (number >= 150), 1)) for number in range(300)]


def test_few_answers_the_same_answers_and_answers_without_a_day_are_no_alarm() -> None:
    few = [answer(n, float(n > 5), 0.0, 1.0) for n in range(LIMITS.least)]
    same = [answer(n, 1.0, n / 10, 2.0) for n in range(200)]
    undated = [Answer("rank-1", float(n > 100), 0.0, 0.0, np.zeros(1)) for n in range(200)]

    assert [alarms(one) for one in (few, same, undated, [])] == [()] * 4


def test_an_alarm_leaves_what_is_said_of_the_item_as_it_was() -> None:
    known = answers(random.Random(3), 300, known_to=0.8, since=150)
    undated = [Answer("rank-1", one.score, one.rest, 0.0, one.shifts, (), one.minutes) for one in known]

    found, without = health_of(RANKING, known), health_of(RANKING, undated)

    assert found.alarms
    assert found.changed(alarms=(), drift=without.drift) == without


# Measured, as the documentation states it


@pytest.mark.parametrize("easy", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_of_items_that_do_not_change_few_are_taken_for_known(easy: float) -> None:
    dice = random.Random(round(easy * 10))

    wrong = [alarms(answers(dice, 500, easy)) for _ in range(SERIES)]

    assert sum(bool(one) for one in wrong) <= 0.05 * SERIES


@pytest.mark.parametrize(
    ("easy", "known_to", "least"), [(0.3, 0.5, 0.9), (0.5, 0.5, 0.7), (0.5, 0.8, 0.97), (0.3, 0.3, 0.45)]
)
def test_within_a_hundred_answers_most_that_become_known_are_noticed(
    easy: float, known_to: float, least: float
) -> None:
    dice = random.Random(7)

    found = [alarms(answers(dice, 300, easy, known_to=known_to, since=200)) for _ in range(SERIES)]

    in_time = sum(any(one.answers > 200 for one in each) for each in found)
    assert in_time >= least * SERIES


def test_the_average_run_length_is_what_the_page_says() -> None:
    """Brook & Evans 1972, Biometrika 59, 539-549: the sum as a Markov chain in steps of its bound."""
    rows = [line.split("|") for line in PAGE.read_text("utf-8").splitlines() if " σ | " in line]

    stated = {float(cells[1].split()[0]): float(cells[2].replace(" ", "")) for cells in rows}

    assert set(stated) == {0.0, 0.25, 0.5, 0.75, 1.0}
    for shift, length in stated.items():
        assert run_length(shift) == pytest.approx(length, rel=0.02)


def run_length(shift: float, states: int = 400) -> float:
    """Answers until the alarm, on average, of deviates around `shift`."""
    step = LIMITS.bound / (states - 0.5)
    normal = NormalDist(shift)
    reach = [LIMITS.slack + step * (change + 0.5) for change in range(-states, states)]
    below = np.array([1.0 if one >= LIMITS.most else normal.cdf(one) for one in reach])
    places = np.arange(states)
    up = below[places[None, :] - places[:, None] + states]
    down = below[places[None, :] - places[:, None] + states - 1]
    moves = np.where(places[None, :] == 0, up, up - down)
    return float(np.linalg.solve(np.eye(states) - moves, np.ones(states))[0])


def test_an_alarm_is_told_as_numbers_and_days_alone() -> None:
    assert set(Alarm.model_fields) == {"change", "since", "at", "answers"}
