"""What wraps keys, where master keys lie, and how many keys are wrapped with which."""

from collections.abc import Mapping
from typing import Protocol


class KeyService(Protocol):
    """Where a master key lies. What settings carry of it is text, which this service opens."""

    def make(self) -> str:
        """Return the text of a new master key. Blocks. Raises ValueError, in words without any secret."""
        ...

    def open(self, text: str) -> bytes:
        """Return the master key that a text stands for. Blocks. Raises ValueError, as `make`."""
        ...


class Wraps(Protocol):
    """The keys of an installation, wrapped: one a candidate, and one for all that belongs to none."""

    async def wraps(self) -> Mapping[str, int]:
        """Return how many keys are wrapped with each master key, by its id."""
        ...

    async def wrap_anew(self, after: str, limit: int) -> tuple[int, str | None]:
        """Wrap up to so many keys with the newest master key, of owners after one in order of their ids.

        Returns how many, and whom to go on after; None when that was all. What no known master key opens,
        and what is wrapped with the newest one, is left as it is.
        """
        ...

    async def derived_key(self, purpose: str) -> bytes:
        """Return the installation's key for one purpose; another master key does not change it."""
        ...

    async def forget_former_wraps(self) -> None:
        """See to it that wraps that were replaced do not lie on in a write-ahead log of ours."""
        ...
