"""Signatures of Stripe's webhooks: `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=<hex>]`.

Each `v1` is the HMAC-SHA256 of `<t>.<body>` under the endpoint's secret. There are several while a secret
is being replaced.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Final

from assessor.domain.errors import Unauthenticated

TOLERANCE_SECONDS: Final = 300
_MAX_HEADER_CHARS: Final = 2000


def require_signed(body: bytes, header: str, secret: str, now: datetime) -> None:
    """Raise Unauthenticated unless the secret signed exactly these bytes, within the tolerance of `now`."""
    sent_at, signatures = _parsed(header)
    if sent_at is None or not signatures:
        raise Unauthenticated("Send `Stripe-Signature` with a time and a signature.")
    expected = signature_of(body, sent_at, secret).encode()
    # Every one is compared, each in constant time: how long it takes tells nothing.
    matches = [hmac.compare_digest(expected, one.encode("utf-8", "replace")) for one in signatures]
    if not any(matches):
        raise Unauthenticated("The signature is not of this body and the endpoint's secret.")
    if abs(now.timestamp() - int(sent_at)) > TOLERANCE_SECONDS:
        raise Unauthenticated("The signature is not of the last five minutes; check the clocks.")


def signature_of(body: bytes, sent_at: str, secret: str) -> str:
    """Return the hex digest that `v1` holds. `sent_at` is in seconds, as it stands in the header."""
    return hmac.new(secret.encode(), sent_at.encode("ascii") + b"." + body, hashlib.sha256).hexdigest()


def _parsed(header: str) -> tuple[str | None, list[str]]:
    """Return the time and every `v1`. Other schemes are left out: `v0` is for tests and proves nothing."""
    parts = [part.strip().partition("=") for part in header[:_MAX_HEADER_CHARS].split(",")]
    times = [value for name, _, value in parts if name == "t"]
    is_time = len(times) == 1 and times[0].isascii() and times[0].isdigit() and len(times[0]) < len("1" * 13)
    return times[0] if is_time else None, [value for name, _, value in parts if name == "v1"]
