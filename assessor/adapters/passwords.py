"""Passwords hashed with Argon2id."""

from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """RFC 9106's low-memory profile, which is argon2-cffi's default."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    @cached_property
    def decoy(self) -> str:
        """A hash that no password has."""
        return self._hasher.hash("\x00")  # a NUL is refused wherever a password can be set

    def hash(self, password: str) -> str:
        """Return the encoded hash."""
        return self._hasher.hash(password)

    def verify(self, hashed: str, password: str) -> bool:
        """Whether the password has this hash."""
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
