"""Replacing the master key: every wrapped key is opened with its former one and wrapped with the newest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from assessor.ports import Wraps

BATCH: Final = 500
"""Keys in one transaction: writers wait some milliseconds, and an end in between loses no more than these."""


@dataclass(frozen=True)
class Rewrapped:
    """What a run did, and what is wrapped with which master key after it, by the ids of these."""

    done: int
    newest: str
    wraps: Mapping[str, int]

    @property
    def left(self) -> Mapping[str, int]:
        """What is wrapped with another master key still."""
        return {name: count for name, count in self.wraps.items() if name != self.newest}


async def rewrap(
    wraps: Wraps, newest: str, others: frozenset[str], tell: Callable[[int, int], None]
) -> Rewrapped:
    """Wrap anew what the other known master keys wrap. Twice is once; cut off, it goes on when run again."""
    before = await wraps.wraps()
    total = sum(before.get(name, 0) for name in others)
    done = 0
    after: str | None = "" if total else None
    while after is not None:
        count, after = await wraps.wrap_anew(after, BATCH)
        done += count
        tell(min(done, total), total)
    await wraps.forget_former_wraps()
    return Rewrapped(done, newest, await wraps.wraps())
