"""Looking for what should be gone: in the databases, their logs, and every file below some folders.

What is packed is unpacked for it, copies of PostgreSQL databases included. What cannot be opened is named.
"""

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

from assessor.adapters.store.backup import rows_of
from assessor.adapters.store.remains import compact, files_of, has_key, tables_of
from assessor.adapters.unpacking import Part, parts_of
from assessor.domain.errors import Conflict
from assessor.ports import Needle, Searched

_CHUNK_BYTES: Final = 1 << 20
_SQLITE: Final = b"SQLite format 3\0"
_DUMP: Final = b"PGDMP"
_ANYWHERE: Final = (
    "backups, exports and copies that lie outside the places above: --also names further ones",
    "logs and traces that were sent elsewhere, and mail that was sent",
    "what providers of language models keep of calls",
)
_OF_A_SERVER: Final = "PostgreSQL's write-ahead log, its replicas and the dead space in its files"


class StoredRemains:
    """Fulfils `Remains`."""

    def __init__(
        self,
        databases: Sequence[str],
        folders: Sequence[Path],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`environment` is what PostgreSQL's programs are started with."""
        self._databases = tuple(dict.fromkeys(databases))
        self._folders = folders
        self._environment = environment or {}

    @property
    def unsearched(self) -> tuple[str, ...]:
        """Where something could lie that no search here sees."""
        has_server = any(not address.startswith("sqlite") for address in self._databases)
        return (*_ANYWHERE, *((_OF_A_SERVER,) if has_server else ()))

    async def compact(self) -> None:
        """Let the databases give up what was deleted in them."""
        for address in self._databases:
            await asyncio.to_thread(compact, address)

    async def search(self, needles: Sequence[Needle]) -> tuple[Searched, ...]:
        """Search every place."""
        return await asyncio.to_thread(lambda: tuple(self._search(needles)))

    async def copies_with_key(self, candidate_id: str) -> tuple[Searched, ...]:
        """Look into every copy of a database below the folders, whether it has the data key."""
        return await asyncio.to_thread(lambda: tuple(self._copies(candidate_id)))

    def _search(self, needles: Sequence[Needle]) -> Iterator[Searched]:
        for address in self._databases:
            for name, content in tables_of(address):
                yield searched(name, content, needles)
        for file in self._files():
            try:
                yield from self._file(file, needles)
            except FileNotFoundError:  # a log or a temporary file that went meanwhile
                continue

    def _files(self) -> list[Path]:
        files = chain(*map(files_of, self._databases), *map(_files_below, self._folders))
        return sorted({one.resolve() for one in files})

    def _file(self, file: Path, needles: Sequence[Needle]) -> Iterator[Searched]:
        yield searched(str(file), _chunks(file), needles)
        if _begins(file, _DUMP):
            yield self._dump(file, needles)
        for part in parts_of(file):
            yield _packed(part, needles)

    def _dump(self, file: Path, needles: Sequence[Needle]) -> Searched:
        where = f"{file}: rows"
        try:
            return searched(where, rows_of(file, self._environment), needles)
        except Conflict as refused:
            return Searched(where, 0, (), str(refused))

    def _copies(self, candidate_id: str) -> Iterator[Searched]:
        live = {one.resolve() for address in self._databases for one in files_of(address)[:1]}
        for file in [one for one in self._files() if one not in live]:
            if _begins(file, _SQLITE):
                yield _copy(file, candidate_id)
            elif _begins(file, _DUMP):
                yield Searched(
                    str(file), 0, (), "is a copy of a PostgreSQL database: try it by restore-drill"
                )


def searched(where: str, content: Iterable[bytes], needles: Sequence[Needle]) -> Searched:
    """Look for all needles in what comes in pieces, also where one lies over the rim of two."""
    overlap = max((len(needle.content) for needle in needles), default=1) - 1
    amount, tail = 0, b""
    found: dict[str, None] = {}
    for piece in content:
        amount += len(piece)
        window = tail + piece
        found |= {needle.name: None for needle in needles if needle.content in window}
        tail = window[-overlap:] if overlap else b""
    return Searched(where, amount, tuple(found))


def _packed(part: Part, needles: Sequence[Needle]) -> Searched:
    found = searched(part.where, part.pieces(), needles)
    return replace(found, unopened=part.fault)


def _copy(file: Path, candidate_id: str) -> Searched:
    size = file.stat().st_size
    try:
        found = ("the wrapped data key",) if has_key(file, candidate_id) else ()
    except sqlite3.Error as fault:
        return Searched(str(file), size, (), f"is a database that cannot be read ({fault})")
    return Searched(str(file), size, found)


def _begins(file: Path, magic: bytes) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(magic)) == magic
    except FileNotFoundError:
        return False


def _files_below(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
    for path in folder.rglob("*"):
        if path.is_file():
            yield path


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_CHUNK_BYTES):
            yield piece
