"""Platforms' own tasks: what was uploaded, and what reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.errors import LibraryProblem
from assessor.domain.library import Library


@dataclass(frozen=True)
class LibraryVersion:
    """One version of a platform's own track. Its files never change; activation is the one fact that does."""

    id: str
    tenant: str
    track: str
    """As the platform calls it."""
    track_id: str
    """Under which assessments, verdicts and the library know this version: nobody else's is called so."""
    hash: str
    """Of the files."""
    created_at: datetime
    activated_at: datetime | None = None
    """When it was last made the one that orders get."""


Files = Mapping[str, str]
"""YAML by name: `track.yaml`, one file a category, and `rubrics/<name>.yaml`."""


class LibraryReader(Protocol):
    """Makes a track of files, which nobody has looked at before."""

    def read(self, files: Files) -> Library:
        """Return what files hold; the track has the id that the platform gave it.

        Raises LibraryInvalid with every mistake at once, InvalidInput for what is no set of files.
        """
        ...

    def warnings(self, files: Files) -> tuple[LibraryProblem, ...]:
        """Return what an author should look at in files that can be read."""
        ...


class Libraries(Protocol):
    """The versions that platforms uploaded."""

    async def add_library(self, version: LibraryVersion, files: Files, limit: int) -> LibraryVersion:
        """Store a version, or return the one with these files that is there already.

        Raises Conflict when the tenant has `limit` of them.
        """
        ...

    async def library_versions(self, tenant: str) -> tuple[LibraryVersion, ...]:
        """Return a tenant's versions, the newest first."""
        ...

    async def library_files(self, tenant: str, version_id: str) -> tuple[LibraryVersion, Files]:
        """Raises NotFound, also for another tenant's."""
        ...

    async def library_of_track(self, track_id: str) -> tuple[LibraryVersion, Files] | None:
        """Return the version that is known under this id, whoever's it is."""
        ...

    async def activate_library(self, tenant: str, version_id: str, at: datetime) -> LibraryVersion:
        """Make it the one that orders of its track get. Raises NotFound."""
        ...

    async def offered_library(self, tenant: str, track: str) -> LibraryVersion | None:
        """Return what a tenant's order of a track gets: the last one activated, or the one with this id."""
        ...
