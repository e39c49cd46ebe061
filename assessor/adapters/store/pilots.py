"""The stages of pilots in the database: a history that is only added to."""

from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import PILOT_STAGE, TENANT
from assessor.domain.errors import NotFound
from assessor.domain.pilot import StageChange, holding, stage_for
from assessor.domain.policy import Stage

_NEWEST_FIRST = select(PILOT_STAGE).order_by(PILOT_STAGE.c.id.desc())


class SqlPilots(StorePart):
    """Fulfils `Pilots`."""

    async def stage_of(self, tenant: str, track: str, region: str | None) -> Stage | None:
        """Return the stage that holds for an order: the region's, else the track's, else None."""
        return stage_for(map(_change, await self._all(_of_track(tenant, track))), region)

    async def stages(self, tenant: str | None = None) -> tuple[StageChange, ...]:
        """Return what holds, of one platform or of all."""
        return holding(await self.stage_history(tenant))

    async def stage_history(self, tenant: str | None = None) -> tuple[StageChange, ...]:
        """Return every change, the newest first."""
        mine = _NEWEST_FIRST if tenant is None else _NEWEST_FIRST.where(PILOT_STAGE.c.tenant_id == tenant)
        return tuple(map(_change, await self._all(mine)))

    async def change_stage(self, change: StageChange, only_from: Stage | None = None) -> bool:
        """Add a change. With `only_from`, only where that stage holds; return whether it was added.

        Raises NotFound for an unknown tenant.
        """

        def add(connection: Connection) -> bool:
            # The tenant is locked where rows can be: two that notice the same fall must not both note it.
            mine = select(TENANT.c.id).where(TENANT.c.id == change.tenant).with_for_update()
            if connection.scalar(mine) is None:
                raise NotFound("tenant", change.tenant)
            if only_from is not None:
                rows = connection.execute(_of_track(change.tenant, change.track))
                now = next((one for one in map(_change, rows) if one.region == change.region), None)
                if now is None or now.stage is not only_from:
                    return False
            connection.execute(insert(PILOT_STAGE).values(**_values(change)))
            return True

        return await self._database.write(add)


def _of_track(tenant: str, track: str) -> Select[Any]:
    return _NEWEST_FIRST.where(PILOT_STAGE.c.tenant_id == tenant, PILOT_STAGE.c.track == track)


def _values(change: StageChange) -> dict[str, Any]:
    values = {**dict(change), "tenant_id": change.tenant, "stage": change.stage.value}
    del values["tenant"]
    return values


def _change(row: Row[Any]) -> StageChange:
    return StageChange(
        tenant=row.tenant_id,
        track=row.track,
        region=row.region,
        stage=Stage(row.stage),
        by=row.by,
        reason=row.reason,
        at=row.at,
    )
