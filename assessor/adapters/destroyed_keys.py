"""The ledger of destroyed keys: a file of JSON lines outside the database.

A backup of the database that is older than an erasure still has the key. The ledger is not part of that
backup; it is read before anything is served, and what it names is destroyed again.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from assessor.domain.errors import DocumentRefused
from assessor.domain.retention import ErasedBy
from assessor.ports import Destroyed


class DestroyedKeysFile:
    """Fulfils `DestroyedKeys`. Processes that share the file may append at the same time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, destroyed: Mapping[str, Destroyed]) -> None:
        """Add candidates; when this returns, they are on disk, and so is the file's name."""
        lines = "".join(
            json.dumps({"candidate": name, "at": one.at.isoformat(), "by": one.by}) + "\n"
            for name, one in destroyed.items()
        )
        self._path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self._path.exists()
        with os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.truncate(_whole_lines(file.read()))
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            _sync_folder(self._path.parent)

    def noted(self) -> Mapping[str, Destroyed]:
        """Return everything that was noted. Raises DocumentRefused for a line that cannot be read."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        return dict(self._entries(content[: _whole_lines(content)]))

    def _entries(self, content: bytes) -> Iterator[tuple[str, Destroyed]]:
        for number, line in enumerate(content.splitlines(), 1):
            try:
                yield _entry(json.loads(line))
            except (ValueError, KeyError, TypeError):
                raise DocumentRefused(
                    f"Line {number} of {self._path}, the ledger of destroyed keys, cannot be read. Restore "
                    "the file: without it an older backup would bring erased words back."
                ) from None


def _entry(line: Any) -> tuple[str, Destroyed]:
    if line["by"] not in get_args(ErasedBy):
        raise ValueError(line["by"])
    return str(line["candidate"]), Destroyed(datetime.fromisoformat(line["at"]), line["by"])


def _whole_lines(content: bytes) -> int:
    """Return where the last whole line ends. What a power cut tore after it was never acknowledged, and the
    erasure that it announced had not begun."""
    return content.rfind(b"\n") + 1


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
