"""Random secrets that we give out, and what is kept of them."""

import hashlib

from assessor.ports import Random


def new_token(random: Random) -> str:
    """Return a secret of 192 bits, as 48 hexadecimal digits."""
    return random.bytes(24).hex()


def hash_token(token: str) -> str:
    """Hash a random 192-bit token for keeping. It has too much entropy to need a slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
