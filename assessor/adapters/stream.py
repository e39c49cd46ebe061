"""The live stream inside one process."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from assessor.ports import TurnBuffer


class InProcessStream:
    """Buffers and watchers by assessment. All calls come from the one event loop.

    Each watcher has an event of its own, which goes when its context ends. (One condition for all
    raised "cannot wait on un-acquired lock" in a generator whose client had left.)
    """

    def __init__(self) -> None:
        self._buffers: dict[str, TurnBuffer] = {}
        self._watchers: dict[str, set[EventWatch]] = {}

    def begin(self, assessment_id: str, run: str) -> None:
        """Start a run with an empty buffer; an earlier run's words are void."""
        self._buffers[assessment_id] = TurnBuffer(run, "")
        self._wake(assessment_id)

    def write(self, assessment_id: str, run: str, text: str) -> None:
        """Add released words to the run's buffer. Words of a run that is over or replaced are void."""
        current = self._buffers.get(assessment_id)
        if current is None or current.run != run:
            return
        self._buffers[assessment_id] = TurnBuffer(run, current.text + text)
        self._wake(assessment_id)

    def committed(self, assessment_id: str) -> None:
        """Drop the buffer, wake the watchers: the log has something new."""
        self._buffers.pop(assessment_id, None)
        self._wake(assessment_id)

    def buffer(self, assessment_id: str) -> TurnBuffer | None:
        """Return the run's words so far, or None when nobody is speaking."""
        return self._buffers.get(assessment_id)

    @contextmanager
    def watch(self, assessment_id: str) -> Iterator["EventWatch"]:
        """Register a watcher from now on; it is dropped when the context ends."""
        watch = EventWatch()
        self._watchers.setdefault(assessment_id, set()).add(watch)
        try:
            yield watch
        finally:
            self._watchers[assessment_id].discard(watch)
            if not self._watchers[assessment_id]:
                del self._watchers[assessment_id]

    def wake_all(self, *, by_others: bool = False) -> None:
        """Wake every watcher."""
        for assessment_id in self._watchers:
            self._wake(assessment_id, by_others=by_others)

    def _wake(self, assessment_id: str, *, by_others: bool = False) -> None:
        for watch in self._watchers.get(assessment_id, ()):
            watch.wake(by_others=by_others)


class EventWatch:
    """One watcher. What happens between two waits is seen by the second."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._others_wrote = False

    def wake(self, *, by_others: bool = False) -> None:
        """Something happened."""
        self._others_wrote = self._others_wrote or by_others
        self._event.set()

    def others_wrote(self) -> bool:
        """Whether another process may have written to the log since this was asked last."""
        told, self._others_wrote = self._others_wrote, False
        return told

    async def wait(self, seconds: float) -> bool:
        """Wait until something happened since the last wait; False when nothing did in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        happened = self._event.is_set()
        self._event.clear()
        return happened
