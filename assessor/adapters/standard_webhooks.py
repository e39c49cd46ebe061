"""Signatures by Standard Webhooks: `v1` by a shared secret, `v1a` by an Ed25519 key.

Secrets carry their kind in front: `whsec_` is shared, `whsk_` private, `whpk_` public, each in base64.
"""

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook

_PRIVATE: Final = "whsk_"
_PUBLIC: Final = "whpk_"


def private_key(seed: bytes) -> str:
    """Write a private key from 32 bytes that nobody else knows."""
    return _PRIVATE + base64.b64encode(seed).decode("ascii")


def is_private_key(secret: str) -> bool:
    """Whether a secret signs asymmetrically."""
    return secret.startswith(_PRIVATE)


def public_key(private: str) -> str:
    """Return the public key of a private one."""
    raw = _key(private).public_key().public_bytes_raw()
    return _PUBLIC + base64.b64encode(raw).decode("ascii")


def raw_public_key(public: str) -> bytes:
    """Return the 32 bytes of a public key."""
    return base64.b64decode(public.removeprefix(_PUBLIC))


def signatures(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> Iterator[str]:
    """Yield one signature for each secret, over id, time in whole seconds of UTC, and body."""
    signed = b".".join([message_id.encode(), str(int(at.timestamp())).encode(), body])
    for secret in secrets:
        if is_private_key(secret):
            yield f"v1a,{base64.b64encode(_key(secret).sign(signed)).decode('ascii')}"
        else:
            yield Webhook(secret).sign(message_id, at, body.decode())


def _key(private: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(private.removeprefix(_PRIVATE)))
