"""Making the file of an incident: recorded first, then put together and signed."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from assessor import __version__
from assessor.domain import events as e
from assessor.domain.assessment import Projection
from assessor.domain.audit_log import Action, AuditRecord
from assessor.domain.errors import Erased, NotFound, invalid
from assessor.domain.incident import TYPES
from assessor.ports import ActFilter, Clock, PackageSigner, Reviewer, Store, StoredVerdict
from assessor.services.audit_package.archive import written
from assessor.services.audit_package.contents import document, lines
from assessor.services.audit_package.packing import Made, digests
from assessor.services.auditing import Auditing, accepted_reason
from assessor.services.incident import contents as c
from assessor.services.incident.scope import Account, Scope

MOST_AFFECTED: Final = 10_000
"""Assessments in one file, which is made in memory."""
MOST_BY_PAGE: Final = 500
"""In one that a person waits for in a browser, while others are served by the same process."""
_AT_ONCE: Final = 500


@dataclass(frozen=True)
class _Affected:
    row: Projection
    verdicts: tuple[StoredVerdict, ...]
    events: tuple[e.Event, ...]
    """None of them where the candidate was erased."""


class Incidents:
    """Makes the files."""

    def __init__(self, store: Store, signer: PackageSigner, clock: Clock) -> None:
        self._store = store
        self._signer = signer
        self._clock = clock
        self._auditing = Auditing(store, clock)

    async def pack_for(self, reviewer: Reviewer, scope: Scope, account: Account, reason: str) -> Made:
        """Make one for a reviewer, of their own platform alone. Raises as `pack`."""
        own = Scope(**{**vars(scope), "tenant": reviewer.tenant})
        return await self.pack(own, account, reviewer.id, reason, most=MOST_BY_PAGE)

    async def pack(
        self,
        scope: Scope,
        account: Account,
        by: str,
        reason: str,
        *,
        with_references: bool = False,
        most: int = MOST_AFFECTED,
    ) -> Made:
        """Make the file of an incident.

        Raises InvalidInput or TooLarge for what was given, also where more are affected than one file
        holds, and NotFound for a platform or an assessment that there is not.
        """
        scope.require_times()
        account, reason = Account.accepted(account.what, account.done), accepted_reason(reason)
        if scope.tenant is not None:
            await self._store.tenant(scope.tenant)
        affected = [one async for one in self._affected(scope, most)]
        record = await self._auditing.record(
            by, Action.INCIDENT_EXPORTED, reason=reason, tenant=scope.tenant, assessments=len(affected)
        )
        files = await self._files(scope, account, affected, with_references=with_references)
        livemode = any(one.row.livemode for one in affected) or not affected
        creation = document(self._creation(record, files, livemode=livemode))
        signed = self._signer.sign_package(creation, livemode=livemode)
        name = f"incident-{scope.since:%Y%m%d}-{record.seq}.zip"
        return Made(name, written({**files, c.CREATION: creation, c.SIGNATURE: signed.encode()}))

    async def _affected(self, scope: Scope, most: int) -> AsyncIterator[_Affected]:
        found = 0
        async for row in self._touched(scope):
            one = _Affected(row, await self._store.verdicts(row.id), await self._events(row.id))
            if not _fits(one, scope):
                continue
            found += 1
            if found > most:
                raise invalid(
                    "to",
                    f"leaves more than {most} assessments, the most that one file holds here",
                    "Give a shorter time, one track, or one model, and make several files; "
                    f"`assessor audit incident` takes up to {MOST_AFFECTED} at once.",
                )
            yield one

    async def _touched(self, scope: Scope) -> AsyncIterator[Projection]:
        for assessment_id in scope.assessments:
            row = await self._store.projection(assessment_id)
            if scope.tenant not in (None, row.tenant):
                raise NotFound("assessment", assessment_id)
        after = ""
        while ids := await self._store.touched(
            scope.since, scope.until, TYPES, scope.tenant, after, _AT_ONCE
        ):
            after = ids[-1]
            for assessment_id in ids:
                if not scope.assessments or assessment_id in scope.assessments:
                    yield await self._store.projection(assessment_id)

    async def _events(self, assessment_id: str) -> tuple[e.Event, ...]:
        try:
            return await self._store.events(assessment_id)
        except Erased:
            return ()

    async def _files(
        self, scope: Scope, account: Account, affected: list[_Affected], *, with_references: bool
    ) -> dict[str, bytes]:
        timeline = [line for one in affected for line in c.timeline_lines(one.events) if _within(line, scope)]
        acts = await self._acts(scope, {one.row.id for one in affected})
        rows = [c.affected_line(one.row, one.verdicts, with_reference=with_references) for one in affected]
        about = {
            **vars(account),
            "scope": scope.document(),
            "affected": len(rows),
            "with_verdicts": sum(bool(row["verdicts"]) for row in rows),
            "revoked": sum(any(v["revoked_at"] for v in row["verdicts"]) for row in rows),
            "erased": sum(row["erased"] for row in rows),
        }
        return {
            c.README: c.TEXT,
            c.INCIDENT: document(about),
            c.AFFECTED: lines(rows),
            c.TIMELINE: lines(
                sorted(timeline, key=lambda line: (line["at"], line["assessment_id"], line["seq"]))
            ),
            c.ACTS: lines(map(c.act_line, acts)),
            c.MEASURES: document(await self._measures(scope)),
            c.KEYS: document(self._signer.jwks()),
        }

    async def _acts(self, scope: Scope, affected: set[str]) -> list[AuditRecord]:
        """Return acts in the time, and those to affected assessments until now."""
        tenants = [scope.tenant] if scope.tenant else [one.id for one in await self._store.tenants()]
        found: list[AuditRecord] = []
        for tenant in [None, *tenants] if scope.tenant is None else tenants:
            before = None
            while page := await self._store.recorded(ActFilter(tenant, since=scope.since), before, _AT_ONCE):
                found += [one for one in page if one.at < scope.until or one.subject in affected]
                before = page[-1].seq
        return sorted(found, key=lambda one: (one.at, one.tenant or "", one.seq))

    async def _measures(self, scope: Scope) -> dict[str, Any]:
        stages = [one for one in await self._store.stage_history(scope.tenant) if one.at >= scope.since]
        calibrations = [
            one
            for one in await self._store.ledger()
            if one.calibration.measured_at >= scope.since
            or (one.stopped is not None and one.stopped.at >= scope.since)
        ]
        return c.measures(reversed(stages), reversed(calibrations))

    def _creation(self, record: AuditRecord, files: Mapping[str, bytes], *, livemode: bool) -> dict[str, Any]:
        return {
            "made_at": record.at.isoformat(timespec="microseconds"),
            "made_by": record.actor,
            "reason": record.reason,
            "audit_record": record.seq,
            "program": f"assessor {__version__}",
            "livemode": livemode,
            "sha256": digests(files),
        }


def _within(line: Mapping[str, Any], scope: Scope) -> bool:
    """Whether it was in the time, or after it: what was done about it is told too."""
    return bool(line["at"] >= scope.since.isoformat(timespec="microseconds"))


def _fits(one: _Affected, scope: Scope) -> bool:
    if scope.track not in (None, one.row.track):
        return False
    lines = [*map(_facts_of, c.timeline_lines(one.events)), *map(_facts_of_verdict, one.verdicts)]
    if scope.model is not None and not any(scope.model in models for models, _ in lines):
        return False
    return scope.prompts is None or any(
        prompts.startswith(scope.prompts) for _, hashes in lines for prompts in hashes
    )


def _facts_of(line: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Return models and hashes of prompts that a line names."""
    models = {line["model"]} if "model" in line else set(line.get("models", ()))
    return models, {line["prompts_hash"]} if "prompts_hash" in line else set()


def _facts_of_verdict(one: StoredVerdict) -> tuple[set[str], set[str]]:
    line = c.verdict_line(one)
    hashes = line["hashes"] or {}
    return {judge["model"] for judge in line["judges"]}, {hashes["prompts"]} if "prompts" in hashes else set()
