"""What waits, over all platforms, for those who run the service."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

Line = Literal["begin", "scoring", "review", "webhooks", "mail"]
"""What something waits for: a place for an interview, a worker, a person, an endpoint, the mail server."""


@dataclass(frozen=True)
class Waiting:
    """One line: how many stand in it, and since when the first of them; None where nobody does."""

    count: int
    since: datetime | None


@dataclass(frozen=True)
class Backlog:
    """All lines, and how many candidates are at work; of these, how many hold a place for an interview."""

    lines: dict[Line, Waiting]
    in_progress: int
    interviews: int
    calls: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By provider whose limits are shared: calls that run, and calls that wait."""


class Backlogs(Protocol):
    """Reads them; the effort follows what waits, however much there has been."""

    async def backlog(self, now: datetime) -> Backlog:
        """Return what waits at a moment."""
        ...
