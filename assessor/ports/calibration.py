"""What is kept of how well judges agree with people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.calibration import Alarm, Calibration, Standing
from assessor.domain.events import ModelReplied
from assessor.domain.quality import Pair


@dataclass(frozen=True)
class Stopped:
    """Since when a calibration holds no more, and what the judge has become."""

    at: datetime
    alarm: Alarm
    after: int
    """Gold responses since it was measured."""


@dataclass(frozen=True)
class Entry:
    """One line of the agreement ledger."""

    calibration: Calibration
    stopped: Stopped | None
    gold: int
    """Gold responses that were read again since."""


class Standings(Protocol):
    """What issuing a verdict asks of the ledger."""

    async def standings(self) -> tuple[Standing, ...]:
        """Return the calibrations that stand now, one for each judge, prompts, family and language."""
        ...


class Calibrations(Standings, Protocol):
    """The agreement ledger. Nothing in it is ever changed, but that a calibration is stopped once."""

    async def add_calibrations(self, calibrations: Sequence[Calibration]) -> None:
        """Add them in one transaction. Adding one that is there already changes nothing."""
        ...

    async def ledger(self) -> tuple[Entry, ...]:
        """Return every calibration, the newest first."""
        ...

    async def add_gold_errors(self, calibration_id: str, errors: Sequence[float], at: datetime) -> None:
        """Add what a judge's levels were off by, in the order of the gold responses."""
        ...

    async def gold_errors(self, calibration_id: str) -> tuple[float, ...]:
        """Return all errors since the calibration, the oldest first."""
        ...

    async def quality_levels(self) -> Mapping[str, tuple[Pair, ...]]:
        """Return what second looks found, by calibration: the newest first, as many as count."""
        ...

    async def stop_calibration(self, calibration_id: str, stopped: Stopped) -> None:
        """Note that it holds no more. Stopping twice keeps the first."""
        ...


class Replies(Protocol):
    """Replies of judges about labelled responses, kept so that none is paid for twice."""

    def of(self, response: str) -> Mapping[str, ModelReplied]:
        """Return what was said about one response, by request hash."""
        ...

    async def keep(self, response: str, replied: ModelReplied) -> None:
        """Keep one. When it returns, the reply is on disk."""
        ...
