"""Who did what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.audit_log import Act, AuditRecord


@dataclass(frozen=True)
class ActFilter:
    """Whose log is read, and what of it; None leaves that open, but for the tenant."""

    tenant: str | None
    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditLogs(Protocol):
    """Append-only: nothing here changes or removes a record, but for the words about who was erased."""

    async def record_act(self, act: Act, at: datetime) -> AuditRecord:
        """Write an act at the end of its log; when this returns, it is on disk."""
        ...

    async def recorded(
        self, wanted: ActFilter, before: int | None = None, limit: int = 50
    ) -> tuple[AuditRecord, ...]:
        """Return records, newest first, of those before a place."""
        ...

    async def audited(self) -> Sequence[str | None]:
        """Return whose logs there are; None stands for the service's own."""
        ...

    async def verify_audit_log(
        self, tenant: str | None, progress: Callable[[int, int], None] | None = None
    ) -> int:
        """Check a log's chain, and return how many records it has.

        Raises DocumentRefused naming the first bad one. `progress` is told how many of how many are done.
        """
        ...
