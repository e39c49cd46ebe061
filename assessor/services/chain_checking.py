"""Checking chains: every log and verdict that is stored, and every audit log, against what was written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from assessor.domain.errors import AssessorError, StoreUnavailable
from assessor.ports import Store
from assessor.services.differences import Opened

Progress = Callable[[int, int], None]
"""Is told how many of how many are done."""

_AT_ONCE: Final = 200


@dataclass(frozen=True)
class ChainFault:
    """Something that is not as it was written; `problem` names the event, the verdict or the record."""

    where: str
    """An assessment, or `audit log of <tenant>`."""
    problem: str


@dataclass(frozen=True)
class ChainsChecked:
    """What a check came to."""

    assessments: int
    events: int
    verdicts: int
    records: int
    """Of audit logs."""
    faults: tuple[ChainFault, ...]


class ChainChecking:
    """Reads only. What it finds in one place does not keep it from looking at the others."""

    def __init__(self, store: Store, opened: Opened) -> None:
        self._store = store
        self._opened = opened

    async def check(self, assessment_id: str) -> ChainsChecked:
        """Check one assessment. Raises NotFound."""
        await self._store.projection(assessment_id)
        return await self._of(assessment_id)

    async def check_all(self, progress: Progress = lambda _done, _total: None) -> ChainsChecked:
        """Check every assessment, and every audit log."""
        total, done, last = await self._store.count_assessments(), 0, ""
        found = ChainsChecked(0, 0, 0, 0, ())
        while ids := await self._store.assessment_ids(last, _AT_ONCE):
            for one in ids:
                found = _sum(found, await self._of(one))
                done += 1
                progress(done, max(done, total))
            last = ids[-1]
        for tenant in await self._store.audited():
            found = _sum(found, await self._audit_log(tenant))
        return found

    async def _of(self, assessment_id: str) -> ChainsChecked:
        events = verdicts = 0
        try:
            events = await self._store.verify_chain(assessment_id)
            verdicts = await self._store.verify_verdicts(assessment_id)
            for one in await self._store.verdicts(assessment_id):
                self._opened(one.jws)
        except StoreUnavailable:
            raise  # it says nothing about what is stored
        except AssessorError as refused:
            return ChainsChecked(1, events, verdicts, 0, (ChainFault(assessment_id, str(refused)),))
        return ChainsChecked(1, events, verdicts, 0, ())

    async def _audit_log(self, tenant: str | None) -> ChainsChecked:
        try:
            return ChainsChecked(0, 0, 0, await self._store.verify_audit_log(tenant), ())
        except StoreUnavailable:
            raise
        except AssessorError as refused:
            where = f"audit log of {tenant or 'the service'}"
            return ChainsChecked(0, 0, 0, 0, (ChainFault(where, str(refused)),))


def _sum(one: ChainsChecked, other: ChainsChecked) -> ChainsChecked:
    return ChainsChecked(
        one.assessments + other.assessments,
        one.events + other.events,
        one.verdicts + other.verdicts,
        one.records + other.records,
        one.faults + other.faults,
    )
