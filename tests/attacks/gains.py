"""What an attack can get, which is also what the table of `make attack` counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Gain(StrEnum):
    """A column of the table."""

    RAISED = "scores raised"
    FLIPPED = "verdicts flipped"
    LEAKED = "leaks"
    RAN = "scripts run"
    LEFT = "foreign requests"
    BROKEN = "otherwise broken"
    """A fault of ours, something done twice, a wrong reply, a payload that nobody here understands."""


@dataclass(frozen=True)
class Fault:
    """One thing that went wrong."""

    gain: Gain
    told: str

    def __str__(self) -> str:
        return self.told


def broken(told: Iterable[str]) -> list[Fault]:
    """Return these as faults of the last kind."""
    return [Fault(Gain.BROKEN, one) for one in told]
