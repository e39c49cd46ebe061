"""Platforms' own tasks: uploading, looking at, and activating versions of a track."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assessor.domain.errors import FieldProblem, InvalidInput, LibraryInvalid, LibraryProblem, invalid
from assessor.domain.ids import make_id
from assessor.domain.item import Category, Item
from assessor.domain.library import Library
from assessor.domain.track import Track
from assessor.domain.value import content_hash
from assessor.ports import Clock, Content, Files, LibraryReader, LibraryVersion, Store

MAX_VERSIONS: Final = 100
SUFFIX_CHARS: Final = 12
LONGEST_ID: Final = 64 - SUFFIX_CHARS - 1
"""Of tracks and rubrics: the version's own suffix has to find room behind it."""


@dataclass(frozen=True)
class Added:
    """A version as it was stored, or as it would be, with what its author should look at."""

    version: LibraryVersion
    items: dict[str, int]
    """By category."""
    warnings: Sequence[LibraryProblem]


class OwnLibraries:
    """What platforms do with tasks of their own. Each call is within one tenant."""

    def __init__(self, store: Store, content: Content, reader: LibraryReader, clock: Clock) -> None:
        self._store = store
        self._content = content
        self._reader = reader
        self._clock = clock

    async def add(self, tenant: str, files: Files, *, dry_run: bool = False) -> Added:
        """Check files and store them as a version; the same files once more are the same version.

        Raises InvalidInput with every mistake at once, Conflict when there are too many versions, and
        NotFound for a tenant that there is not.
        """
        await self._store.tenant(tenant)
        found = await asyncio.to_thread(self._read, files)
        (track,) = found.tracks.values()
        known = await self._content.library()
        if track.id in known.tracks.keys() - known.owners.keys():
            remedy = "Call it something else, for instance with your platform's name in it."
            raise invalid("track.yaml, id", f"{track.id!r} is a track that everybody can order", remedy)
        version = self._version(tenant, track, files)
        if not dry_run:
            version = await self._store.add_library(version, files, MAX_VERSIONS)
        counted = [item.category for item in found.items[track.id].values()]
        counts = {category.value: counted.count(category) for category in Category if category in counted}
        return Added(version, counts, await asyncio.to_thread(self._reader.warnings, files))

    async def all(self, tenant: str) -> Sequence[LibraryVersion]:
        """Return a tenant's versions, the newest first."""
        return await self._store.library_versions(tenant)

    async def activate(self, tenant: str, version_id: str) -> LibraryVersion:
        """Let orders of the track have this version. Raises NotFound, also for another tenant's."""
        return await self._store.activate_library(tenant, version_id, self._clock.now())

    async def offered(self, tenant: str) -> Sequence[Track]:
        """Return the tracks of a tenant's own that can be ordered, each as it was activated last."""
        active = [(one.activated_at, one) for one in await self.all(tenant) if one.activated_at]
        latest = {one.track: one for _, one in sorted(active, key=lambda pair: pair[0])}
        return [(await self._content.library(one.track_id)).track(one.track_id) for one in latest.values()]

    async def preview(self, tenant: str, version_id: str, item_id: str) -> tuple[Track, Item]:
        """Return an item of a version with its track. Raises NotFound, also for another tenant's."""
        version, files = await self._store.library_files(tenant, version_id)
        library = await asyncio.to_thread(self._read, files)
        return library.track(version.track), library.item(version.track, item_id)

    def _read(self, files: Files) -> Library:
        try:
            found = self._reader.read(files)
        except LibraryInvalid as refused:
            raise InvalidInput([_named(problem) for problem in refused.problems]) from None
        long = [name for name in (*found.tracks, *found.rubrics) if len(name) > LONGEST_ID]
        if long:
            raise invalid("id", f"{long[0]!r} is too long", f"Ids here have at most {LONGEST_ID} characters.")
        return found

    def _version(self, tenant: str, track: Track, files: Files) -> LibraryVersion:
        hashed = content_hash(dict(files))
        own = hashlib.sha256(f"{tenant}\n{hashed}".encode())
        return LibraryVersion(
            id=make_id("lib", own.digest()[:16]),
            tenant=tenant,
            track=track.id,
            track_id=f"{track.id}_{own.hexdigest()[:SUFFIX_CHARS]}",
            hash=hashed,
            created_at=self._clock.now(),
        )


def _named(problem: LibraryProblem) -> FieldProblem:
    where = f"{problem.file}, line {problem.line}: {problem.field}"
    return FieldProblem(where, problem.problem, "Correct it and send all files again.")
