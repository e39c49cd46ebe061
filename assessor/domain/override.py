"""Overrides: a person puts another score in the place of one that stands, and says why in a fixed term."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from assessor.domain.appeal import Place
from assessor.domain.quality import QualityMark
from assessor.domain.score import Score


class OverrideCode(StrEnum):
    """Why a score was wrong, in the terms in which scores are audited."""

    EVIDENCE_OVERLOOKED = "evidence_overlooked"
    EVIDENCE_MISREAD = "evidence_misread"
    RUBRIC_MISAPPLIED = "rubric_misapplied"
    KEY_WRONG = "key_wrong"
    TECHNICAL_FAULT = "technical_fault"
    ACCOMMODATION = "accommodation"
    """What had been granted to the candidate was not taken into account."""
    OTHER = "other"


@dataclass(frozen=True)
class Override:
    """One override, with the score as it stood before."""

    at: datetime
    reviewer: str
    code: OverrideCode
    mark: QualityMark
    reason: str
    before: Score

    @property
    def place(self) -> Place:
        """The item and the criterion."""
        return self.before.item_id, self.before.criterion


VALUES: Final[Mapping[QualityMark, float | None]] = MappingProxyType(
    {"met": 1.0, "unmet": 0.0, "cannot_assess": None}
)
"""The value that a person's mark gives a score."""


def raised_by(mark: QualityMark, standing: Score) -> bool:
    """Whether a mark is more than what stands."""
    return mark == "met" and (standing.value is None or standing.value < 1)


def counted_codes(codes: Iterable[OverrideCode]) -> dict[OverrideCode, int]:
    """Return how often each code was given, in the order of the list; those never given are left out."""
    counts = Counter(codes)
    return {code: counts[code] for code in OverrideCode if counts[code]}
