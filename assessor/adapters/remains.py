"""Looking for what should be gone: in the databases, their logs, and every file below some folders."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from assessor.adapters.store.remains import compact, files_of, tables_of
from assessor.ports import Needle, Searched

_CHUNK_BYTES: Final = 1 << 20


class StoredRemains:
    """Fulfils `Remains`."""

    def __init__(self, databases: Sequence[str], folders: Sequence[Path]) -> None:
        self._databases = tuple(dict.fromkeys(databases))
        self._folders = folders

    async def compact(self) -> None:
        """Let the databases give up what was deleted in them."""
        for address in self._databases:
            await asyncio.to_thread(compact, address)

    async def search(self, needles: Sequence[Needle]) -> tuple[Searched, ...]:
        """Search every place."""
        return await asyncio.to_thread(lambda: tuple(self._search(needles)))

    def _search(self, needles: Sequence[Needle]) -> Iterator[Searched]:
        for address in self._databases:
            for name, content in tables_of(address):
                yield searched(name, content, needles)
        files = chain(*(files_of(address) for address in self._databases), *map(_files_below, self._folders))
        for file in sorted({one.resolve() for one in files}):
            try:
                yield searched(str(file), _chunks(file), needles)
            except FileNotFoundError:  # a log or a temporary file that went meanwhile
                continue


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
