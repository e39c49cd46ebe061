"""What becomes of a criterion after its first reading: settled, or read again until enough readings agree."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from assessor.domain.score import Unscored
from assessor.scoring.judge.hearing import Heard, Opinion

AGREEING = 2
"""Readings that settle a criterion."""
FRESH = 2
"""Readings beside the first one, each in a call of its own."""

_NO_MORE = frozenset({Unscored.MODEL_UNAVAILABLE, Unscored.BUDGET_EXHAUSTED})
"""Reasons for which another reading cannot be had now. All others are readings that say nothing."""


@dataclass(frozen=True)
class Settled:
    """An opinion that stands, and whether it took the second model."""

    opinion: Opinion
    by_second: bool = False


Reading = Callable[[int], Awaitable[Heard]]
"""Reads the criterion afresh; the number tells the readings apart."""


def needs_more(opinion: Opinion, *, addressed: bool) -> bool:
    """Whether one reading is not enough: it is uncertain, or credits work that speaks to the grader."""
    if opinion.verdict == "cannot_assess":
        return False
    return not opinion.is_certain or (addressed and opinion.vote is True)


async def settle(
    first: Opinion, again: Reading, second: Callable[[], Awaitable[Heard]] | None, *, addressed: bool
) -> Settled | Unscored:
    """Read afresh until two readings agree; then ask the second model, which must agree with one of them.

    What speaks to the grader never gains by this: without credit at first there is none later.
    """
    readings = [first]
    for number in range(1, FRESH + 1):
        heard = await again(number)
        if heard in _NO_MORE and isinstance(heard, Unscored):
            return heard
        if isinstance(heard, Opinion):
            readings.append(heard)
        if (agreed := _agreed(readings)) is not None:
            return _unless_gained(Settled(agreed), first, addressed=addressed)
    heard = await second() if second else Unscored.JUDGES_DISAGREE
    if (
        isinstance(heard, Opinion)
        and heard.is_certain
        and heard.vote in {one.vote for one in readings} - {None}
    ):
        return _unless_gained(Settled(heard, by_second=True), first, addressed=addressed)
    return heard if isinstance(heard, Unscored) and heard in _NO_MORE else Unscored.JUDGES_DISAGREE


def _agreed(readings: list[Opinion]) -> Opinion | None:
    for vote in (True, False):
        alike = [one for one in readings if one.vote is vote]
        if len(alike) >= AGREEING:
            return alike[0]
    return None


def _unless_gained(settled: Settled, first: Opinion, *, addressed: bool) -> Settled | Unscored:
    gained = settled.opinion.vote is True and first.vote is not True
    return Unscored.JUDGES_DISAGREE if addressed and gained else settled
