"""Checking the file of an incident, with nothing but the file and, better, the keys of the service."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

from assessor.domain.errors import DocumentRefused
from assessor.services.audit_package.archive import Finding, read
from assessor.services.audit_package.checking import Checked, CheckResult
from assessor.services.audit_package.packing import digests
from assessor.services.incident import contents as c

Verify = Callable[[str, dict[str, Any], Literal["verdict", "package"]], bytes]

_UNREADABLE: Final = (ValueError, KeyError, TypeError, AttributeError)


def is_incident(content: bytes) -> bool:
    """Whether it looks like the file of an incident, sound or not."""
    return c.INCIDENT in read(content)[0]


class IncidentChecking:
    """Checks such files. Reads nothing else, and asks nobody."""

    def __init__(self, verify: Verify) -> None:
        self._verify = verify

    def check(self, content: bytes, keys: dict[str, Any] | None = None) -> Checked:
        """Check a file; `keys` are those of the service, from elsewhere. Never raises for a bad one."""
        files, damage = read(content)
        found = {
            "archive": damage,
            "signature": tuple(self._signature(files, keys)),
            "files": tuple(_files(files)),
        }
        results = (CheckResult(name, "failed" if bad else "passed", bad) for name, bad in found.items())
        return Checked("", tuple(results))

    def _signature(self, files: Mapping[str, bytes], keys: dict[str, Any] | None) -> Iterator[Finding]:
        try:
            trusted = keys if keys is not None else dict(json.loads(files[c.KEYS]))
            signed = self._verify(files[c.SIGNATURE].decode("ascii"), trusted, "package")
        except (DocumentRefused, *_UNREADABLE) as refused:
            yield Finding(c.SIGNATURE, str(refused) or "cannot be read")
            return
        if signed != files.get(c.CREATION):
            yield Finding(c.CREATION, "is not what was signed")


def _files(files: Mapping[str, bytes]) -> Iterator[Finding]:
    try:
        listed = dict(json.loads(files[c.CREATION])["sha256"])
    except _UNREADABLE:
        yield Finding(c.CREATION, "does not list the other files")
        return
    if files.get(c.README) != c.TEXT:
        yield Finding(c.README, "is not the text that this program puts there")
    present = digests(files)
    for name in sorted({*listed, *(files.keys() - {c.CREATION, c.SIGNATURE})}):
        if name not in files:
            yield Finding(name, "is missing")
        elif name not in listed:
            yield Finding(name, f"is not in {c.CREATION}")
        elif present[name] != listed[name]:
            yield Finding(name, f"its SHA-256 is not the one in {c.CREATION}")
