"""Passwords hashed with Argon2id."""

from functools import cached_property
from typing import ClassVar

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY


class Argon2Passwords:
    """Hashes and checks."""

    profile: ClassVar[Parameters] = RFC_9106_LOW_MEMORY
    """64 MiB and about a quarter of a second of one processor a hash."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher.from_parameters(self.profile)

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
