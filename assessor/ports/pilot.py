"""Where pilots stand."""

from typing import Protocol

from assessor.domain.pilot import StageChange
from assessor.domain.policy import Stage
from assessor.ports.calibration import Standings


class Stages(Protocol):
    """Where pilots stand now."""

    async def stage_of(self, tenant: str, track: str, region: str | None) -> Stage | None:
        """Return the stage that holds for an order: the region's, else the track's, else None."""
        ...


class Pilots(Standings, Stages, Protocol):
    """The stages of all pilots, with who changed them and why. Nothing in it is ever changed."""

    async def stages(self, tenant: str | None = None) -> tuple[StageChange, ...]:
        """Return what holds, of one platform or of all: one for each track and region that has any."""
        ...

    async def stage_history(self, tenant: str | None = None) -> tuple[StageChange, ...]:
        """Return every change, the newest first."""
        ...

    async def change_stage(self, change: StageChange, only_from: Stage | None = None) -> bool:
        """Add a change. With `only_from`, only where that stage holds; return whether it was added.

        Raises NotFound for an unknown tenant.
        """
        ...
