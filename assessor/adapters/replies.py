"""Judges' replies about labelled responses, in a file beside the labels.

One JSON object a line, each on disk before the next call is made. It quotes the responses, so whoever
deletes the labels deletes this file with them.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from assessor.domain.errors import invalid
from assessor.domain.events import ModelReplied


class FileReplies:
    """The `Replies` port over one file, which is made with the first reply."""

    def __init__(self, path: Path) -> None:
        """Read what is there. A last line that was cut off by a crash is taken away: it was not kept.

        Raises InvalidInput when the file is something else.
        """
        self._path = path
        self._replies: dict[str, dict[str, ModelReplied]] = {}
        if path.exists():
            self._load()

    def of(self, response: str) -> Mapping[str, ModelReplied]:
        """Return what was said about one response, by request hash."""
        return dict(self._replies.get(response, {}))

    async def keep(self, response: str, replied: ModelReplied) -> None:
        """Append one, and wait for the disk."""
        line = json.dumps({"response": response, "replied": replied.model_dump(mode="json")})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())
        self._replies.setdefault(response, {})[replied.request_hash] = replied

    def _load(self) -> None:
        content = self._path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(self._path, whole)
        for number, line in enumerate(content[:whole].splitlines(), 1):
            try:
                entry = json.loads(line)
                replied = ModelReplied.model_validate(entry["replied"])
                self._replies.setdefault(entry["response"], {})[replied.request_hash] = replied
            except (ValueError, KeyError, TypeError, ValidationError):
                raise invalid(
                    "--replies", f"{self._path}, line {number}, is no recorded reply", "Name another file."
                ) from None
