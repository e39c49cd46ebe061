"""The hash chain of a log. It runs over the ciphertext, so it holds after a key was destroyed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from assessor.domain.errors import DocumentRefused
from assessor.domain.value import content_hash


@dataclass(frozen=True)
class Link:
    """One event as it is stored."""

    assessment_id: str
    seq: int
    type: str
    at: datetime
    ciphertext: bytes

    def hash_after(self, previous: str) -> str:
        """Return this event's hash; `previous` is the hash of the event before, or empty."""
        return content_hash(
            [
                self.assessment_id,
                self.seq,
                self.type,
                self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                previous,
                hashlib.sha256(self.ciphertext).hexdigest(),
            ]
        )


def verify(assessment_id: str, length: int, head: str, stored: Iterable[tuple[Link, str]]) -> None:
    """Check links with their stored hashes, in order, against the length and head that were noted.

    Raises DocumentRefused naming the first event that is missing, out of place or changed.
    """
    previous, expected = "", 1
    for link, kept_hash in stored:
        if link.seq != expected:
            raise _refused(assessment_id, expected, "is missing")
        if link.hash_after(previous) != kept_hash:
            raise _refused(assessment_id, expected, "was changed or moved")
        previous, expected = kept_hash, expected + 1
    if expected <= length:
        raise _refused(assessment_id, expected, "is missing")
    if expected > length + 1:
        raise _refused(assessment_id, length + 1, "was added after the end that was noted")
    if previous != head:
        raise _refused(assessment_id, length, "is not the end that was noted")


def _refused(assessment_id: str, seq: int, what: str) -> DocumentRefused:
    return DocumentRefused(f"Event {seq} of {assessment_id} {what}")
