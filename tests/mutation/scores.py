"""What share of the mutants was killed, by package, and how sure that is."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessor.domain.agreement import wilson

PACKAGES = ("domain", "scoring", "access control")
LEAST_KILLED = 0.85
NOTICED = frozenset({"killed", "timeout", "segfault"})
UNDECIDED = frozenset({"not checked", "skipped", "check was interrupted by user"})


@dataclass(frozen=True)
class Score:
    """Of `tried` mutants so many were killed."""

    package: str
    killed: int
    tried: int

    @property
    def share(self) -> float:
        return self.killed / self.tried

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share of all mutants lies, with 95 % confidence."""
        return wilson(self.killed, self.tried)


def package_of(mutant: str) -> str:
    """Return which package a mutant is of, from its dotted name."""
    room = mutant.split(".")[1]
    return room if room in PACKAGES else "access control"


def drawn(mutants: Iterable[str], each: int, seed: int) -> list[str]:
    """Draw `each` mutants of each package; of a smaller one all. The same for the same seed and mutants."""
    chance = random.Random(seed)
    return [
        name
        for names in _by_package(mutants).values()
        for name in sorted(chance.sample(names, min(each, len(names))))
    ]


def scores(statuses: Mapping[str, str]) -> list[Score]:
    """Return the score of each package of which any mutant was tried. `statuses` are in mutmut's words."""
    tried = {name: status for name, status in statuses.items() if status not in UNDECIDED}
    return [
        Score(package, sum(tried[name] in NOTICED for name in names), len(names))
        for package, names in _by_package(tried).items()
        if names
    ]


def survivors(statuses: Mapping[str, str]) -> list[str]:
    """Return the mutants that no test noticed, those that no test reaches too."""
    return sorted(name for name, status in statuses.items() if status not in NOTICED | UNDECIDED)


def holds(found: Sequence[Score]) -> bool:
    """Whether no package is surely below what is asked for."""
    return bool(found) and all(score.interval[1] >= LEAST_KILLED for score in found)


def _by_package(mutants: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {package: [] for package in PACKAGES}
    for name in sorted(mutants):
        found[package_of(name)].append(name)
    return found
