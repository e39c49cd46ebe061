"""Whether somebody is qualified for a track now: one answer from all of their verdicts for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from assessor.domain.verdict.summary import SETTLED, VerdictSummary

Standing = Literal["qualified", "not_qualified", "needs_review", "inconclusive", "expired", "revoked", "none"]
"""How somebody stands for a track. Whoever is anything but `qualified` is not qualified now."""


@dataclass(frozen=True)
class Qualification:
    """The one current answer for a candidate and a track."""

    candidate_ref: str
    track: str
    status: Standing
    reason: str
    verdict: VerdictSummary | None
    """What the answer rests on."""

    @property
    def qualified(self) -> bool:
        """Whether work for the track may be given to them now."""
        return self.status == "qualified"


def qualification(
    candidate_ref: str, track: str, verdicts: Iterable[VerdictSummary], now: datetime
) -> Qualification:
    """Answer from the verdicts of one candidate for one track.

    The newest decision that holds counts: `qualified` or `not_qualified`. An attempt that waits for a
    person, could not be judged, ran out or was revoked takes nothing away from an older one that holds.
    """
    newest_first = sorted(verdicts, key=lambda one: (one.issued_at, one.id), reverse=True)
    current = [one for one in newest_first if one.superseded_by is None]
    holding = (one for one in current if one.decision in SETTLED and one.holds(now))
    found = next(holding, next(iter(current), None))
    status = "none" if found is None else _standing(found, now)
    return Qualification(candidate_ref, track, status, _reason(status, found), found)


def _standing(found: VerdictSummary, now: datetime) -> Standing:
    if found.status == "revoked":
        return "revoked"
    return found.decision if found.holds(now) else "expired"


def _reason(status: Standing, found: VerdictSummary | None) -> str:
    if found is None:
        return "There is no verdict for this candidate and this track."
    until = f"{found.valid_until:%Y-%m-%d}"
    match status:
        case "qualified" | "not_qualified":
            return f"The newest verdict that holds says so; it is valid until {until}."
        case "needs_review":
            return "The newest verdict waits for a person."
        case "inconclusive":
            return "The newest attempt could not be judged; the candidate may have another."
        case "expired":
            return f"The newest verdict was {found.decision}, and was valid until {until}."
        case "revoked":
            return f"The newest verdict was revoked: {found.revoked_because}"
        case "none":
            raise ValueError("a verdict was found")
        case _:  # pragma: no cover - the type checker sees to it
            assert_never(status)
