"""Taking turns among processes: one speaks, the others wait, and step in when it dies."""

from collections.abc import Awaitable, Callable
from typing import Final

from assessor.crash_points import CrashPoint, reach
from assessor.domain.assessment import Assessment
from assessor.ports import Floor, Stream
from assessor.services.log import AssessmentLog

LOOK_AGAIN_SECONDS: Final = 1.0
"""How often a process that waits for another's turn looks whether that one still speaks."""

Speak = Callable[[Assessment], Awaitable[None]]


class TakingTurns:
    """Has a turn that is due run by one of the processes, and returns when it has."""

    def __init__(self, floor: Floor | None, stream: Stream, assessments: AssessmentLog) -> None:
        """`floor` None: no other process speaks."""
        self._floor = floor
        self._stream = stream
        self._assessments = assessments
        self._is_closed = False

    def close(self) -> None:
        """Begin no turn and wait for none any more: the other processes do."""
        self._is_closed = True

    async def see_through(
        self, assessment: Assessment, is_due: Callable[[Assessment], bool], speak: Speak
    ) -> None:
        """Speak, or wait until another process has spoken."""
        if self._floor is None:
            await speak(assessment)
            return
        with self._stream.watch(assessment.id) as watch:
            while is_due(assessment) and not self._is_closed:
                if await self._floor.take(assessment.id):
                    await self._speak(self._floor, assessment.id, is_due, speak)
                    return
                await watch.wait(LOOK_AGAIN_SECONDS)
                assessment = await self._assessments.load(assessment.id)

    async def _speak(
        self, floor: Floor, assessment_id: str, is_due: Callable[[Assessment], bool], speak: Speak
    ) -> None:
        try:
            reach(CrashPoint.FLOOR_TAKEN)
            # Whoever had the floor before may have spoken since the log was read.
            assessment = await self._assessments.load(assessment_id)
            if is_due(assessment):
                await speak(assessment)
        finally:
            await floor.leave(assessment_id)
