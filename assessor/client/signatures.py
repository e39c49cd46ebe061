"""Signed verdicts: whether one is ours, whole, current, and about somebody real."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import OKPKey

from assessor.client.documents import Verdict, read
from assessor.client.errors import UnexpectedAnswer, VerdictRefused

ALGORITHM: Final = "Ed25519"
TYPE: Final = "verdict+jwt"
SCHEMA_VERSION: Final = "1"
DEMONSTRATION: Final = "demonstration-"
SKEW: Final = timedelta(minutes=5)
# `aud`, `jti` and `iat` stand in the header as well (RFC 7519, section 5.3).
_REGISTRY: Final = jws.JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)


def verify_verdict(
    token: str,
    jwks: Mapping[str, Any],
    *,
    tenant: str | None = None,
    demonstration: bool = False,
    now: datetime | None = None,
) -> Verdict:
    """Return the document of a compact JWS. Raises VerdictRefused, saying why it must not be relied on.

    `jwks` is what `/.well-known/jwks.json` of the service serves; never take keys from anywhere else. With
    `tenant`, your own id, a verdict that was made for another platform is refused. What a demonstration or a
    test key made (`livemode: false`) is refused unless `demonstration` is set. Whether a verdict was
    superseded or revoked since is not in it: ask `verdict_of_id` for its `id`.
    """
    header, payload = _checked(token.strip(), jwks)
    verdict = _document(payload)
    _require_bound(header, verdict, tenant)
    if not demonstration and (not verdict.livemode or header["kid"].startswith(DEMONSTRATION)):
        raise VerdictRefused("It is of a demonstration or a test: nobody may be hired or paid on it.")
    _require_current(verdict, now or datetime.now(UTC))
    return verdict


def _checked(token: str, jwks: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return header and payload after the signature was checked by the one algorithm."""
    header = _header(token)
    if header.get("alg") != ALGORITHM or header.get("typ") != TYPE or "crit" in header:
        raise VerdictRefused(f"It is not a {TYPE} signed with {ALGORITHM}.")
    try:
        signed = jws.deserialize_compact(token, _key(jwks, header.get("kid")), registry=_REGISTRY)
    except BadSignatureError:
        raise VerdictRefused(
            "The signature does not fit: it was changed, or another key signed it."
        ) from None
    except (JoseError, ValueError) as error:
        raise VerdictRefused(f"It is not a compact JWS that can be checked: {error}") from None
    return header, signed.payload or b""


def _header(token: str) -> dict[str, Any]:
    try:
        parts = [_canonical_base64(part) for part in token.split(".")]
        header = json.loads(parts[0])
    except (ValueError, RecursionError):
        raise VerdictRefused("It is not a compact JWS.") from None
    if not isinstance(header, dict):
        raise VerdictRefused("It is not a compact JWS.")
    return header


def _canonical_base64(part: str) -> bytes:
    """Decode; of the spellings that mean the same bytes only one is taken, so that a token has no twins."""
    decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != part.encode("ascii"):
        raise binascii.Error("not canonical base64url")
    return decoded


def _key(jwks: Mapping[str, Any], key_id: object) -> OKPKey:
    """Return the one Ed25519 key of this id. A key of any other kind is never tried."""
    for key in jwks.get("keys", ()):
        fits = key.get("kid") == key_id and key.get("kty") == "OKP" and key.get("crv") == "Ed25519"
        if isinstance(key_id, str) and fits:
            return OKPKey.import_key({name: key[name] for name in ("kty", "crv", "x", "kid")})
    raise VerdictRefused("None of the service's keys signed it.")


def _document(payload: bytes) -> Verdict:
    try:
        verdict = read(Verdict, payload)
    except UnexpectedAnswer as error:
        raise VerdictRefused(f"It is signed, but no verdict: {error}") from None
    if verdict.schema_version != SCHEMA_VERSION:
        raise VerdictRefused(
            f"Its schema version {verdict.schema_version!r} is not known here: update the client."
        )
    return verdict


def _require_bound(header: Mapping[str, Any], verdict: Verdict, tenant: str | None) -> None:
    if (header.get("jti"), header.get("aud")) != (verdict.id, verdict.tenant):
        raise VerdictRefused("Its header names another verdict or another platform than its document.")
    if tenant is not None and verdict.tenant != tenant:
        raise VerdictRefused(f"It was made for {verdict.tenant!r}, not for {tenant!r}.")


def _require_current(verdict: Verdict, now: datetime) -> None:
    if verdict.valid_until < now:
        raise VerdictRefused(f"It was valid until {verdict.valid_until:%Y-%m-%d}.")
    if verdict.issued_at > now + SKEW:
        raise VerdictRefused("It was issued in the future: one of the clocks is wrong.")
