"""How far it has come with making sure who works, in one assessment."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from assessor.domain import events as e
from assessor.domain.identity import (
    NOTHING_ASKED,
    Attestation,
    HostedOutcome,
    IdentityNeed,
    Level,
    Report,
    ReportedOutcome,
)

WAIT: Final = timedelta(hours=24)
"""How long after submitting the first verdict waits for an outcome that can still come."""

MAX_OPENINGS: Final = 10
"""How often a candidate is sent to the service; then a person of the platform has to help."""

_RANK: Final[dict[ReportedOutcome, int]] = {"processing": 0, "failed": 1, "cancelled": 2, "verified": 3}
"""Of two reports of the same second, the one that is further on was the later one."""


class CheckState(StrEnum):
    """Where the hosted check stands, as a candidate is told."""

    NOT_NEEDED = "not_needed"
    NOT_BEGUN = "not_begun"
    OPENED = "opened"
    """They were sent to the service, which has said nothing since."""
    PROCESSING = "processing"
    FAILED = "failed"
    VERIFIED = "verified"
    UNAVAILABLE = "unavailable"
    """The service could not be reached: a fault that costs the candidate nothing."""


_CAN_STILL_COME = frozenset({CheckState.OPENED, CheckState.PROCESSING, CheckState.UNAVAILABLE})
_OF_OUTCOME: Final[dict[ReportedOutcome, CheckState]] = {
    "processing": CheckState.PROCESSING,
    "failed": CheckState.FAILED,
    "cancelled": CheckState.FAILED,
    "verified": CheckState.VERIFIED,
}


@dataclass(frozen=True)
class Identification:
    """What is needed, what the platform attests, and what a hosted service found."""

    need: IdentityNeed = NOTHING_ASKED
    attested: Attestation | None = None
    verified: HostedOutcome | None = None
    opened: dict[str, Level] = field(default_factory=dict)
    """The checks that were opened at the service, by its reference, with what each would make sure."""
    openings: int = 0
    current: str | None = None
    """The reference of the check that the candidate was sent to last."""
    last: e.IdentityReported | None = None
    """The latest report of the current check."""
    heard_since_opened: bool = False
    is_down: bool = False

    @property
    def made_sure(self) -> Attestation | HostedOutcome | None:
        """The best that there is: what the hosted service found comes first."""
        return self.verified or self.attested

    @property
    def is_met(self) -> bool:
        """Whether it is as sure who works as it has to be."""
        return self.need.is_met_by(self.verified) or self.need.is_met_by(self.attested)

    @property
    def state(self) -> CheckState:
        """Where the hosted check stands."""
        if self.verified is not None and self.need.method != "none":
            return CheckState.VERIFIED
        if self.is_met:
            return CheckState.NOT_NEEDED
        if self.is_down:
            return CheckState.UNAVAILABLE
        if self.current is None:
            return CheckState.NOT_BEGUN
        return _OF_OUTCOME[self.last.outcome] if self.last and self.heard_since_opened else CheckState.OPENED

    @property
    def may_try(self) -> bool:
        """Whether the candidate may be sent to the service once more."""
        waits = self.state in (CheckState.NOT_NEEDED, CheckState.VERIFIED, CheckState.PROCESSING)
        return not waits and self.openings < MAX_OPENINGS

    def can_still_come(self, now: datetime, submitted_at: datetime | None) -> bool:
        """Whether the first verdict waits for the outcome."""
        late = submitted_at is not None and now >= submitted_at + WAIT
        return not self.is_met and self.state in _CAN_STILL_COME and not late

    def is_known(self, outcome: ReportedOutcome) -> bool:
        """Whether the current check is known to stand like this: asking again needs no entry of its own."""
        return self.heard_since_opened and self.last is not None and self.last.outcome == outcome

    def is_news(self, report: Report) -> bool:
        """Whether a report says something of a check of ours that was not known before.

        Reports come twice, late and out of order. What is verified stays so, and an older report never
        undoes a later one.
        """
        if self.verified is not None or report.reference not in self.opened:
            return False
        if report.outcome == "verified":
            return True
        if report.reference != self.current:
            return False
        if self.last is None:
            return True
        return (report.at, _RANK[report.outcome]) > (self.last.at, _RANK[self.last.outcome])

    def after(
        self, fact: e.IdentityCheckOpened | e.IdentityReported | e.IdentityUnavailable
    ) -> "Identification":
        """Return the state after one more fact."""
        match fact:
            case e.IdentityUnavailable():
                return replace(self, is_down=True)
            case e.IdentityCheckOpened():
                return replace(
                    self,
                    opened={**self.opened, fact.reference: fact.level},
                    openings=self.openings + 1,
                    current=fact.reference,
                    last=self.last if fact.reference == self.current else None,
                    heard_since_opened=False,
                    is_down=False,
                )
            case e.IdentityReported():
                return replace(
                    self,
                    last=fact if fact.reference == self.current else self.last,
                    heard_since_opened=self.heard_since_opened or fact.reference == self.current,
                    is_down=False,
                    verified=self._outcome(fact) if fact.outcome == "verified" else self.verified,
                )

    def _outcome(self, fact: e.IdentityReported) -> HostedOutcome:
        level = self.opened.get(fact.reference, "low")
        return HostedOutcome(level=level, reference=fact.reference, checked_at=fact.at)


def identification(ordered: e.AssessmentOrdered) -> Identification:
    """Return where it stands when an assessment was ordered."""
    return Identification(ordered.identity_need, ordered.identity, ordered.identity_carried)
