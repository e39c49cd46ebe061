"""Platforms' own libraries: files as they were uploaded, which never change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import TENANT, TENANT_LIBRARY
from assessor.domain.errors import Conflict, NotFound
from assessor.ports import LibraryVersion

_COLUMNS = [column for column in TENANT_LIBRARY.c if column.name != "files"]


class SqlLibraries(StorePart):
    """Fulfils `Libraries`."""

    async def add_library(
        self, version: LibraryVersion, files: Mapping[str, str], limit: int
    ) -> LibraryVersion:
        """Store a version, or return the one with these files that is there already."""

        def add(connection: Connection) -> LibraryVersion:
            # The tenant's row is what two uploads at a time wait for.
            connection.execute(select(TENANT.c.id).where(TENANT.c.id == version.tenant).with_for_update())
            mine = TENANT_LIBRARY.c.tenant_id == version.tenant
            known = connection.execute(select(*_COLUMNS).where(TENANT_LIBRARY.c.id == version.id)).first()
            if known is not None:
                return _version(known)
            count = connection.execute(
                select(func.count()).select_from(TENANT_LIBRARY).where(mine)
            ).scalar_one()
            if count >= limit:
                raise Conflict(f"There are {limit} versions already", "Ask us to remove what is not used.")
            values = {**vars(version), "files": dict(files)}
            values["tenant_id"] = values.pop("tenant")
            connection.execute(insert(TENANT_LIBRARY).values(**values))
            return version

        return await self._database.write(add)

    async def library_versions(self, tenant: str) -> tuple[LibraryVersion, ...]:
        """Return a tenant's versions, the newest first."""
        mine = select(*_COLUMNS).where(TENANT_LIBRARY.c.tenant_id == tenant)
        rows = await self._all(mine.order_by(TENANT_LIBRARY.c.created_at.desc(), TENANT_LIBRARY.c.id))
        return tuple(map(_version, rows))

    async def library_files(self, tenant: str, version_id: str) -> tuple[LibraryVersion, Mapping[str, str]]:
        """Return a version with its files. Raises NotFound, also for another tenant's."""
        one = (TENANT_LIBRARY.c.id == version_id) & (TENANT_LIBRARY.c.tenant_id == tenant)
        row = await self._first(select(TENANT_LIBRARY).where(one))
        if row is None:
            raise NotFound("library version", version_id)
        return _version(row), row.files

    async def library_of_track(self, track_id: str) -> tuple[LibraryVersion, Mapping[str, str]] | None:
        """Return the version that is known under this id, whoever's it is."""
        row = await self._first(select(TENANT_LIBRARY).where(TENANT_LIBRARY.c.track_id == track_id))
        return None if row is None else (_version(row), row.files)

    async def activate_library(self, tenant: str, version_id: str, at: datetime) -> LibraryVersion:
        """Make it the one that orders of its track get. Raises NotFound."""
        one = (TENANT_LIBRARY.c.id == version_id) & (TENANT_LIBRARY.c.tenant_id == tenant)
        if not await self._execute(update(TENANT_LIBRARY).where(one).values(activated_at=at)):
            raise NotFound("library version", version_id)
        return (await self.library_files(tenant, version_id))[0]

    async def offered_library(self, tenant: str, track: str) -> LibraryVersion | None:
        """Return what a tenant's order of a track gets, by the track's own name or by that of a version."""
        named = or_(TENANT_LIBRARY.c.track == track, TENANT_LIBRARY.c.track_id == track)
        active = select(*_COLUMNS).where(
            TENANT_LIBRARY.c.tenant_id == tenant, named, TENANT_LIBRARY.c.activated_at.is_not(None)
        )
        row = await self._first(active.order_by(TENANT_LIBRARY.c.activated_at.desc()).limit(1))
        return None if row is None else _version(row)


def _version(row: Row[Any]) -> LibraryVersion:
    return LibraryVersion(
        id=row.id,
        tenant=row.tenant_id,
        track=row.track,
        track_id=row.track_id,
        hash=row.hash,
        created_at=row.created_at,
        activated_at=row.activated_at,
    )
