"""The library with platforms' own tracks in it, each read when it is first asked for."""

import asyncio

from assessor.domain.library import Library
from assessor.ports import Content, Files, Libraries, LibraryReader, LibraryVersion


class TenantContent:
    """The `Content` port over the shipped library and what platforms uploaded.

    A version never changes, so what was read once holds in every process.
    """

    def __init__(self, shipped: Content, libraries: Libraries, reader: LibraryReader) -> None:
        self._shipped = shipped
        self._libraries = libraries
        self._reader = reader
        self._library: Library | None = None
        self._reading = asyncio.Lock()

    async def library(self, track: str | None = None) -> Library:
        """Return the shipped tracks, those of platforms that were asked for before, and this one."""
        known = self._library
        if known is not None and (track is None or track in known.tracks):
            return known
        async with self._reading:
            known = self._library or await self._shipped.library()
            if track is not None and track not in known.tracks:
                found = await self._libraries.library_of_track(track)
                known = known if found is None else await asyncio.to_thread(self._with, known, *found)
            self._library = known
            return known

    def _with(self, known: Library, version: LibraryVersion, files: Files) -> Library:
        own = self._reader.read(files).housed(version.track, version.track_id)
        return known.joined(own, version.tenant)
