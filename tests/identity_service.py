"""A hosted identity service in memory: sessions go where a test sends them, and webhooks are its choice."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from assessor.domain.errors import IdentityFault, Unauthenticated
from assessor.domain.identity import Failure, Level, Report, ReportedOutcome
from assessor.ports import LookedUp, OpenedCheck

SIGNED = "signed"
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass
class HostedInMemory:
    """Fulfils `IdentityService`. `fault` is what every call fails with."""

    level: Level = "low"
    livemode: bool = True
    fault: str | None = None
    name: str = "Passport Office"
    reports: dict[str, Report | None] = field(default_factory=dict)
    """By reference: what it says when it is asked."""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def begin(self, assessment_id: str, return_url: str) -> OpenedCheck:  # noqa: ARG002 - one service for all
        self._require_up()
        reference = f"vs_{next(self._numbers)}"
        self.reports[reference] = None
        return OpenedCheck(reference, self.level, f"https://id.example/{reference}?back={return_url}")

    async def look(self, assessment_id: str, reference: str) -> LookedUp:  # noqa: ARG002 - as above
        self._require_up()
        report = self.reports[reference]
        is_open = report is None or report.outcome == "failed"
        return LookedUp(report, f"https://id.example/{reference}?again" if is_open else None)

    def read(self, body: bytes, signature: str, now: datetime) -> Report | None:  # noqa: ARG002 - it has no clock
        if signature != SIGNED:
            raise Unauthenticated("Sign it.")
        return Report.model_validate_json(body)

    def says(
        self,
        assessment_id: str,
        outcome: ReportedOutcome,
        *,
        reference: str = "vs_1",
        failure: Failure | None = None,
        seconds: float = 0,
    ) -> Report:
        """Let a check stand like this, some seconds after nine, and return the report of it."""
        report = Report(
            assessment_id=assessment_id,
            reference=reference,
            outcome=outcome,
            failure=failure,
            at=AT + timedelta(seconds=seconds),
            livemode=self.livemode,
        )
        self.reports[reference] = report
        return report

    def _require_up(self) -> None:
        if self.fault:
            raise IdentityFault(self.fault)
