"""Making a package: who asks for one, and why, is recorded before anything is handed out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assessor import __version__
from assessor.domain import events as e
from assessor.domain.assessment import Assessment, replay
from assessor.domain.audit_log import Action, AuditRecord
from assessor.domain.errors import Conflict
from assessor.ports import ActFilter, Clock, Content, PackageSigner, Reviewer, SealedEvent, Store
from assessor.services.audit_package import contents as c
from assessor.services.audit_package.archive import written
from assessor.services.audit_package.readme import TEXT
from assessor.services.auditing import Auditing, accepted_reason
from assessor.services.log import AssessmentLog

_TRIES: Final = 5
_RECORDS: Final = 1000
"""In one read of the audit log."""


@dataclass(frozen=True)
class Made:
    """A package, and what to call its file."""

    name: str
    content: bytes


class Packing:
    """Makes packages of assessments."""

    def __init__(self, store: Store, content: Content, signer: PackageSigner, clock: Clock) -> None:
        self._store = store
        self._content = content
        self._signer = signer
        self._clock = clock
        self._auditing = Auditing(store, clock)

    async def pack_for(self, reviewer: Reviewer, assessment_id: str, reason: str) -> Made:
        """Make one for a reviewer, within their tenant. Raises as `pack`."""
        await AssessmentLog(self._store, self._clock).load_for(reviewer.tenant, assessment_id)
        return await self.pack(assessment_id, reviewer.id, reason)

    async def pack(self, assessment_id: str, by: str, reason: str) -> Made:
        """Make the package of one assessment.

        Raises NotFound, Erased, InvalidInput or TooLarge for the reason, and DocumentRefused for a log that
        was changed, which names the event.
        """
        reason = accepted_reason(reason)
        await self._store.verify_chain(assessment_id)
        events, sealed = await self._read(assessment_id)
        assessment = replay(assessment_id, events)
        tenant = assessment.ordered.tenant
        record = await self._auditing.record(
            by, Action.PACKAGE_EXPORTED, assessment_id, reason, tenant=tenant, events=len(events)
        )
        files = await self._files(assessment, events, sealed)
        files |= await self._of_its_making(assessment, record, files)
        return Made(f"{assessment_id}.audit.zip", written(files))

    async def _read(self, assessment_id: str) -> tuple[tuple[e.Event, ...], tuple[SealedEvent, ...]]:
        """Read the log both ways at one length: whatever comes between, a redaction too, makes it longer."""
        for _ in range(_TRIES):
            events = await self._store.events(assessment_id)
            sealed = await self._store.sealed_events(assessment_id)
            if len(events) == len(sealed):
                return events, sealed
        raise Conflict(f"Assessment {assessment_id} goes on all the time", "Try again in a moment.")

    async def _files(
        self, assessment: Assessment, events: tuple[e.Event, ...], sealed: tuple[SealedEvent, ...]
    ) -> dict[str, bytes]:
        library = await self._content.library(assessment.ordered.track)
        files = {
            c.README: TEXT,
            c.CHAIN: c.lines(map(c.chain_line, sealed)),
            c.STATUS: c.statuses(await self._store.verdicts(assessment.id)),
            **c.from_log(assessment, events),
            **c.from_library(assessment, library),
        }
        return {**files, c.MANIFEST: c.document({"files": digests(files)})}

    async def _of_its_making(
        self, assessment: Assessment, record: AuditRecord, files: Mapping[str, bytes]
    ) -> dict[str, bytes]:
        ordered = assessment.ordered
        access = c.lines(c.access_lines(await self._records(ordered.tenant, assessment.id)))
        made = {c.ACCESS: access, c.KEYS: c.document(self._signer.jwks())}
        creation = c.document(
            {
                "assessment": assessment.id,
                "made_at": record.at.isoformat(timespec="microseconds"),
                "made_by": record.actor,
                "reason": record.reason,
                "audit_record": record.seq,
                "program": f"assessor {__version__}",
                "livemode": ordered.livemode,
                "sha256": digests({c.MANIFEST: files[c.MANIFEST], **made}),
            }
        )
        signed = self._signer.sign_package(creation, livemode=ordered.livemode)
        return {**made, c.CREATION: creation, c.SIGNATURE: signed.encode()}

    async def _records(self, tenant: str, assessment_id: str) -> list[AuditRecord]:
        """Return what the audit log has about an assessment, the oldest first."""
        found: list[AuditRecord] = []
        wanted, before = ActFilter(tenant, subject=assessment_id), None
        while page := await self._store.recorded(wanted, before, _RECORDS):
            found += page
            before = page[-1].seq
        return found[::-1]


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file, in hexadecimal."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
