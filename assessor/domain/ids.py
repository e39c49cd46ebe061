"""Identifiers: a readable prefix and 26 characters of Crockford base 32 (128 bits)."""

from typing import Annotated

from pydantic import StringConstraints

ENTROPY_BYTES = 16
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_SHIFTS = range(120, -1, -10)

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{1,63}$")]
"""The form of ids that authors write: tracks, competencies, items, criteria, probes."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
"""A language, or a language as a country speaks it: `de`, `de-AT`."""

Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}[a-z0-9-]{0,14}$")]
"""A platform's short code for a part of the world: `eu`, `us-ny`."""

CandidateRef = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
"""A platform's own reference for a person. Printable ASCII without spaces; not a name or an address."""


def make_id(prefix: str, entropy: bytes) -> str:
    """Return `<prefix>_<26 characters>` from 16 bytes of entropy.

    Raises ValueError when there are not exactly 16 bytes.
    """
    if len(entropy) != ENTROPY_BYTES:
        raise ValueError(f"an identifier takes {ENTROPY_BYTES} bytes of entropy")
    number = int.from_bytes(entropy)
    return f"{prefix}_{''.join([_PAIRS[(number >> shift) & 1023] for shift in _SHIFTS])}"
