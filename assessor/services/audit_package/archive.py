"""The file that a package is: a zip whose bytes follow from its contents.

Nothing is compressed, and every entry has the same date: the same contents give the same bytes with every
version of every library, and whoever reads it can look at each file even where the archive is damaged.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

_DATE: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o644 << 16
_UNIX: Final = 3
_HEADER_BYTES: Final = 30
"""Of an entry, before its name: section 4.3.7 of the format's specification."""

ARCHIVE: Final = "the archive itself"


@dataclass(frozen=True)
class Finding:
    """Something in a package that is not as it was made: in which file, and of which event of the log."""

    file: str
    problem: str
    event: int | None = None

    def __str__(self) -> str:
        where = self.file if self.event is None else f"{self.file}, event {self.event}"
        return f"{where}: {self.problem}"


def written(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of these files."""
    outbox = io.BytesIO()
    with ZipFile(outbox, "w", ZIP_STORED) as archive:
        for name in sorted(files):
            entry = ZipInfo(name, _DATE)
            entry.external_attr, entry.create_system = _MODE, _UNIX
            archive.writestr(entry, files[name])
    return outbox.getvalue()


def read(content: bytes) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """Return the files of an archive, as far as they can be read, and what is wrong with it.

    Checksums are left to the manifest, so that a changed byte is found where it stands.
    """
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            files = dict(_entries(archive, content))
    except (BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        return {}, (Finding(ARCHIVE, f"cannot be read as a zip: {error}"),)
    if (place := _first_difference(written(files), content)) is not None:
        return files, (Finding(ARCHIVE, f"is not as it was written, from byte {place} on"),)
    return files, ()


def _entries(archive: ZipFile, content: bytes) -> Iterator[tuple[str, bytes]]:
    left = len(content)  # nothing is compressed: entries that are longer in sum overlap, to fill memory
    for entry in archive.infolist():
        begin = entry.header_offset + _HEADER_BYTES + len(entry.filename.encode())
        left -= entry.file_size
        if entry.compress_type != ZIP_STORED or left < 0:
            raise BadZipFile("an entry is compressed, or longer than the archive")
        yield entry.filename, content[begin : begin + entry.file_size]


def _first_difference(one: bytes, other: bytes) -> int | None:
    if one == other:
        return None
    return next(place for place, (a, b) in enumerate(zip_longest(one, other)) if a != b)
