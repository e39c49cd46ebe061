"""Minutes: how long candidates took for each item, as far as the log tells."""

from collections.abc import Iterable
from datetime import datetime

from assessor.domain import events as e


def minutes_taken(log: Iterable[e.Event]) -> dict[str, float]:
    """Return minutes by item.

    A question takes from when it was asked to the last answer to it. A task takes from what was handed in
    before it (or the end of the interview) to when it was first handed in; who goes back and forth between
    tasks is told too coarsely, so read medians. Pauses are left out.
    """
    clock = _Clock()
    for event in log:
        clock.see(event)
    return {item: seconds / 60 for item, seconds in clock.seconds.items()}


class _Clock:
    """Goes through a log once. Stands still during pauses."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._since = 0.0
        self._paused = 0.0
        self._paused_at: datetime | None = None
        self._start: datetime | None = None

    def see(self, event: e.Event) -> None:
        """Take one event into account."""
        now = self._worked(event.at)
        match event.fact:
            case e.AssessmentStarted():
                self._start, self._since = event.at, 0.0
            case e.AssessmentPaused():
                self._paused_at = event.at
            case e.AssessmentResumed() if self._paused_at is not None:
                self._paused += (event.at - self._paused_at).total_seconds()
                self._paused_at = None
            case e.InterviewerMessage(kind="core", item_id=str(item)):
                self._asked.setdefault(item, now)
            case e.CandidateMessage(item_id=str(item)) if item in self._asked:
                self.seconds[item] = now - self._asked[item]
            case e.InterviewFinished():
                self._since = now
            case e.ResponseHandedIn(item_id=item):
                self.seconds.setdefault(item, now - self._since)
                self._since = now
            case _:
                pass

    def _worked(self, at: datetime) -> float:
        """Seconds from the beginning without pauses."""
        return 0.0 if self._start is None else (at - self._start).total_seconds() - self._paused
