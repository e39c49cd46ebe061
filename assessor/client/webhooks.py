"""Webhooks: whether one is genuine, in one call. Standard Webhooks, by a shared secret or a public key."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assessor.client.documents import Event, read
from assessor.client.errors import UnexpectedAnswer, WebhookRefused

TOLERANCE_SECONDS: Final = 300
_PREFIX: Final = "whsec_"
_PUBLIC: Final = "whpk_"


def verify_webhook(
    body: bytes,
    headers: Mapping[str, str],
    secret: str,
    *,
    tolerance_seconds: float = TOLERANCE_SECONDS,
    now: datetime | None = None,
) -> Event:
    """Return the event of a genuine webhook. Raises WebhookRefused: answer 400 then, and do nothing.

    `body` is the bytes as they came: parsed and written again, they have another signature. `headers` may be
    in any case. `secret` is the endpoint's secret (`whsec_`), or a public key of it (`whpk_`), with which
    the receiver holds nothing secret. A genuine webhook can come twice; do each `Event.id` once.
    """
    found = {name.lower(): value for name, value in headers.items()}
    webhook_id, sent_at, signatures = (
        _header(found, f"webhook-{name}") for name in ("id", "timestamp", "signature")
    )
    _require_recent(sent_at, tolerance_seconds, now or datetime.now(UTC))
    _require_signed(f"{webhook_id}.{sent_at}.".encode() + body, signatures, secret)
    try:
        event = read(Event, body)
    except UnexpectedAnswer as error:
        raise WebhookRefused(f"It is signed, but no event: {error}") from None
    if event.id != webhook_id:
        raise WebhookRefused("`webhook-id` is not the id of the event.")
    return event


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value or not value.isascii():
        raise WebhookRefused(f"The header {name} is missing.")
    return value


def _require_recent(sent_at: str, tolerance_seconds: float, now: datetime) -> None:
    if not sent_at.isdecimal():
        raise WebhookRefused("webhook-timestamp is not a number.")
    if abs(now.timestamp() - int(sent_at[:12])) > tolerance_seconds:
        raise WebhookRefused(
            f"It was not sent within {tolerance_seconds:g} seconds of now: a copy, or a clock is wrong."
        )


def _require_signed(signed: bytes, signatures: str, secret: str) -> None:
    public = secret.startswith(_PUBLIC)
    key, wanted = _key(secret), "v1a" if public else "v1"
    # Several may stand there while a secret is being changed, and of versions that are not known here.
    given = [one.partition(",") for one in signatures.split(" ")]
    fits = _is_signed_by if public else _has_code_of
    if not any(version == wanted and fits(key, signed, code) for version, _, code in given):
        raise WebhookRefused("The signature does not fit: not genuine, or changed on the way.")


def _has_code_of(key: bytes, signed: bytes, code: str) -> bool:
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(code, expected)


def _is_signed_by(key: bytes, signed: bytes, signature: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(signature, validate=True), signed)
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _key(secret: str) -> bytes:
    """Raises ValueError: a wrong secret is a fault of the receiver, not of what it received."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX).removeprefix(_PUBLIC), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ValueError(f"this is not a webhook secret, which begins with {_PREFIX} or {_PUBLIC}")
    return key
