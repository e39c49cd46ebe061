"""Switching a change of the grading on, by two people, and rolling it back.

What is on holds for orders from then on: a form carries the grading that it was drawn under, whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assessor.domain.change import Change, Step, StepKind, exceeded, stale
from assessor.domain.errors import Conflict
from assessor.domain.thresholds import THRESHOLDS
from assessor.ports import Clock, Reviewer, ShadowProgress, Store
from assessor.services.auditing import accepted_reason


@dataclass(frozen=True)
class Outlined:
    """A change as people look at it."""

    change: Change
    progress: ShadowProgress
    stale: tuple[str, ...]
    """Why the report says nothing about switching on now."""
    exceeded: tuple[str, ...]
    """Thresholds that are not kept; overridden in writing, or not at all."""
    approvers: tuple[str, ...]
    """Who approved on the report as it is; where thresholds are not kept, who overrode them."""

    @property
    def is_ready(self) -> bool:
        """Whether it may be switched on."""
        enough = len(self.approvers) >= THRESHOLDS.switching.approvals
        return enough and not self.stale and not self.change.is_on and not self.change.is_closed


class Changing:
    """What reviewers do about changes. Each call is within their tenant, and in the audit log."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def all(self, tenant: str) -> Sequence[Outlined]:
        """Return a tenant's changes, the newest first."""
        known = await self._store.changes(tenant)
        return [await self._outlined(one, known) for one in known]

    async def look(self, tenant: str, change_id: str) -> Outlined:
        """Return a change with what speaks against it. Raises NotFound, also for another tenant's."""
        change = await self._store.change(tenant, change_id)
        return await self._outlined(change, await self._store.changes(tenant))

    async def _outlined(self, change: Change, known: Sequence[Change]) -> Outlined:
        on = [one for one in known if one.is_on and one.id != change.id and one.reaches(change.track)]
        base = tuple(one.id for one in sorted(on, key=switched_on))
        over = exceeded(change.report) if change.report else ()
        return Outlined(
            change=change,
            progress=await self._store.progress(change.id),
            stale=stale(change.report, base, self._clock.now()),
            exceeded=over,
            approvers=_approvers(change, overridden=bool(over)),
        )

    async def approve(self, by: Reviewer, change_id: str, report: str, reason: str) -> None:
        """Approve a change on the report that was read, named by its digest.

        Raises InvalidInput without a reason, and Conflict when the report is another one, says nothing
        about today, or was approved by this person already. Where thresholds are not kept the reason is
        the override.
        """
        seen = await self.look(by.tenant, change_id)
        _require_open(seen.change)
        if seen.change.report is None or seen.change.report.digest != report:
            raise Conflict("The report is not the one that you read", "Read it as it is now, then decide.")
        if seen.stale:
            raise Conflict(f"It cannot be approved: {'; '.join(seen.stale)}", "Run the shadow run again.")
        if by.id in seen.approvers:
            raise Conflict("You have approved this already", "It takes somebody else, too.")
        kind = StepKind.OVERRIDDEN if seen.exceeded else StepKind.APPROVED
        await self._add(by.tenant, seen.change, kind, by.id, reason, report)

    async def reject(self, by: Reviewer, change_id: str, reason: str) -> None:
        """End a change that was not switched on. Raises InvalidInput, Conflict."""
        change = await self._store.change(by.tenant, change_id)
        _require_open(change)
        await self._add(by.tenant, change, StepKind.REJECTED, by.id, reason)

    async def switch_on(self, by: Reviewer, change_id: str, reason: str) -> None:
        """Let orders have it from now on. Raises InvalidInput; Conflict with what is missing."""
        seen = await self.look(by.tenant, change_id)
        _require_open(seen.change)
        missing = list(seen.stale)
        least = THRESHOLDS.switching.approvals
        if len(seen.approvers) < least:
            how = "overridden in writing" if seen.exceeded else "approved"
            missing.append(f"{len(seen.approvers)} of {least} people have {how}")
            missing += seen.exceeded
        if missing:
            raise Conflict(f"It cannot be switched on: {'; '.join(missing)}", "Settle that first.")
        report = seen.change.report.digest if seen.change.report else None
        await self._add(by.tenant, seen.change, StepKind.SWITCHED_ON, by.id, reason, report)

    async def roll_back(self, tenant: str, by: str, change_id: str, reason: str) -> None:
        """Let orders have what was before it. One person is enough: going back must not wait.

        Raises InvalidInput without a reason, Conflict when it is not on.
        """
        change = await self._store.change(tenant, change_id)
        if not change.is_on:
            raise Conflict("This change is not on", "There is nothing to roll back.")
        await self._add(tenant, change, StepKind.ROLLED_BACK, by, reason)

    async def _add(
        self, tenant: str, change: Change, kind: StepKind, by: str, reason: str, report: str | None = None
    ) -> None:
        reason, at = accepted_reason(reason), self._clock.now()
        step = Step(kind=kind, by=by, reason=reason, at=at, report=report)
        await self._store.add_step(tenant, change.id, step, after=len(change.steps))


def _approvers(change: Change, *, overridden: bool) -> tuple[str, ...]:
    """Return who approved on the report as it is, each once."""
    kinds = {StepKind.OVERRIDDEN} if overridden else {StepKind.OVERRIDDEN, StepKind.APPROVED}
    digest = change.report.digest if change.report else None
    said = (one.by for one in change.steps if one.kind in kinds and one.report == digest)
    return tuple(dict.fromkeys(said))


def _require_open(change: Change) -> None:
    if change.is_closed or change.is_on:
        raise Conflict("This change is settled already", "Propose another one with a shadow run.")


def switched_on(change: Change) -> tuple[str, str]:
    """Return the place of a change among those that are on: a later one lies over an earlier one."""
    at = change.switched_on_at
    return (at.isoformat() if at else "", change.id)
