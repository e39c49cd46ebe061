"""Signatures: Ed25519 keys as JWK, verdicts as compact JWS."""

import base64
import binascii
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import KeySet, OKPKey

from assessor.domain.errors import DocumentRefused
from assessor.domain.value import canonical

ALGORITHM: Literal["Ed25519"] = "Ed25519"
CREDENTIAL_ALGORITHM: Literal["EdDSA"] = "EdDSA"
"""The same algorithm by its older name, which the tools that read credentials know."""
DEMONSTRATION = "demonstration-"

# `aud`, `jti` and `iat` are claims replicated as header parameters (RFC 7519, section 5.3): the
# payload stays the canonical document itself.
_REGISTRY = jws.JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)


class JwsSigner:
    """Signs with one key for what counts, and another for demonstrations and tests.

    The key id of the latter begins with `demonstration-`, which a production verifier refuses.
    """

    def __init__(self, live: OKPKey, demonstration: OKPKey) -> None:
        self._keys = {True: live, False: demonstration}

    @classmethod
    def from_files(cls, live: Path, demonstration: Path, *, create: bool) -> "JwsSigner":
        """Read private JWKs; make the missing ones, with mode 0600, where `create` allows it.

        Raises FileNotFoundError without `create`.
        """
        return cls(_read_key(live, "", create=create), _read_key(demonstration, DEMONSTRATION, create=create))

    def sign(self, payload: bytes, *, livemode: bool, audience: str, jti: str, issued_at: datetime) -> str:
        """Return a compact JWS over exactly these bytes."""
        key = self._keys[livemode]
        header = {
            "alg": ALGORITHM,
            "typ": "verdict+jwt",
            "kid": key.kid,
            "aud": audience,
            "jti": jti,
            "iat": int(issued_at.timestamp()),
        }
        return jws.serialize_compact(header, payload, key, registry=_REGISTRY)

    def sign_credential(self, payload: bytes, *, livemode: bool, keys_url: str) -> str:
        """Return a JWT over exactly these bytes; its `kid` is the address of its key below `keys_url`."""
        key = self._keys[livemode]
        header = canonical({"alg": CREDENTIAL_ALGORITHM, "typ": "JWT", "kid": f"{keys_url}/{key.kid}"})
        signed = b".".join(map(_base64url, (header, payload)))
        # Put together here: the library warns of the older name each time.
        signature = cast("Ed25519PrivateKey", key.private_key).sign(signed)
        return b".".join((signed, _base64url(signature))).decode()

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JWK set (RFC 7517)."""
        return {
            "keys": [
                {**key.as_dict(private=False), "alg": ALGORITHM, "use": "sig"} for key in self._keys.values()
            ]
        }


def verify(token: str, jwks: dict[str, Any], *, demonstration: bool) -> bytes:
    """Return the signed bytes of a verdict's JWS.

    Raises DocumentRefused, saying why: not a JWS, a wrong type or algorithm, an unknown key, a
    signature that does not fit, or a demonstration's key where none is wanted. The caller compares
    the document's own `livemode` as well.
    """
    token = token.removesuffix("\n")
    try:
        _require_canonical(token)
        signed = jws.deserialize_compact(token.encode(), KeySet.import_key_set(jwks), registry=_REGISTRY)  # type: ignore[arg-type]  # a plain dict is what a JWK set file gives
    except BadSignatureError:
        raise DocumentRefused(
            "The signature does not fit: the document was changed, or another key signed it."
        ) from None
    except (JoseError, ValueError) as error:
        raise DocumentRefused(f"This is not a verdict that these keys can check: {error}") from None
    header = signed.headers()
    if header.get("typ") != "verdict+jwt":
        raise DocumentRefused(f"This is a signed {header.get('typ')!r}, not a verdict.")
    if str(header.get("kid", "")).startswith(DEMONSTRATION) and not demonstration:
        raise DocumentRefused(
            "This verdict was signed with a demonstration key. Nobody may be hired or paid on it; "
            "to look at it all the same, pass --demonstration."
        )
    if signed.payload is None:
        raise DocumentRefused("The signed document is empty.")
    return signed.payload


def _require_canonical(token: str) -> None:
    """Refuse other spellings of the same bytes: the last character of base64 has bits that say nothing."""
    for segment in token.split("."):
        decoded = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
        if _base64url(decoded) != segment.encode():
            raise binascii.Error("not canonical base64url")


def _base64url(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _read_key(path: Path, prefix: str, *, create: bool) -> OKPKey:
    if create and not path.exists():
        _write_new_key(path, prefix)
    return OKPKey.import_key(json.loads(path.read_text()))


def _write_new_key(path: Path, prefix: str) -> None:
    key = OKPKey.generate_key(ALGORITHM)
    private = {**key.as_dict(private=True), "kid": prefix + key.thumbprint()[:16]}
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(private, file)
