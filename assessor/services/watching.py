"""Watching a calibrated judge: gold responses are read again, and a judge that agrees less is stopped.

Gold responses are labelled ones that the judge reads afresh, every day or whenever wanted. What it is off
by is added to what was seen since its calibration; when the running test falls, the calibration holds no
more, and what it scores waits for people until it has been calibrated anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessor.domain.calibration import Alarm, Calibration, Family, Standing, alarm, judged_levels
from assessor.domain.events import ModelReplied
from assessor.ports import Calibrations, Clock, Stopped
from assessor.scoring.labelled import Labelled
from assessor.services.calibrating import Calibrating, Place, Progress, Read, by_family, case_of


@dataclass(frozen=True)
class Watched:
    """What became of one family. Without a calibration that stands there is nothing to compare with."""

    family: Family
    language: str
    calibration_id: str | None
    read: int
    """Gold responses of this run."""
    since: int
    """Gold responses since the calibration, this run's among them."""
    alarm: Alarm | None = None
    after: int | None = None


class Afresh:
    """Replies that are neither looked up nor kept: a judge that drifted would hide behind its old ones."""

    def of(self, response: str) -> Mapping[str, ModelReplied]:  # noqa: ARG002 - whatever is asked
        """Return nothing."""
        return {}

    async def keep(self, response: str, replied: ModelReplied) -> None:
        """Keep nothing."""


class Watching:
    """Compares a judge with what it was when it was calibrated."""

    def __init__(self, calibrating: Calibrating, ledger: Calibrations, clock: Clock) -> None:
        self.calibrating = calibrating
        self._ledger = ledger
        self._clock = clock

    async def watch(
        self, gold: Sequence[Labelled], progress: Progress = lambda _done, _all: None
    ) -> tuple[Watched, ...]:
        """Read gold responses, note the errors, and stop each calibration that falls.

        What the model could not be asked about tells nothing, and is left out. Raises Conflict without a
        judge.
        """
        read = await self.calibrating.read(gold, Afresh(), progress)
        standing = [one for one in await self._ledger.standings() if self.calibrating.is_of_this_judge(one)]
        calibrations = {one.calibration.id: one.calibration for one in await self._ledger.ledger()}
        return tuple(
            [
                await self._compared(place, part, standing, calibrations)
                for place, part in by_family(read).items()
            ]
        )

    async def _compared(
        self,
        place: Place,
        read: Sequence[Read],
        standing: Sequence[Standing],
        calibrations: Mapping[str, Calibration],
    ) -> Watched:
        category, competency, language = place
        family = Family.model_validate({"category": category, "competency": competency})
        held = next((one for one in standing if (one.family, one.language) == (family, language)), None)
        cases = [case_of(one, competency) for one in read]
        errors = [float(judge - person) for _, person, judge in judged_levels(cases)]
        if held is None:
            return Watched(family, language, None, len(errors), 0)
        now = self._clock.now()
        await self._ledger.add_gold_errors(held.calibration_id, errors, now)
        since = await self._ledger.gold_errors(held.calibration_id)
        fallen = alarm(since, calibrations[held.calibration_id].drift)
        if fallen is None:
            return Watched(family, language, held.calibration_id, len(errors), len(since))
        await self._ledger.stop_calibration(held.calibration_id, Stopped(now, *fallen))
        return Watched(family, language, held.calibration_id, len(errors), len(since), *fallen)
