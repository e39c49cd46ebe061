"""The soak tells growth from noise, and its service runs."""

import random
from pathlib import Path

import pytest

from tests.soak.judging import judged
from tests.soak.probing import Window
from tests.soak.report import text_of
from tests.soak.running import Pace, Soaked, soak
from tests.soak.trend import slope_of
from tests.soak.yardstick import yardstick_ms

NAMES = ("web-1", "worker-1")
ALLOWED = 30


def windows(
    count: int = 30, *, leak_mb: float = 0, slower_ms: float = 0, busier: float = 0, seed: int = 1
) -> list[Window]:
    """Half-minutes of a service that does the same all the time, but for what is said."""
    chance = random.Random(seed)

    def around(value: float, share: float) -> float:
        return value * (1 + chance.uniform(-share, share))

    def busy(value: float, number: int) -> float:
        """Return what something takes on a machine that others use more and more."""
        return value * (1 + busier * number)

    return [
        Window(
            minute=(number + 1) / 2,
            lives=4,
            requests=300,
            p50_ms=busy(around(20, 0.2) + slower_ms * number, number),
            p95_ms=busy(around(60, 0.3) + slower_ms * number, number),
            cpu_ms=busy(around(12, 0.1), number),
            yardstick_ms=busy(around(5, 0.05), number),
            connections=ALLOWED,
            load=1.5,
            memory_mb={"web-1": around(180, 0.002), "worker-1": around(190, 0.002) + leak_mb * number},
            files=dict.fromkeys(NAMES, 40),
        )
        for number in range(count)
    ]


def growing(found: list[Window]) -> list[str]:
    return [one.what for one in judged(found) if one.grows]


def test_a_line_has_its_slope_and_no_doubt() -> None:
    slope = slope_of([(number, 3.0 + 2 * number) for number in range(12)])

    assert (slope.value, slope.low, slope.high) == (2, 2, 2)


def test_the_interval_is_that_of_the_ranks_and_no_outlier_moves_it_far() -> None:
    line = [(float(number), float(number % 2)) for number in range(20)]
    spoiled = [*line[:-1], (19.0, 1000.0)]

    even, one_is_wrong = slope_of(line), slope_of(spoiled)

    assert even.low <= 0 <= even.high
    assert abs(one_is_wrong.value) < 0.1


def test_two_points_have_no_slope() -> None:
    with pytest.raises(ValueError, match="three points"):
        slope_of([(0, 1), (1, 2)])


@pytest.mark.parametrize("seed", range(20))
def test_what_only_swings_does_not_grow(seed: int) -> None:
    assert growing(windows(seed=seed)) == []


def test_a_leak_of_one_process_is_named() -> None:
    assert growing(windows(leak_mb=0.5)) == ["MB of worker-1"]


def test_requests_that_take_longer_and_longer_are_named() -> None:
    slower = ["p50 of a request, in yardsticks", "p95 of a request, in yardsticks"]

    assert growing(windows(slower_ms=1)) == slower
    assert growing(windows(slower_ms=1, busier=0.02)) == slower


@pytest.mark.parametrize("seed", range(20))
def test_a_machine_that_others_use_more_and_more_is_not_blamed_on_the_service(seed: int) -> None:
    assert growing(windows(busier=0.02, seed=seed)) == []


def test_the_yardstick_is_work() -> None:
    assert yardstick_ms() > 0


def test_a_soak_in_which_something_grew_is_not_sound_and_its_tables_say_what() -> None:
    leaking, steady = windows(leak_mb=0.5), windows()

    bad = Soaked(Pace(15), leaking, judged(leaking), 120, ALLOWED)
    good = Soaked(Pace(15), steady, judged(steady), 120, ALLOWED)

    assert (bad.is_sound, good.is_sound) == (False, True)
    assert [line for line in text_of(bad).splitlines() if "GROWS" in line and "worker-1" in line]
    assert "GROWS" not in text_of(good)


def test_a_soak_with_more_connections_than_are_allowed_is_not_sound_although_nothing_grows() -> None:
    steady = windows()

    found = Soaked(Pace(15), steady, judged(steady), 120, ALLOWED - 1)

    assert not found.is_sound
    assert f"{ALLOWED} of {ALLOWED - 1}" in text_of(found)


@pytest.mark.deep
async def test_a_short_soak_serves_whole_lives_and_reads_every_process(tmp_path: Path) -> None:
    pace = Pace(0.6, window_seconds=6, people=3, pause_seconds=0.05, warm_up_minutes=0.2)

    found = await soak(tmp_path, pace, lambda _line: None)

    assert found.finished >= 3
    assert found.damage.is_none, found.damage
    assert len(found.windows) == pace.warm_up + pace.windows
    assert all(len(one.memory_mb) == len(one.files) == 4 for one in found.windows)
    assert all(one.connections > 0 and one.p95_ms >= one.p50_ms > 0 for one in found.windows)
