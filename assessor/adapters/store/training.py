"""Training in the database: grants and scores are added, and never changed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import KNOWN_CASE, REVIEWER, TRAINING_GRANT, TRAINING_SCORE
from assessor.domain.training import Compared, Grant
from assessor.ports import KnownCase, Practised


class SqlTraining(StorePart):
    """Fulfils `Trainings`."""

    async def practised(self, reviewer_id: str, track: str) -> Sequence[Practised]:
        """Return what somebody scored in a track, the oldest first."""
        score = TRAINING_SCORE.c
        query = select(TRAINING_SCORE).where(score.reviewer_id == reviewer_id, score.track == track)
        return [_practised(row) for row in await self._all(query.order_by(score.id))]

    async def keep_practised(self, one: Practised, then: Grant | None = None) -> bool:
        """Keep a score, and what follows from it. False, and nothing is kept, when it was scored before."""
        values = {
            **{name: getattr(one, name) for name in ("reviewer_id", "track", "series", "answer")},
            **vars(one.compared),
            "marks": dict(one.marks),
            "at": one.at,
            "purpose": one.purpose,
        }

        def keep(connection: Connection) -> None:
            connection.execute(insert(TRAINING_SCORE).values(**values))
            if then is not None:
                connection.execute(insert(TRAINING_GRANT).values(**_values(then)))

        try:
            await self._database.write(keep)
        except IntegrityError:  # sent twice: the first holds
            return False
        return True

    async def grants(self, reviewer_ids: Collection[str]) -> Sequence[Grant]:
        """Return the newest grant for each of these people and each track."""
        grant = TRAINING_GRANT.c
        query = select(TRAINING_GRANT).where(grant.reviewer_id.in_(sorted(reviewer_ids)))
        rows = await self._all(query.order_by(grant.id))
        return list({(row.reviewer_id, row.track): _grant(row) for row in rows}.values())

    async def grant_training(self, grants: Sequence[Grant]) -> None:
        """Keep several."""
        rows = [_values(one) for one in grants]
        if rows:
            await self._database.write(lambda connection: connection.execute(insert(TRAINING_GRANT), rows))

    async def add_known_case(self, case: KnownCase) -> None:
        """Keep a new one."""
        await self._execute(insert(KNOWN_CASE).values(**vars(case) | {"answers": list(case.answers)}))

    async def known_case(self, case_id: str) -> KnownCase | None:
        """Return one by its id."""
        return _known(await self._first(select(KNOWN_CASE).where(KNOWN_CASE.c.id == case_id)))

    async def open_known_case(self, reviewer_id: str) -> KnownCase | None:
        """Return somebody's oldest that is not settled."""
        case = KNOWN_CASE.c
        query = select(KNOWN_CASE).where(case.reviewer_id == reviewer_id, case.settled_at.is_(None))
        return _known(await self._first(query.order_by(case.drawn_at, case.id)))

    async def settle_known_case(self, case_id: str, at: datetime) -> None:
        """Note that everything of it is scored."""
        await self._execute(update(KNOWN_CASE).where(KNOWN_CASE.c.id == case_id).values(settled_at=at))

    async def known_scores(self, tenant: str, since: datetime) -> Sequence[Practised]:
        """Return what a tenant's people scored of known cases, the oldest first."""
        score = TRAINING_SCORE.c
        query = select(TRAINING_SCORE).join(REVIEWER, REVIEWER.c.id == score.reviewer_id)
        query = query.where(REVIEWER.c.tenant_id == tenant, score.purpose == "known", score.at >= since)
        return [_practised(row) for row in await self._all(query.order_by(score.id))]


def _known(row: Row[Any] | None) -> KnownCase | None:
    return row and KnownCase(row.id, row.reviewer_id, row.track, tuple(row.answers), row.drawn_at)


def _values(grant: Grant) -> dict[str, Any]:
    return {**vars(grant), "rubrics": dict(grant.rubrics)}


def _grant(row: Row[Any]) -> Grant:
    return Grant(row.reviewer_id, row.track, row.grounds, row.rubrics, row.by, row.at, row.reason)


def _practised(row: Row[Any]) -> Practised:
    return Practised(
        row.reviewer_id,
        row.track,
        row.series,
        row.answer,
        row.marks,
        Compared(row.level, row.known, row.right, row.criteria),
        row.at,
        row.purpose,
    )
