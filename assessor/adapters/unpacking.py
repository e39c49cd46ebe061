"""What is packed in a file: gzip, zstd, bzip2, xz, zip and tar, one within another as well.

It is read as it is unpacked. Nothing of it is written anywhere.
"""

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, Final, cast

import zstandard

MOST_LAYERS: Final = 4
_PIECE_BYTES: Final = 1 << 16
_DAMAGE: Final = (
    EOFError,
    OSError,
    RuntimeError,  # of zipfile: a password is needed; and NotImplementedError, a packing it does not know
    ValueError,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    zstandard.ZstdError,
)

_Open = Callable[[], IO[bytes]]
_Opener = Callable[[BufferedReader], Iterator[tuple[str, _Open]]]


@dataclass
class Part:
    """Something that was packed. Its pieces are read before the next part is asked for."""

    where: str
    stream: IO[bytes] | None = None
    fault: str = ""
    """Why it could not be read to its end; known when its pieces were read."""

    def pieces(self) -> Iterator[bytes]:
        """Yield what is in it, as far as it can be read."""
        try:
            while self.stream and (piece := self.stream.read(_PIECE_BYTES)):
                yield piece
        except _DAMAGE as fault:
            self.fault = _told(fault)


def parts_of(file: Path) -> Iterator[Part]:
    """Yield what is packed in a file; nothing of a file that is not packed."""
    with file.open("rb") as opened:
        if _packing(opened):
            yield from _within(str(file), opened, MOST_LAYERS)


def _within(where: str, stream: BufferedReader, layers: int) -> Iterator[Part]:
    opener = _packing(stream)
    if opener is None:
        yield Part(where, stream)
        return
    if not layers:
        yield Part(where, fault="is packed within too many others")
        return
    try:
        for name, unpack in opener(stream):
            yield from _inside(f"{where}: {name}", unpack, layers - 1)
    except _DAMAGE as fault:
        yield Part(where, fault=_told(fault))


def _inside(where: str, unpack: _Open, layers: int) -> Iterator[Part]:
    try:
        # What unpacks reads into a buffer, as raw streams do.
        yield from _within(where, BufferedReader(cast("RawIOBase", unpack())), layers)
    except _DAMAGE as fault:
        yield Part(where, fault=_told(fault))


def _packing(stream: BufferedReader) -> _Opener | None:
    try:
        begins = stream.peek(_TAR_AT + len(_TAR))
    except _DAMAGE:
        return None  # it is told when its pieces are read
    if begins[_TAR_AT:].startswith(_TAR):
        return _tarred
    return next((opener for magic, opener in _OPENERS.items() if begins.startswith(magic)), None)


def _told(fault: BaseException) -> str:
    return f"cannot be unpacked ({type(fault).__name__})"


def _gzipped(stream: BufferedReader) -> Iterator[tuple[str, _Open]]:
    yield "unpacked", lambda: cast("IO[bytes]", gzip.GzipFile(fileobj=stream))


def _zstandard(stream: BufferedReader) -> Iterator[tuple[str, _Open]]:
    reader = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True, closefd=False)
    yield "unpacked", lambda: cast("IO[bytes]", reader)


def _bzipped(stream: BufferedReader) -> Iterator[tuple[str, _Open]]:
    yield "unpacked", lambda: cast("IO[bytes]", bz2.open(stream))  # noqa: SIM115 - closed with the file


def _xzipped(stream: BufferedReader) -> Iterator[tuple[str, _Open]]:
    yield "unpacked", lambda: cast("IO[bytes]", lzma.open(stream))  # noqa: SIM115 - closed with the file


def _zipped(stream: BufferedReader) -> Iterator[tuple[str, _Open]]:
    with zipfile.ZipFile(stream) as archive:
        for one in archive.infolist():
            if not one.is_dir():
                yield one.filename, lambda one=one: archive.open(one)  # type: ignore[misc]


def _tarred(stream: BufferedReader) -> Iterator[tuple[str, _Open]]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for one in archive:
            if one.isfile():
                yield one.name, lambda one=one: archive.extractfile(one)  # type: ignore[misc]


_TAR: Final = b"ustar"
_TAR_AT: Final = 257
_OPENERS: Final[dict[bytes, _Opener]] = {
    b"\x1f\x8b": _gzipped,
    b"\x28\xb5\x2f\xfd": _zstandard,
    b"BZh": _bzipped,
    b"\xfd7zXZ\x00": _xzipped,
    b"PK\x03\x04": _zipped,
}
"""By what such a file begins with: a name tells little."""
