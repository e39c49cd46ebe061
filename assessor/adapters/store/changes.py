"""Changes of the grading in the database, with what their shadow runs have found so far."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, null, or_, select, update

from assessor.adapters.store.audit_log import place_acts
from assessor.adapters.store.part import StorePart, log_end, unique_or
from assessor.adapters.store.tables import (
    ASSESSMENT,
    GRADING_CHANGE,
    GRADING_STEP,
    SHADOW_CASE,
    TENANT,
    in_utc,
)
from assessor.adapters.vault import open_sealed, place, seal
from assessor.domain.assessment import Status
from assessor.domain.audit_log import Act, Action
from assessor.domain.change import Change, Population, ShadowCase, ShadowReport, Step, StepKind
from assessor.domain.errors import Conflict, NotFound
from assessor.domain.events import ModelReplied
from assessor.domain.grading import Grading
from assessor.ports import INJECTIONS, GradedCase, ShadowProgress

_NEWEST_FIRST = (GRADING_CHANGE.c.at.desc(), GRADING_CHANGE.c.id.desc())


class SqlChanges(StorePart):
    """Fulfils `Changes`."""

    async def add_change(self, change: Change, sample: Sequence[str]) -> None:
        """Keep a change with its sample, and a place for the injection suite. Raises NotFound."""

        def add(connection: Connection) -> None:
            if connection.scalar(select(TENANT.c.id).where(TENANT.c.id == change.tenant)) is None:
                raise NotFound("tenant", change.tenant)
            connection.execute(insert(GRADING_CHANGE).values(**_values(change)))
            cases = [
                {"change_id": change.id, "assessment_id": name, "place": number}
                for number, name in enumerate((*sample, INJECTIONS))
            ]
            connection.execute(insert(SHADOW_CASE), cases)

        await self._database.write(add)

    async def change(self, tenant: str, change_id: str) -> Change:
        """Raises NotFound, also for another tenant's."""

        def read(connection: Connection) -> Change:
            row = _row(connection, tenant, change_id)
            return _change(row, _steps(connection, [change_id]).get(change_id, ()))

        return await self._database.read(read)

    async def changes(self, tenant: str) -> tuple[Change, ...]:
        """Return a tenant's changes, the newest first."""

        def read(connection: Connection) -> tuple[Change, ...]:
            mine = select(GRADING_CHANGE).where(GRADING_CHANGE.c.tenant_id == tenant)
            rows = connection.execute(mine.order_by(*_NEWEST_FIRST)).all()
            steps = _steps(connection, [row.id for row in rows])
            return tuple(_change(row, steps.get(row.id, ())) for row in rows)

        return await self._database.read(read)

    async def grading_of(self, tenant: str, track: str) -> Grading:
        """Return what orders of a track get in place of what is installed, the latest change uppermost."""
        on, off = (GRADING_STEP.alias(name) for name in ("switched_on", "rolled_back"))
        query = (
            select(GRADING_CHANGE.c.proposed)
            .join(on, (on.c.change_id == GRADING_CHANGE.c.id) & (on.c.kind == StepKind.SWITCHED_ON.value))
            .outerjoin(off, (off.c.change_id == on.c.change_id) & (off.c.kind == StepKind.ROLLED_BACK.value))
            .where(GRADING_CHANGE.c.tenant_id == tenant, off.c.change_id.is_(None))
            .where(or_(GRADING_CHANGE.c.track.is_(None), GRADING_CHANGE.c.track == track))
            .order_by(on.c.at, GRADING_CHANGE.c.id)
        )
        return Grading.of(Grading.model_validate(row.proposed) for row in await self._all(query))

    async def unreported(self) -> tuple[Change, ...]:
        """Return the changes of all tenants that have neither a report nor an end, the oldest first."""

        def read(connection: Connection) -> tuple[Change, ...]:
            query = select(GRADING_CHANGE).where(GRADING_CHANGE.c.reported_at.is_(None))
            rows = connection.execute(query.order_by(GRADING_CHANGE.c.at, GRADING_CHANGE.c.id)).all()
            steps = _steps(connection, [row.id for row in rows])
            found = (_change(row, steps.get(row.id, ())) for row in rows)
            return tuple(one for one in found if not one.is_closed)

        return await self._database.read(read)

    async def hold_change(self, change_id: str, worker: str, now: datetime, until: datetime) -> bool:
        """Let a process grade for a change until a time; return whether it may."""
        row = GRADING_CHANGE.c
        free = or_(row.held_until.is_(None), row.held_until <= in_utc(now), row.worker == worker)
        held = update(GRADING_CHANGE).where(row.id == change_id, free)
        return await self._execute(held.values(worker=worker, held_until=in_utc(until))) == 1

    async def add_step(self, tenant: str, change_id: str, step: Step, after: int) -> None:
        """Add what somebody did, when there were so many steps before. Raises NotFound, Conflict."""
        moved = Conflict("Somebody else did something about this change just now", "Look at it again.")

        def add(connection: Connection) -> None:
            _row(connection, tenant, change_id)
            mine = select(func.count()).where(GRADING_STEP.c.change_id == change_id)
            if connection.execute(mine).scalar_one() != after:
                raise moved
            values = {**dict(step), "kind": step.kind.value, "at": in_utc(step.at)}
            connection.execute(insert(GRADING_STEP).values(change_id=change_id, number=after + 1, **values))
            action = Action(f"change.{step.kind.value}")
            place_acts(connection, [Act(tenant, step.by, action, change_id, step.reason)], in_utc(step.at))

        with unique_or(moved):
            await self._database.write(add)

    async def reported(self, change_id: str, report: ShadowReport, at: datetime) -> None:
        """Keep the report. The first one stays."""
        unreported = (GRADING_CHANGE.c.id == change_id) & GRADING_CHANGE.c.reported_at.is_(None)
        values = {"report": report.model_dump(mode="json"), "reported_at": in_utc(at)}
        await self._execute(update(GRADING_CHANGE).where(unreported).values(**values))

    async def decided_of(
        self, tenant: str, population: Population, track: str | None, *, after: str = "", limit: int = 500
    ) -> tuple[str, ...]:
        """Return ids of decided assessments whose words can be read, in their order."""
        wanted = [
            ASSESSMENT.c.tenant_id == tenant,
            ASSESSMENT.c.status == Status.DECIDED.value,
            ASSESSMENT.c.erased_at.is_(None),
            ASSESSMENT.c.simulated.is_(population == "simulated"),
            ASSESSMENT.c.id > after,
        ]
        if population != "simulated":
            wanted.append(ASSESSMENT.c.livemode.is_(population == "live"))
        if track is not None:
            wanted.append(ASSESSMENT.c.track == track)
        query = select(ASSESSMENT.c.id).where(*wanted).order_by(ASSESSMENT.c.id).limit(limit)
        return tuple(row.id for row in await self._all(query))

    async def to_grade(self, change_id: str) -> tuple[str, ...]:
        """Return the assessments of the sample that were not graded yet, in their order."""
        open_ = SHADOW_CASE.c.result.is_(None) & (SHADOW_CASE.c.assessment_id != INJECTIONS)
        query = select(SHADOW_CASE.c.assessment_id).where(SHADOW_CASE.c.change_id == change_id, open_)
        return tuple(row.assessment_id for row in await self._all(query.order_by(SHADOW_CASE.c.place)))

    async def graded(self, change_id: str) -> tuple[GradedCase, ...]:
        """Return what was graded, in the order of the sample."""
        query = (
            select(
                SHADOW_CASE.c.assessment_id,
                ASSESSMENT.c.candidate_id,
                ASSESSMENT.c.track,
                SHADOW_CASE.c.result,
            )
            .join(ASSESSMENT, ASSESSMENT.c.id == SHADOW_CASE.c.assessment_id)
            .where(SHADOW_CASE.c.change_id == change_id, SHADOW_CASE.c.result.is_not(None))
            .order_by(SHADOW_CASE.c.place)
        )
        return tuple(
            GradedCase(row.assessment_id, row.candidate_id, row.track, ShadowCase.model_validate(row.result))
            for row in await self._all(query)
        )

    async def progress(self, change_id: str) -> ShadowProgress:
        """Return how many assessments of the sample were graded, of those that are left."""
        mine = (SHADOW_CASE.c.change_id == change_id) & (SHADOW_CASE.c.assessment_id != INJECTIONS)
        done = func.count().filter(SHADOW_CASE.c.result.is_not(None))

        def count(connection: Connection) -> ShadowProgress:
            row = connection.execute(select(done, func.count()).where(mine)).one()
            return ShadowProgress(*map(int, row))

        return await self._database.read(count)

    async def shadow_replies(self, change_id: str, assessment_id: str) -> tuple[ModelReplied, ...]:
        """Return what models said so far of one that is not graded yet. Raises Gone."""

        def read(connection: Connection) -> tuple[ModelReplied, ...]:
            return self._replies(connection, change_id, assessment_id)

        return await self._database.read(read)

    async def keep_shadow_reply(self, change_id: str, assessment_id: str, replied: ModelReplied) -> None:
        """Keep a reply. Raises Gone when there is no key any more, or no place for it."""

        def keep(connection: Connection) -> None:
            replies = (*self._replies(connection, change_id, assessment_id, lock=True), replied)
            plain = json.dumps([one.model_dump(mode="json") for one in replies]).encode()
            if key := self._case_key(connection, assessment_id):
                plain = seal(key, plain, place(change_id, assessment_id))
            connection.execute(
                update(SHADOW_CASE).where(_one(change_id, assessment_id)).values(replies=plain)
            )

        await self._database.write(keep)

    async def keep_case(self, change_id: str, assessment_id: str, case: ShadowCase | None) -> None:
        """Keep the numbers of one and forget the replies; None takes it out of the sample."""
        mine = _one(change_id, assessment_id)
        if case is None:
            await self._execute(delete(SHADOW_CASE).where(mine))
            return
        done = update(SHADOW_CASE).where(mine).values(result=case.model_dump(mode="json"), replies=None)
        await self._execute(done)
        await self._database.forget_overwritten()

    def _replies(
        self, connection: Connection, change_id: str, assessment_id: str, *, lock: bool = False
    ) -> tuple[ModelReplied, ...]:
        mine = select(SHADOW_CASE.c.replies).where(_one(change_id, assessment_id))
        row = connection.execute(mine.with_for_update() if lock else mine).first()
        key = self._case_key(connection, assessment_id)
        if row is None:
            raise NotFound("case of the shadow run", assessment_id)
        if row.replies is None:
            return ()
        what = f"What models said of {assessment_id} for {change_id}"
        sealed = place(change_id, assessment_id)
        plain = open_sealed(key, row.replies, sealed, what) if key else row.replies
        return tuple(ModelReplied.model_validate(one) for one in json.loads(plain))

    def _case_key(self, connection: Connection, assessment_id: str) -> bytes | None:
        """Return the candidate's data key; None for our own texts. Raises Erased."""
        if assessment_id == INJECTIONS:
            return None
        end = log_end(connection, assessment_id)
        return self._key(end.candidate_id, end.wrapped_key)


def _one(change_id: str, assessment_id: str) -> Any:
    return (SHADOW_CASE.c.change_id == change_id) & (SHADOW_CASE.c.assessment_id == assessment_id)


def _row(connection: Connection, tenant: str, change_id: str) -> Row[Any]:
    mine = (GRADING_CHANGE.c.id == change_id) & (GRADING_CHANGE.c.tenant_id == tenant)
    row = connection.execute(select(GRADING_CHANGE).where(mine)).first()
    if row is None:
        raise NotFound("change", change_id)
    return row


def _steps(connection: Connection, ids: Sequence[str]) -> Mapping[str, tuple[Step, ...]]:
    query = select(GRADING_STEP).where(GRADING_STEP.c.change_id.in_(ids)).order_by(GRADING_STEP.c.number)
    found: dict[str, tuple[Step, ...]] = {}
    for row in connection.execute(query):
        step = Step(kind=row.kind, by=row.by, reason=row.reason, at=row.at, report=row.report)
        found[row.change_id] = (*found.get(row.change_id, ()), step)
    return found


def _values(change: Change) -> dict[str, Any]:
    apart = {"tenant", "proposed", "base", "models", "steps", "report", "reported_at"}
    values = change.model_dump(exclude=apart)
    proposed = change.proposed.model_dump(mode="json")
    at = in_utc(change.at)
    return {
        **values,
        "at": at,
        "tenant_id": change.tenant,
        "proposed": proposed,
        "base": list(change.base),
        "models": list(change.models),
        "report": null(),
    }


def _change(row: Row[Any], steps: tuple[Step, ...]) -> Change:
    return Change(
        id=row.id,
        tenant=row.tenant_id,
        track=row.track,
        proposed=row.proposed,
        by=row.by,
        reason=row.reason,
        at=row.at,
        sample=row.sample,
        population=row.population,
        base=tuple(row.base),
        models=tuple(row.models),
        prompts_hash=row.prompts_hash,
        report=row.report,
        reported_at=row.reported_at,
        steps=steps,
    )
