"""Gold responses, and the daily replays of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from assessor.domain.calibration import LabelRow


@dataclass(frozen=True)
class GoldRun:
    """One day's replay. Without an end it is under way, or was cut off."""

    day: date
    worker: str
    began_at: datetime
    ended_at: datetime | None = None
    wanted: int = 0
    """Gold responses that were to be read."""
    compared: int = 0
    """Comparisons that came of it: a response counts once in each family."""
    stopped: int = 0
    """Calibrations that fell."""
    failure: str | None = None


class GoldRuns(Protocol):
    """The replays so far."""

    async def claim_gold_run(self, run: GoldRun, cut_off_before: datetime) -> bool:
        """Begin a day's replay; return whether it is the caller's to do.

        It is when nobody began it, or when who began it before `cut_off_before` has not ended it.
        """
        ...

    async def end_gold_run(self, run: GoldRun) -> None:
        """Note how it ended, unless another worker has taken it over."""
        ...

    async def latest_gold_run(self) -> GoldRun | None: ...


class GoldCases(Protocol):
    """Labelled responses that an installation keeps for its daily replay."""

    async def are_kept(self) -> bool:
        """Whether there are any; quick to ask."""
        ...

    async def cases(self) -> Mapping[str, Sequence[LabelRow]]:
        """Return the labels by track; none where nothing is kept. Raises InvalidInput for a file of no
        known form."""
        ...
