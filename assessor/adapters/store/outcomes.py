"""Outcomes of later work, and attempts with their verdicts, which reports put beside them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, literal, select, tuple_

from assessor.adapters.store.answers import SqlAnswers
from assessor.adapters.store.derived import ISSUED
from assessor.adapters.store.part import unique_or
from assessor.adapters.store.rows import as_projection, select_projections
from assessor.adapters.store.tables import ASSESSMENT, OUTCOME, VERDICT
from assessor.domain.assessment import Projection
from assessor.domain.errors import Conflict, NotFound
from assessor.domain.outcome import Outcome, OutcomeKey
from assessor.ports import Answered, Attempt, Contradicted

_AT_ONCE: Final = 500
"""Names in one query: databases limit their parameters."""
_NEWEST_FIRST = (OUTCOME.c.recorded_at.desc(), OUTCOME.c.id.desc())
_COLUMNS = tuple(OUTCOME.c[name] for name in Outcome.model_fields)


class SqlOutcomes(SqlAnswers):
    """Fulfils `Outcomes` and `Attempts`."""

    async def assessments_named(
        self, tenant: str, assessment_ids: Sequence[str], *, livemode: bool
    ) -> tuple[Projection, ...]:
        """Return those of the ids that the tenant has in this mode."""
        return await self._of(tenant, ASSESSMENT.c.id, assessment_ids, livemode=livemode)

    async def assessments_of_people(
        self, tenant: str, candidate_refs: Sequence[str], *, livemode: bool
    ) -> tuple[Projection, ...]:
        """Return all assessments of these people in this mode, newest first."""
        found = await self._of(tenant, ASSESSMENT.c.candidate_ref, candidate_refs, livemode=livemode)
        return tuple(sorted(found, key=lambda row: (row.ordered_at, row.id), reverse=True))

    async def add_outcomes(
        self,
        tenant: str,
        outcomes: Sequence[Outcome],
        answer: Callable[[Sequence[Outcome]], Answered] | None = None,
    ) -> tuple[Outcome, ...]:
        """Add those that are new in one transaction, with the answer; return all as they are stored."""

        def add(connection: Connection) -> tuple[Outcome, ...]:
            there = _stored(connection, {one.assessment_id for one in outcomes})
            new: dict[OutcomeKey, Outcome] = {}
            for one in outcomes:
                if one.key not in there:
                    new.setdefault(one.key, one)
            kept = [there.get(one.key) or new[one.key] for one in outcomes]
            pairs = enumerate(zip(outcomes, kept, strict=True))
            if wrong := [place for place, (one, other) in pairs if one.value != other.value]:
                raise Contradicted(wrong)
            if new:
                refusal = Conflict("Some of these outcomes were recorded meanwhile", "Send them again.")
                with unique_or(refusal):
                    connection.execute(insert(OUTCOME), [_values(tenant, one) for one in new.values()])
            if answer is not None:
                self._keep_answer(connection, outcomes[0].recorded_at, answer(kept))
            return tuple(kept)

        return await self._database.write(add)

    async def outcomes(
        self, tenant: str, *, livemode: bool, limit: int | None = None, after: str | None = None
    ) -> tuple[Outcome, ...]:
        """Return outcomes, the last recorded first, from after one on. Raises NotFound for that one."""
        mine = (OUTCOME.c.tenant_id == tenant) & (ASSESSMENT.c.livemode == livemode)
        query = select(*_COLUMNS).join(ASSESSMENT, ASSESSMENT.c.id == OUTCOME.c.assessment_id).where(mine)

        def read(connection: Connection) -> Sequence[Row[Any]]:
            if after is None:
                return connection.execute(query.order_by(*_NEWEST_FIRST).limit(limit)).all()
            last = connection.execute(query.where(OUTCOME.c.id == after)).first()
            if last is None:
                raise NotFound("outcome", after)
            place = tuple_(literal(last.recorded_at, OUTCOME.c.recorded_at.type), literal(after))
            later = query.where(tuple_(OUTCOME.c.recorded_at, OUTCOME.c.id) < place)
            return connection.execute(later.order_by(*_NEWEST_FIRST).limit(limit)).all()

        return tuple(map(_outcome, await self._database.read(read)))

    async def remove_outcome(self, tenant: str, outcome_id: str, *, livemode: bool) -> None:
        """Remove one. Raises NotFound."""
        in_mode = select(ASSESSMENT.c.id).where(
            ASSESSMENT.c.tenant_id == tenant, ASSESSMENT.c.livemode == livemode
        )
        one = (OUTCOME.c.id == outcome_id) & OUTCOME.c.assessment_id.in_(in_mode)
        if not await self._execute(delete(OUTCOME).where(one)):
            raise NotFound("outcome", outcome_id)

    async def attempts(self, tenant: str, *, livemode: bool) -> tuple[Attempt, ...]:
        """Return every assessment with its verdicts, in the order in which they were ordered."""
        mine = (ASSESSMENT.c.tenant_id == tenant) & (ASSESSMENT.c.livemode == livemode)

        def read(connection: Connection) -> tuple[Attempt, ...]:
            rows = connection.execute(
                select_projections().where(mine).order_by(ASSESSMENT.c.ordered_at, ASSESSMENT.c.id)
            ).all()
            live: dict[str, bytes] = {}
            earlier: defaultdict[str, list[bytes]] = defaultdict(list)
            for assessment_id, status, document in connection.execute(
                select(VERDICT.c.assessment_id, VERDICT.c.status, VERDICT.c.document)
                .where(VERDICT.c.tenant_id == tenant)
                .order_by(VERDICT.c.assessment_id, VERDICT.c.seq)
            ):
                if status == ISSUED:
                    live[assessment_id] = document
                else:
                    earlier[assessment_id].append(document)
            found = map(as_projection, rows)
            return tuple(Attempt(row, live.get(row.id), tuple(earlier[row.id])) for row in found)

        return await self._database.read_stale(read)

    async def _of(
        self, tenant: str, column: Any, names: Sequence[str], *, livemode: bool
    ) -> tuple[Projection, ...]:
        mine = (ASSESSMENT.c.tenant_id == tenant) & (ASSESSMENT.c.livemode == livemode)

        def read(connection: Connection) -> tuple[Projection, ...]:
            return tuple(
                as_projection(row)
                for some in _parts(sorted(set(names)))
                for row in connection.execute(select_projections().where(mine, column.in_(some)))
            )

        return await self._database.read(read)


def _stored(connection: Connection, assessment_ids: set[str]) -> dict[OutcomeKey, Outcome]:
    """Return what is stored of these assessments, by what makes an outcome the same."""
    found = (
        _outcome(row)
        for some in _parts(sorted(assessment_ids))
        for row in connection.execute(select(*_COLUMNS).where(OUTCOME.c.assessment_id.in_(some)))
    )
    return {one.key: one for one in found}


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]


def _values(tenant: str, outcome: Outcome) -> dict[str, Any]:
    return {"tenant_id": tenant, **dict(outcome)}


def _outcome(row: Row[Any]) -> Outcome:
    return Outcome(**dict(zip(Outcome.model_fields, row, strict=True)))
