"""Words on their way to whoever watches."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class TurnBuffer:
    """The half-written utterance of one run: tokens are ephemeral."""

    run: str
    text: str


class Watch(Protocol):
    """One watcher. A wake-up between two waits is not lost."""

    async def wait(self, seconds: float) -> bool:
        """Wait until something happened since the last wait; False when nothing did in time."""
        ...

    def others_wrote(self) -> bool:
        """Whether another process may have written to the log since this was asked last."""
        ...


class Stream(Protocol):
    """Carries what happens in one assessment to whoever watches."""

    def begin(self, assessment_id: str, run: str) -> None:
        """Start a run with an empty buffer; an earlier run's words are void."""
        ...

    def write(self, assessment_id: str, run: str, text: str) -> None:
        """Add released words to the run's buffer and wake the watchers."""
        ...

    def committed(self, assessment_id: str) -> None:
        """Drop the buffer, wake the watchers: the log has something new."""
        ...

    def buffer(self, assessment_id: str) -> TurnBuffer | None:
        """Return the run's words so far, or None when nobody is speaking."""
        ...

    def watch(self, assessment_id: str) -> AbstractContextManager[Watch]:
        """Register a watcher from now on; it is dropped when the context ends."""
        ...

    def wake_all(self) -> None:
        """Wake every watcher."""
        ...


class Floor(Protocol):
    """Who speaks: of the processes that share a database, one at a time in an assessment."""

    async def take(self, assessment_id: str) -> bool:
        """Take it, unless another process has it. It is free again when the process that has it dies."""
        ...

    async def leave(self, assessment_id: str) -> None:
        """Let others have it."""
        ...
