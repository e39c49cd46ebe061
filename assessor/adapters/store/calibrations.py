"""The agreement ledger: calibrations, and what gold responses said of them since."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import CALIBRATION, GOLD_ERROR, QUALITY_LEVEL
from assessor.domain.calibration import Calibration, Standing, latest
from assessor.domain.errors import NotFound
from assessor.domain.quality import QUALITY, Pair
from assessor.ports import Entry, Stopped

_GOLD = (
    select(func.count())
    .where(GOLD_ERROR.c.calibration_id == CALIBRATION.c.id)
    .scalar_subquery()
    .label("gold")
)
_NEWEST_FIRST = (CALIBRATION.c.measured_at.desc(), CALIBRATION.c.id)
_LEDGER = select(CALIBRATION, _GOLD).order_by(*_NEWEST_FIRST)
_STANDINGS = select(CALIBRATION.c.standing, CALIBRATION.c.stopped_at).order_by(*_NEWEST_FIRST)


class SqlCalibrations(StorePart):
    """Fulfils `Calibrations`."""

    async def add_calibrations(self, calibrations: Sequence[Calibration]) -> None:
        """Add them in one transaction. Adding one that is there already changes nothing."""

        def add(connection: Connection) -> None:
            ids = [one.id for one in calibrations]
            there = set(connection.scalars(select(CALIBRATION.c.id).where(CALIBRATION.c.id.in_(ids))))
            new = [_values(one) for one in calibrations if one.id not in there]
            if new:
                connection.execute(insert(CALIBRATION), new)

        await self._database.write(add)

    async def ledger(self) -> tuple[Entry, ...]:
        """Return every calibration, the newest first."""
        return tuple(map(_entry, await self._all(_LEDGER)))

    async def standings(self) -> tuple[Standing, ...]:
        """Return the calibrations that stand now, one for each judge, prompts, family and language."""
        rows = await self._all(_STANDINGS)
        return latest(_standing(row) for row in rows)

    async def add_gold_errors(self, calibration_id: str, errors: Sequence[float], at: datetime) -> None:
        """Add errors after those there are. Raises NotFound for an unknown calibration."""

        def add(connection: Connection) -> None:
            # The row is locked where rows can be: two at once would give two errors one number.
            wanted = CALIBRATION.c.id == calibration_id
            if connection.scalar(select(CALIBRATION.c.id).where(wanted).with_for_update()) is None:
                raise NotFound("calibration", calibration_id)
            mine = GOLD_ERROR.c.calibration_id == calibration_id
            last = connection.scalar(select(func.coalesce(func.max(GOLD_ERROR.c.number), 0)).where(mine)) or 0
            rows = [
                {"calibration_id": calibration_id, "number": number, "at": at, "error": error}
                for number, error in enumerate(errors, last + 1)
            ]
            if rows:
                connection.execute(insert(GOLD_ERROR), rows)

        await self._database.write(add)

    async def gold_errors(self, calibration_id: str) -> tuple[float, ...]:
        """Return all errors since the calibration, the oldest first."""
        mine = select(GOLD_ERROR.c.error).where(GOLD_ERROR.c.calibration_id == calibration_id)
        return tuple(row.error for row in await self._all(mine.order_by(GOLD_ERROR.c.number)))

    async def quality_levels(self) -> Mapping[str, tuple[Pair, ...]]:
        """Return what second looks found, by calibration: the newest first, as many as count."""
        query = select(QUALITY_LEVEL.c.calibration_id, QUALITY_LEVEL.c.person, QUALITY_LEVEL.c.judge)
        known = query.where(QUALITY_LEVEL.c.calibration_id.is_not(None))
        found: dict[str, tuple[Pair, ...]] = {}
        for row in await self._all(known.order_by(QUALITY_LEVEL.c.id.desc())):
            newer = found.get(row.calibration_id, ())
            if len(newer) < QUALITY.newest:
                found[row.calibration_id] = (*newer, (row.person, row.judge))
        return found

    async def stop_calibration(self, calibration_id: str, stopped: Stopped) -> None:
        """Note that it holds no more. Stopping twice keeps the first."""
        standing_still = (CALIBRATION.c.id == calibration_id) & CALIBRATION.c.stopped_at.is_(None)
        change = update(CALIBRATION).where(standing_still)
        await self._execute(
            change.values(stopped_at=stopped.at, stopped_as=stopped.alarm, stopped_after=stopped.after)
        )


def _values(calibration: Calibration) -> dict[str, Any]:
    return {
        "id": calibration.id,
        "measured_at": calibration.measured_at,
        "document": calibration.model_dump(mode="json"),
        "standing": Standing.of(calibration).model_dump(mode="json"),
    }


def _entry(row: Row[Any]) -> Entry:
    stopped = None
    if row.stopped_at is not None:
        stopped = Stopped(row.stopped_at, row.stopped_as, row.stopped_after)
    return Entry(Calibration.model_validate(row.document), stopped, row.gold)


def _standing(row: Row[Any]) -> Standing:
    standing = Standing.model_validate(row.standing)
    return standing if row.stopped_at is None else standing.fallen()
