"""A signed verdict, and what may change beside it."""

import json
from datetime import datetime
from typing import Final, Literal

from assessor import __version__
from assessor.domain.value import Value
from assessor.domain.verdict import VerdictDocument
from assessor.ports import StoredVerdict
from assessor.web.edits import etag


class ServedVerdict(Value):
    """A signed verdict, with what may change later beside it."""

    status: Literal["issued", "superseded", "revoked"]
    superseded_by: str | None
    revoked_at: datetime | None
    reason: str | None
    """Why it was revoked."""
    document: VerdictDocument
    """Exactly the bytes that were signed."""
    jws: str
    """Compact JWS over the document, Ed25519."""


class VerdictList(Value):
    """All verdicts of an assessment, oldest first; at most one is `issued`."""

    object: Literal["list"] = "list"
    data: tuple[ServedVerdict, ...]


def served_verdict(verdict: StoredVerdict) -> bytes:
    """Put a verdict together around its stored bytes, which are never written anew."""
    # A compact JWS has no character that JSON writes otherwise.
    return b'%s, "document": %s, "jws": "%s"}' % (_standing(verdict), verdict.document, verdict.jws.encode())


def _standing(verdict: StoredVerdict) -> bytes:
    """Write what changes later, without the closing brace. Most of what is polled holds."""
    if verdict.status == "issued":
        return _HOLDS
    head = {
        "status": verdict.status,
        "superseded_by": verdict.superseded_by,
        "revoked_at": verdict.revoked_at.isoformat() if verdict.revoked_at else None,
        "reason": verdict.revoked_because,
    }
    return json.dumps(head)[:-1].encode()


_HOLDS: Final = b'{"status": "issued", "superseded_by": null, "revoked_at": null, "reason": null'


def verdict_tag(verdict: StoredVerdict, media_type: str) -> str:
    """Return a strong entity tag of a verdict in one form, without looking at the document.

    What was signed never changes, so the id stands for it; the rest is what changes beside it, and how this
    release writes it.
    """
    standing = f"{verdict.id} {verdict.status} {verdict.superseded_by} {verdict.revoked_at} {media_type}"
    return etag(f"{standing} {__version__}".encode())
