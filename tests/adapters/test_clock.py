"""A clock that follows the machine's, and not its jumps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from assessor.adapters.clock import SteadyClock, SystemClock
from tests.world import START

HOUR = timedelta(hours=1)
STEPS = [HOUR, -HOUR, timedelta(days=1), timedelta(days=-1)]


@dataclass
class Machine:
    """A machine whose clock can be set."""

    wall: datetime = START
    running: float = 100.0

    def runs(self, span: timedelta) -> None:
        self.wall += span
        self.running += span.total_seconds()

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.running)


@pytest.mark.parametrize("step", STEPS)
def test_a_clock_that_is_set_goes_on_evenly_and_is_told_once(step: timedelta) -> None:
    machine = Machine()
    clock = machine.clock()
    with capture_logs() as logs:
        machine.wall += step
        times = []
        for _ in range(3):
            machine.runs(HOUR)
            times.append(clock.now())

    assert times == [START + HOUR, START + 2 * HOUR, START + 3 * HOUR]
    assert clock.jump == step
    assert [one["seconds"] for one in logs if one["log_level"] == "error"] == [step.total_seconds()]


@pytest.mark.parametrize("step", STEPS)
def test_a_clock_that_is_set_back_to_what_it_was_is_followed_again(step: timedelta) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += step
    clock.now()

    machine.wall -= step
    machine.runs(HOUR)

    assert (clock.now(), clock.jump) == (machine.wall, timedelta(0))


def test_what_a_time_service_corrects_by_degrees_is_followed() -> None:
    machine = Machine()
    clock = machine.clock()

    for _ in range(100):
        machine.runs(timedelta(minutes=10))
        machine.wall += timedelta(seconds=1)
        assert clock.now() == machine.wall


def test_a_machine_that_slept_is_no_jump() -> None:
    machine = Machine()
    clock = machine.clock()

    machine.runs(timedelta(days=3))

    assert (clock.now(), clock.jump) == (START + timedelta(days=3), timedelta(0))


def test_the_clock_of_the_system_is_where_it_should_be() -> None:
    clock = SystemClock()

    assert clock.now() <= clock.now()
    assert clock.now().utcoffset() == clock.jump == timedelta(0)
