"""Whether what is stored is what was written: verdicts against the log that issued them."""

import base64
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select

from assessor.adapters.store.derived import ISSUED, REVOKED, SUPERSEDED, verdict_values
from assessor.adapters.store.log import SqlEventLog
from assessor.adapters.store.tables import ASSESSMENT, EVENT, VERDICT
from assessor.domain import events as e
from assessor.domain.errors import DocumentRefused, Erased

_CHANGING: Final = {"superseded_by": None, "revoked_at": None, "revoked_because": None}


class SqlChecks(SqlEventLog):
    """Fulfils `Checks`, beside the chain of the log itself."""

    async def verify_verdicts(self, assessment_id: str) -> int:
        """Check every stored verdict of an assessment, column by column, and return how many there are.

        Where the log cannot be opened any more, against what was signed. Raises DocumentRefused naming the
        first verdict that was changed, added or taken out.
        """
        query = select(VERDICT).where(VERDICT.c.assessment_id == assessment_id).order_by(VERDICT.c.seq)

        def read(connection: Connection) -> tuple[dict[str, dict[str, Any]], Sequence[e.Event] | None]:
            """Both in one transaction: a verdict that is issued meanwhile is in neither or in both."""
            found = connection.execute(query).mappings()
            rows = {row["id"]: dict(row) for row in found}
            try:
                return rows, self._events(connection, assessment_id)
            except Erased:
                return rows, None

        rows, events = await self._database.read(read)
        if events is None:
            expected = {name: _by_signature(assessment_id, row) for name, row in rows.items()}
        else:
            expected = _by_log(events)
        for name in [*expected, *rows]:
            _require_same(assessment_id, name, expected.get(name), rows.get(name))
        return len(rows)

    async def assessment_ids(self, after: str = "", limit: int = 500) -> tuple[str, ...]:
        """Return ids of assessments of all tenants, in their order, of those after one."""
        query = select(ASSESSMENT.c.id).where(ASSESSMENT.c.id > after).order_by(ASSESSMENT.c.id).limit(limit)
        return tuple(row.id for row in await self._all(query))

    async def touched(
        self,
        since: datetime,
        until: datetime,
        types: Collection[str],
        tenant: str | None = None,
        after: str = "",
        limit: int = 500,
    ) -> tuple[str, ...]:
        """Return ids, in their order, of assessments in whose logs one of these facts stands in a time."""
        mine = EVENT.c.assessment_id == ASSESSMENT.c.id
        in_time = (EVENT.c.at >= since) & (EVENT.c.at < until) & EVENT.c.type.in_(sorted(types))
        # By assessment: a log is read by its key, and those that were ordered later are not read at all.
        has_any = select(EVENT.c.seq).where(mine, in_time).exists()
        query = select(ASSESSMENT.c.id).where(
            ASSESSMENT.c.id > after, ASSESSMENT.c.ordered_at < until, has_any
        )
        if tenant is not None:
            query = query.where(ASSESSMENT.c.tenant_id == tenant)
        return tuple(row.id for row in await self._all(query.order_by(ASSESSMENT.c.id).limit(limit)))

    async def count_assessments(self) -> int:
        """Return how many assessments there are."""
        row = await self._first(select(func.count()).select_from(ASSESSMENT))
        return int(row[0]) if row else 0


def _by_log(events: Sequence[e.Event]) -> dict[str, dict[str, Any]]:
    """Return what the rows of verdicts have to be, by id."""
    ordered = next((one.fact for one in events if isinstance(one.fact, e.AssessmentOrdered)), None)
    expected: dict[str, dict[str, Any]] = {}
    for event in events:
        fact = event.fact
        if isinstance(fact, e.VerdictIssued) and ordered:
            if (old := expected.get(fact.supersedes or "")) is not None:
                status = REVOKED if old["status"] == REVOKED else SUPERSEDED
                old |= {"status": status, "superseded_by": fact.verdict_id}
            values = verdict_values(
                event,
                fact,
                tenant=ordered.tenant,
                livemode=ordered.livemode,
                candidate_ref=ordered.candidate_ref,
                track=ordered.track,
            )
            expected[fact.verdict_id] = {**_CHANGING, **values, "status": ISSUED}
        if isinstance(fact, e.VerdictRevoked):
            told = {"status": REVOKED, "revoked_at": event.at, "revoked_because": fact.reason}
            expected[fact.verdict_id] |= told
    return expected


def _by_signature(assessment_id: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row has to be by what is signed in it. Raises DocumentRefused."""
    try:
        segment = row["jws"].split(".")[1]
        payload = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
        said = json.loads(payload)
        return {
            "document": payload,
            "id": said["id"],
            "assessment_id": said["assessment_id"],
            "tenant_id": said["tenant"],
            "livemode": said["livemode"],
            "candidate_ref": said["candidate_ref"],
            "track": said["track"]["id"],
            "decision": said["decision"],
            "level": said["level"],
            "issued_at": datetime.fromisoformat(said["issued_at"]),
            "valid_until": datetime.fromisoformat(said["valid_until"]),
        }
    except (ValueError, KeyError, TypeError, IndexError):
        raise _refused(assessment_id, row["id"], "has a signature that cannot be read") from None


def _require_same(
    assessment_id: str, name: str, expected: Mapping[str, Any] | None, row: Mapping[str, Any] | None
) -> None:
    if row is None:
        raise _refused(assessment_id, name, "is missing")
    if expected is None:
        raise _refused(assessment_id, name, "is in no log")
    for column in _changed(expected, row):
        raise _refused(assessment_id, name, f"was changed in `{column}`")


def _changed(expected: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[str]:
    yield from (column for column, value in expected.items() if row[column] != value)


def _refused(assessment_id: str, verdict_id: str, what: str) -> DocumentRefused:
    return DocumentRefused(f"Verdict {verdict_id} of {assessment_id} {what}")
