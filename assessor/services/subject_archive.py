"""Everything that is kept about one candidate, for themselves, an assessment at a time."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from assessor.domain.assessment import Assessment
from assessor.domain.retention import UNTIL_LIFTED
from assessor.domain.transcript import Correction, Turn
from assessor.ports import Clock, KeptAssessment, Signer, Store, StoredVerdict
from assessor.services.delivering import transcript_document
from assessor.services.disclosing import disclosed
from assessor.services.erasing import Holding
from assessor.services.log import AssessmentLog


@dataclass(frozen=True)
class Portion:
    """One assessment: its state, and its files by name, as JSON types."""

    kept: KeptAssessment
    assessment: Assessment
    files: Mapping[str, Any]


class SubjectArchive:
    """Reads. Nobody else's words or names are in it, no key of a task, and no rubric."""

    def __init__(self, store: Store, assessments: AssessmentLog, signer: Signer, clock: Clock) -> None:
        self._store = store
        self._assessments = assessments
        self._signer = signer
        self._clock = clock

    async def about(self, found: Holding) -> Mapping[str, Any]:
        """Return the files that are about the person, by name. Raises Erased."""
        tenant, person, when = await self._store.tenant(found.person.tenant), found.person, found.schedule
        about = {
            "made_at": self._clock.now().isoformat(),
            "platform": {"id": tenant.id, "name": tenant.name},
            "your_reference_there": person.reference,
            "your_id_here": person.id,
            "assessments": [one.id for one in found.assessments],
            "deletion_asked_at": person.asked_at.isoformat() if person.asked_at else None,
            "work_can_be_deleted_from": _day(when.work_may_go),
            "work_goes_by_itself_on": _day(when.work_goes),
            "results_go_by_themselves_on": _day(when.result_goes),
            "is_under_legal_hold": when.is_held,
        }
        return {
            "about.json": about,
            "addresses.json": {one.id: await self._store.mail_address(one.id) for one in found.assessments},
            "declarations.json": await self._declarations(found),
            "public-keys.json": self._signer.jwks(),
        }

    async def portions(self, found: Holding) -> AsyncIterator[Portion]:
        """Yield the assessments, the oldest first. Raises Erased."""
        for kept in found.assessments:
            assessment = await self._assessments.load(kept.id)
            yield Portion(kept, assessment, await self._files(assessment))

    async def _files(self, assessment: Assessment) -> Mapping[str, Any]:
        events = await self._store.events(assessment.id)
        drafts = await self._store.drafts(assessment.id)
        return {
            "log.json": [disclosed(event, assessment) for event in events],
            "transcript.json": transcript_document(assessment),
            "drafts.json": [
                {"item_id": one.item_id, "saved_at": _moment(one.saved_at), "draft": one.payload}
                for one in drafts
            ],
            "verdicts.json": [_verdict(one) for one in await self._store.verdicts(assessment.id)],
            "redactions.json": _redactions(assessment),
        }

    async def _declarations(self, found: Holding) -> list[dict[str, Any]]:
        one_each = {kept.livemode: kept.id for kept in found.assessments}
        declared = {mode: await self._store.declared(one) for mode, one in one_each.items()}
        return [
            {"livemode": mode, "at": one.at.isoformat(), **one.declaration.model_dump(mode="json")}
            for mode, one in declared.items()
            if one is not None
        ]


def _verdict(one: StoredVerdict) -> dict[str, Any]:
    return {
        "id": one.id,
        "status": one.status,
        "superseded_by": one.superseded_by,
        "revoked_at": _moment(one.revoked_at),
        "revoked_because": one.revoked_because,
        "document": json.loads(one.document),
        "jws": one.jws,
    }


def _redactions(assessment: Assessment) -> list[dict[str, Any]]:
    """Return where words were taken back, and how many; what they were is gone."""
    spoken: list[Turn | Correction] = [*assessment.transcript.turns, *assessment.transcript.corrections]
    return [
        {"event_seq": one.seq, **redaction.model_dump(mode="json")}
        for one in spoken
        for redaction in one.redactions
    ]


def _moment(at: Any) -> str | None:
    return at.isoformat() if at else None


def _day(at: Any) -> str | None:
    """Write a day; None stands for one that nobody knows yet."""
    return None if at == UNTIL_LIFTED else str(at.date())
