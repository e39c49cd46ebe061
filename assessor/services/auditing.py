"""The audit log: what people, and operators of the service, did.

What is a fact of an assessment (a transcript opened, a score, an override, a revocation) is recorded by the
store in the transaction of that fact; `acts_of` in `domain/audit_log.py` says which facts those are. For
everything else the service that does it calls `record`, before it hands anything out:

    await auditing.record(
        reviewer.id, Action.REPLY_READ, assessment_id, tenant=reviewer.tenant, item=item_id
    )

`subject` is an id, never a name or a reference: the reason and the details go when the subject's candidate is
erased, the id stays. A new kind of act is one more member of `Action`, with its words in `web/audit_log.py`.
"""

from dataclasses import dataclass
from typing import Final

from assessor.domain.audit_log import Act, Action, AuditRecord
from assessor.domain.errors import DocumentRefused, invalid
from assessor.domain.text import accept_text
from assessor.ports import AuditLogs, Clock

MIN_REASON_CHARS: Final = 10
MAX_REASON_CHARS: Final = 500


def accepted_reason(reason: str, field: str = "reason") -> str:
    """Return a reason as it would be recorded. Raises InvalidInput, TooLarge."""
    reason = accept_text(field, reason, limit=MAX_REASON_CHARS, required=True).strip()
    if len(reason) < MIN_REASON_CHARS:
        raise invalid(field, "is too short", "Say in a sentence what it is for.")
    return reason


@dataclass(frozen=True)
class LogChecked:
    """What the check of one log's chain came to."""

    records: int
    """How many hold; none is counted where one does not."""
    problem: str = ""
    """Names the first record that is not as it was written."""


class Auditing:
    """Writes the audit log, and checks it."""

    def __init__(self, store: AuditLogs, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def record(
        self,
        actor: str,
        action: Action,
        subject: str = "",
        reason: str = "",
        *,
        tenant: str | None,
        **detail: str | int | bool,
    ) -> AuditRecord:
        """Record one act; when this returns, it is on disk. None as `tenant` concerns no platform."""
        return await self._store.record_act(
            Act(tenant, actor, action, subject, reason, detail), self._clock.now()
        )

    async def check(self, actor: str, tenant: str) -> LogChecked:
        """Check the chain of a platform's log, and record that it was checked and whether it held."""
        try:
            found = LogChecked(await self._store.verify_audit_log(tenant))
        except DocumentRefused as refused:
            found = LogChecked(0, str(refused))
        await self.record(
            actor,
            Action.CHAIN_CHECKED,
            tenant,
            tenant=tenant,
            records=found.records,
            holds=not found.problem,
        )
        return found
