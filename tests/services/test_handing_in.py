"""Handing in what was submitted: once, and again when something has happened to it since."""

from dataclasses import dataclass, field

import pytest

from assessor.services.handing_in import HandingIn
from tests.services import attempts
from tests.world import World

pytestmark = pytest.mark.anyio


@dataclass
class Line:
    """A job engine whose workers are busy with others."""

    handed_in: list[tuple[str, int]] = field(default_factory=list)
    failed: int = 0

    async def score(self, _tenant: str, assessment_id: str, round_: int) -> None:
        self.handed_in.append((assessment_id, round_))

    async def forget_failed(self) -> int:
        failed, self.failed = self.failed, 0
        return failed


async def test_a_backlog_is_handed_in_once_and_not_each_minute(world: World) -> None:
    world.jobs.workflow = None  # no worker runs
    waiting = [(await attempts.submitted(world, number)).id for number in (1, 2)]
    line = Line()
    handing_in = HandingIn(world.store, world.scoring, line)

    counts = [await handing_in.hand_in() for _ in range(3)]

    assert counts == [2, 0, 0]
    assert line.handed_in == [(one, 1) for one in waiting]


async def test_what_has_gone_on_or_failed_is_handed_in_again(world: World) -> None:
    world.jobs.workflow = None
    waiting = (await attempts.submitted(world, 1)).id
    line = Line()
    handing_in = HandingIn(world.store, world.scoring, line)
    await handing_in.hand_in()

    await world.scoring.begin(waiting)
    moved = await handing_in.hand_in()
    line.failed = 1
    failed = await handing_in.hand_in()

    assert (moved, failed, await handing_in.hand_in()) == (1, 1, 0)
