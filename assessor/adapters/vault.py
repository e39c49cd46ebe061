"""Encryption at rest: one data key a candidate, wrapped with a master key.

Erasing a person is destroying their wrapped key: nothing that was sealed with it can be read
again, in backups too, while hash chains over the sealed bytes still verify.

Everything sealed is `version (1 byte) | nonce (12) | AES-256-GCM ciphertext and tag`. Nonces are
random: with 96 bits and one key a candidate, the 2^32 messages at which a repeated nonce becomes
a concern are out of reach.
"""

import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assessor.adapters.master_keys import KEY_BYTES
from assessor.domain.errors import DocumentRefused
from assessor.domain.value import canonical

ID_BYTES: Final = 8
"""Of the id of a master key, which follows from it and tells nothing of it."""
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_VERSION: Final = b"\x01"


def place(*parts: str | int) -> bytes:
    """Return the bytes that bind sealed data to where it belongs.

    Written as a JSON list, so that no choice of parts can look like another.
    """
    return canonical(list(parts))


def single_key(key: bytes, associated: bytes) -> bytes:
    """Return the key of one sealed thing alone, by HKDF's second step (RFC 5869, 2.3).

    It can be shown to somebody who is to check that thing, and tells nothing of the key that it comes from.
    What it opens must be strict JSON of a known type: a second key that opens the same bytes to something
    else, which this cipher does not rule out by itself, would give noise there.
    """
    return hmac.digest(key, associated + b"\x01", "sha256")


def seal(key: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """Encrypt; only the same key and the same associated bytes open it again."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plaintext, associated)


def open_sealed(key: bytes, sealed: bytes, associated: bytes, what: str) -> bytes:
    """Decrypt. Raises DocumentRefused, naming `what`, for a wrong key or bytes that were changed."""
    if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE_BYTES + _TAG_BYTES:
        raise DocumentRefused(f"{what} is not in a form that this program sealed")
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, associated)
    except InvalidTag:
        raise DocumentRefused(
            f"{what} cannot be opened: it was changed or moved, or the key is another one"
        ) from None


class Vault:
    """Makes and opens data keys. Holds the master keys; nothing else may.

    A wrapped key is `id of the master key (8 bytes) | sealed data key`. The first master key wraps, and all
    of them open.
    """

    def __init__(self, master_key: bytes, *others: bytes) -> None:
        if any(len(key) != KEY_BYTES for key in (master_key, *others)):
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        self._master_keys = {_id_of(key): key for key in (*others, master_key)}
        self._newest = _id_of(master_key)

    @property
    def newest(self) -> str:
        """The id of the master key that wraps."""
        return self._newest.hex()

    @property
    def others(self) -> frozenset[str]:
        """The ids of the master keys that only open."""
        return frozenset(one.hex() for one in self._master_keys) - {self.newest}

    def new_key(self, owner: str) -> bytes:
        """Return a fresh data key in its wrapped form, which opens for this owner only."""
        return self._wrap(owner, os.urandom(KEY_BYTES))

    def unwrap(self, owner: str, wrapped: bytes) -> bytes:
        """Return the data key. Raises DocumentRefused."""
        what, named = f"The data key of {owner}", wrapped[:ID_BYTES]
        master_key = self._master_keys.get(named)
        if master_key is None:
            raise DocumentRefused(
                f"{what} is wrapped with the master key {named.hex()}, which is not set: "
                "give it in ASSESSOR_OTHER_MASTER_KEYS"
            )
        return open_sealed(master_key, wrapped[ID_BYTES:], place(owner), what)

    def wrap_anew(self, owner: str, wrapped: bytes) -> bytes:
        """Return the same data key, wrapped with the newest master key. Raises DocumentRefused."""
        return self._wrap(owner, self.unwrap(owner, wrapped))

    def _wrap(self, owner: str, key: bytes) -> bytes:
        return self._newest + seal(self._master_keys[self._newest], key, place(owner))


def derived(key: bytes, purpose: str) -> bytes:
    """Return a key for one purpose from another one, by HKDF-SHA256 (RFC 5869)."""
    return _derived(key, f"assessor/vault/{purpose}", KEY_BYTES)


def _id_of(master_key: bytes) -> bytes:
    return _derived(master_key, "assessor/master key/id", ID_BYTES)


def _derived(key: bytes, info: str, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info.encode()).derive(key)
