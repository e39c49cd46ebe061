"""The rules that notice something in candidates' words, and how often people set aside what a rule noticed.

A rule that is wrong too often accuses more people than it finds anything with, so it is switched off.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

from assessor.domain.agreement.proportions import wilson
from assessor.domain.thresholds import THRESHOLDS

Noticed = Literal["addressed", "alike", "quoted"]
"""Words that seem to speak to whoever grades; an answer close to an earlier one of somebody else; a canary,
which stands in the item's key alone."""
NOTICED: Final[tuple[Noticed, ...]] = get_args(Noticed)

EDITION_OF: Final[Mapping[Noticed, str]] = MappingProxyType(
    {"addressed": "addressed@1", "alike": "near_duplicate@1", "quoted": "canary@1"}
)
"""Another edition whenever what a rule finds changes: what people found of one says nothing of the next."""

Outcome = Literal["confirmed", "not_confirmed"]
"""What a person found who looked: that chance and the task do not explain it, or that they may."""
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)

_LIMITS = THRESHOLDS.overturning


@dataclass(frozen=True)
class Overturned:
    """How often people who looked at what a rule noticed set it aside."""

    looked: int = 0
    aside: int = 0
    """Of these, how many were not confirmed."""

    @classmethod
    def of(cls, outcomes: Iterable[str]) -> "Overturned":
        """Count what people found."""
        found = list(outcomes)
        return cls(len(found), sum(one != "confirmed" for one in found))

    @property
    def share(self) -> float | None:
        """The share that was set aside; None before anybody looked."""
        return self.aside / self.looked if self.looked else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95% (Wilson 1927)."""
        return wilson(self.aside, self.looked) if self.looked else None

    @property
    def is_too_often(self) -> bool:
        """Whether the rule is wrong more often than it may be, beyond chance."""
        if self.interval is None or self.looked < _LIMITS.looked:
            return False
        return self.interval[0] > _LIMITS.aside
