"""The hash chain of a log.

It runs over digests of the ciphertexts, so it holds after a key was destroyed, and after the ciphertext
of one event was: its digest is kept in its place.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from assessor.domain.errors import DocumentRefused
from assessor.domain.value import content_hash

REDACTION = "words.redacted"
"""The type of event that may destroy earlier ones."""


def digest_of(ciphertext: bytes) -> str:
    """Return what the chain knows of a ciphertext."""
    return hashlib.sha256(ciphertext).hexdigest()


@dataclass(frozen=True)
class Link:
    """One event as it is stored."""

    assessment_id: str
    seq: int
    type: str
    at: datetime
    digest: str
    """Of its ciphertext."""
    redacted_by: int | None = None
    """The event that destroyed its ciphertext."""

    def hash_after(self, previous: str) -> str:
        """Return this event's hash; `previous` is the hash of the event before, or empty."""
        return content_hash(
            [
                self.assessment_id,
                self.seq,
                self.type,
                self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                previous,
                self.digest,
            ]
        )


def verify(assessment_id: str, length: int, head: str, stored: Iterable[tuple[Link, str]]) -> None:
    """Check links with their stored hashes, in order, against the length and head that were noted.

    Raises DocumentRefused naming the first event that is missing, out of place or changed, or was
    destroyed by anything but a later redaction.
    """
    previous, expected = "", 1
    links: list[Link] = []
    for link, kept_hash in stored:
        if link.seq != expected:
            raise _refused(assessment_id, expected, "is missing")
        if link.hash_after(previous) != kept_hash:
            raise _refused(assessment_id, expected, "was changed or moved")
        previous, expected = kept_hash, expected + 1
        links.append(link)
    _verify_destroyed(assessment_id, links)
    if expected <= length:
        raise _refused(assessment_id, expected, "is missing")
    if expected > length + 1:
        raise _refused(assessment_id, length + 1, "was added after the end that was noted")
    if previous != head:
        raise _refused(assessment_id, length, "is not the end that was noted")


def _verify_destroyed(assessment_id: str, links: list[Link]) -> None:
    redactions = {link.seq for link in links if link.type == REDACTION}
    for link in links:
        by = link.redacted_by
        if by is not None and (by <= link.seq or by not in redactions):
            raise _refused(assessment_id, link.seq, "was destroyed, and by no later redaction")


def _refused(assessment_id: str, seq: int, what: str) -> DocumentRefused:
    return DocumentRefused(f"Event {seq} of {assessment_id} {what}")
