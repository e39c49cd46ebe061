"""What prints a list for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Printout:
    """A list with what stands above it. Every text is plain: nothing in it is markup, whoever wrote it."""

    title: str
    about: Sequence[str]
    """Lines below the title."""
    columns: Sequence[str]
    widths: Sequence[float]
    """Of the columns, as parts of the page."""
    rows: Sequence[Sequence[str]]


class Typesetting(Protocol):
    """Makes a file for printing."""

    def typeset(self, printout: Printout) -> bytes:
        """Return the file. What its font has no shape for is written out, never left out."""
        ...
