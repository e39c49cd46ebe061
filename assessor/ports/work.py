"""Durable work, and the processes that do it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Worker:
    """A process that works on jobs.

    `executor_id` is its stable name, `incarnation` this run of it. `beats` grows for as long as it lives.
    """

    executor_id: str
    incarnation: str
    host: str
    pid: int
    beats: int = 0


class Workers(Protocol):
    """The roster of the processes that work on jobs."""

    async def workers(self) -> tuple[Worker, ...]:
        """Return everyone on the roster, by id."""
        ...

    async def beat(self, worker: Worker) -> None:
        """Add one to the worker's count; put it on the roster when it is not there.

        Raises Conflict when another process has this executor id.
        """
        ...

    async def dismiss(self, worker: Worker) -> None:
        """Take a process off the roster, unless another has its place already."""
        ...

    async def with_roster(self, work: Callable[[Sequence[Worker]], None]) -> None:
        """Run `work` on a thread, with the roster as it is then. Meanwhile nobody joins or does the same."""
        ...


class Steps(Protocol):
    """Runs named steps of a durable workflow. A step that finished is not run again."""

    async def run(self, name: str, fn: Callable[..., Awaitable[Any]], *ids: str) -> Any:
        """Run `fn(*ids)` once; on recovery return its recorded result. Results are JSON."""
        ...


class Jobs(Protocol):
    """Starts durable workflows."""

    async def score(self, tenant: str, assessment_id: str, round_: int) -> None:
        """Start scoring unless it was started for this round already. Round 2 follows a released hold.

        Of several platforms that wait, none waits for all that another handed in before.
        """
        ...

    async def forget_failed(self) -> int:
        """Delete what was noted of workflows that ended with a fault, so that they can be started again.

        Returns how many there were.
        """
        ...


class JobRecords(Protocol):
    """What the job engine noted of workflows: ids, and the words of errors."""

    async def forget(self, assessment_id: str) -> None:
        """Delete all of it for one assessment; what still runs of it ends."""
        ...
