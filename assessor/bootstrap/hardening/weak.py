"""One line of the table of weaknesses."""

from collections.abc import Callable

from assessor.bootstrap.examining import Finding
from assessor.settings import Settings

Check = Callable[[Settings], Finding]


def weak(what: str, is_weak: bool, problem: str, remedy: str) -> Finding:  # noqa: FBT001 - a line of a table
    """Return what was looked at, with problem and remedy where it is weak."""
    return Finding(what, problem, remedy) if is_weak else Finding(what)
