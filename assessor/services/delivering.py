"""Verdicts for those who rely on them."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from assessor.domain.assessment import OPEN, TRANSITIONS, Assessment, Status
from assessor.domain.errors import Erased, NotFound, VerdictNotReady
from assessor.ports import ApiKey, AskedVerdict, Clock, Signer, Store, StoredVerdict
from assessor.services.admission import Admission, Presented, Scope
from assessor.services.log import AssessmentLog

RETRY_WHILE_WORKING = 300
RETRY_WHILE_SCORING = 5

Count = Callable[[ApiKey], object]
"""Counts a request of a key, and raises when there were too many."""


class Delivering:
    """Reads of what was signed."""

    def __init__(self, store: Store, assessments: AssessmentLog, signer: Signer, clock: Clock) -> None:
        self._store = store
        self._admission = Admission(store, clock)
        self._assessments = assessments
        self._signer = signer

    async def verdict(self, tenant: str, assessment_id: str) -> StoredVerdict:
        """Return the live verdict. Raises NotFound, or VerdictNotReady with when to ask again."""
        projection = await self._store.projection(assessment_id)
        if projection.tenant != tenant:
            raise NotFound("assessment", assessment_id)
        return _ready(assessment_id, projection.status, await self._store.live_verdict(assessment_id))

    async def verdict_for(self, authorization: str | None, assessment_id: str, count: Count) -> StoredVerdict:
        """Return the live verdict to whoever presents a key; platforms poll this, so it is one query.

        `count` is asked about the key before anything is told. Raises Unauthenticated, Forbidden,
        NotFound, or VerdictNotReady with when to ask again.
        """
        asked = await self._admitted(authorization, self._store.asked_verdict, assessment_id, count)
        if asked.status is None:
            raise NotFound("assessment", assessment_id)
        return _ready(assessment_id, asked.status, asked.verdict)

    async def verdict_of_id(self, authorization: str | None, verdict_id: str, count: Count) -> StoredVerdict:
        """Return one verdict, live or not, to whoever presents a key. Raises as `verdict_for`."""
        asked = await self._admitted(authorization, self._store.asked_verdict_of_id, verdict_id, count)
        if asked.verdict is None:
            raise NotFound("verdict", verdict_id)
        return asked.verdict

    async def history(self, tenant: str, assessment_id: str) -> tuple[StoredVerdict, ...]:
        """Return all verdicts of an assessment, oldest first, of an erased one too. Raises NotFound."""
        if (await self._store.projection(assessment_id)).tenant != tenant:
            raise NotFound("assessment", assessment_id)
        return await self._store.verdicts(assessment_id)

    async def transcript(self, tenant: str, assessment_id: str) -> dict[str, Any]:
        """Return the conversation and the responses as JSON types. Raises NotFound."""
        return transcript_document(await self._assessments.load_for(tenant, assessment_id))

    async def _admitted(
        self,
        authorization: str | None,
        ask: Callable[[str, str], Awaitable[AskedVerdict]],
        thing_id: str,
        count: Count,
    ) -> AskedVerdict:
        presented = Presented.by(authorization)
        try:
            asked = await ask(presented.key_id, thing_id)
        except NotFound:
            await self._admission.admit(presented, None, "", Scope.VERDICTS_READ)
            raise
        count(await self._admission.admit(presented, asked.key, asked.secret_hash, Scope.VERDICTS_READ))
        return asked

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JWK set."""
        return self._signer.jwks()


def _ready(assessment_id: str, status: Status, verdict: StoredVerdict | None) -> StoredVerdict:
    if verdict is None and status is Status.DECIDED:
        raise Erased  # there was one, and its term is over
    if verdict is None:
        raise VerdictNotReady("assessment", assessment_id, status.value, _retry_after(status))
    return verdict


def _retry_after(status: Status) -> int | None:
    if not TRANSITIONS[status]:
        return None
    return RETRY_WHILE_WORKING if status in OPEN else RETRY_WHILE_SCORING


def transcript_document(assessment: Assessment) -> dict[str, Any]:
    """Write what was said and handed in, with the sequence numbers that evidence points to.

    A correction stands beside the turn that it `replaces`; a text's `redactions` say where words were
    taken back, how many, and when.
    """
    return {
        "object": "transcript",
        "assessment_id": assessment.id,
        "status": assessment.status.value,
        "turns": [turn.model_dump(mode="json") for turn in assessment.transcript.turns],
        "corrections": [one.model_dump(mode="json") for one in assessment.transcript.corrections],
        "summary_confirmed_at": _written(assessment.summary_confirmed_at),
        "responses": [
            {
                "item_id": item_id,
                "event_seq": assessment.response_seqs[item_id],
                "response": response.model_dump(mode="json"),
                "shown_order": list(assessment.shown_orders.get(item_id, ())),
            }
            for item_id, response in assessment.responses.items()
        ],
    }


def _written(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
