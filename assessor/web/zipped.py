"""Zip archives that are sent while they are made."""

import io
from collections.abc import AsyncIterator
from zipfile import ZIP_DEFLATED, ZipFile


class _Outbox(io.RawIOBase):
    """What was written and not sent yet. It cannot be sought in, so the archive is written front to back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        content = bytes(piece)  # type: ignore[call-overload] # anything with bytes in it
        self._pieces.append(content)
        return len(content)

    def taken(self) -> bytes:
        """Return what there is, and forget it."""
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content


async def zipped(files: AsyncIterator[tuple[str, bytes]]) -> AsyncIterator[bytes]:
    """Yield an archive of the files; no more than one of them is in memory at a time."""
    outbox = _Outbox()
    with ZipFile(outbox, "w", ZIP_DEFLATED) as archive:
        async for name, content in files:
            archive.writestr(name, content)
            yield outbox.taken()
    yield outbox.taken()
