"""Signatures: Ed25519 keys as JWK, verdicts as compact JWS."""

import base64
import binascii
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import KeySet, OKPKey

from assessor.domain.errors import DocumentRefused, SettingProblem, SettingsInvalid
from assessor.domain.value import canonical

ALGORITHM: Literal["Ed25519"] = "Ed25519"
CREDENTIAL_ALGORITHM: Literal["EdDSA"] = "EdDSA"
"""The same algorithm by its older name, which the tools that read credentials know."""
DEMONSTRATION = "demonstration-"

_REMEDY = "Make one with `assessor signing-key make FILE`; the first key of a set signs"
UNTIL = "served_until"
"""The member of a retired key in our file that says how long it is served."""


Signed = Literal["verdict", "package"]
"""What a JWS of ours can be."""

_TYPES: Final[dict[Signed, str]] = {"verdict": "verdict+jwt", "package": "audit-package+jwt"}


@dataclass(frozen=True)
class Retired:
    """A key that signs no more."""

    key: OKPKey
    until: datetime


@dataclass(frozen=True)
class Rotation:
    """Which key took over from which."""

    signs: str
    retired: str
    until: datetime


@dataclass(frozen=True)
class _Ring:
    """What one file holds."""

    signs: OKPKey
    retired: Sequence[Retired]


# `aud`, `jti` and `iat` are claims replicated as header parameters (RFC 7519, section 5.3): the
# payload stays the canonical document itself.
_REGISTRY = jws.JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)


class JwsSigner:
    """Signs with one key for what counts, and another for demonstrations and tests.

    The key id of the latter begins with `demonstration-`, which a production verifier refuses. Keys that
    signed before are served, so that what they signed can still be verified.
    """

    def __init__(self, live: OKPKey, demonstration: OKPKey, retired: Sequence[Retired] = ()) -> None:
        self._keys = {True: live, False: demonstration}
        self._retired = retired

    @classmethod
    def from_files(cls, live: Path, demonstration: Path, *, create: bool) -> "JwsSigner":
        """Read private JWKs; make a missing one with mode 0600, the live one only where `create` allows it.

        What the demonstration's key signs counts for nobody. Raises FileNotFoundError without `create`, and
        SettingsInvalid for a file without a private key.
        """
        ring = _read_ring(live, "", create=create)
        other = _read_ring(demonstration, DEMONSTRATION, create=True)
        return cls(ring.signs, other.signs, [*ring.retired, *other.retired])

    def sign(self, payload: bytes, *, livemode: bool, audience: str, jti: str, issued_at: datetime) -> str:
        """Return a compact JWS over exactly these bytes."""
        key = self._keys[livemode]
        header = {
            "alg": ALGORITHM,
            "typ": _TYPES["verdict"],
            "kid": key.kid,
            "aud": audience,
            "jti": jti,
            "iat": int(issued_at.timestamp()),
        }
        return jws.serialize_compact(header, payload, key, registry=_REGISTRY)

    def sign_package(self, payload: bytes, *, livemode: bool) -> str:
        """Return a compact JWS over exactly these bytes, of another type than a verdict's."""
        key = self._keys[livemode]
        header = {"alg": ALGORITHM, "typ": _TYPES["package"], "kid": key.kid}
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
        """Return the public keys as a JWK set (RFC 7517), without those that nothing valid is signed with."""
        now = datetime.now(UTC)
        keys = [*self._keys.values(), *(one.key for one in self._retired if now < one.until)]
        # Without `alg`: the same keys sign badges under the older name, and a library that knows only one of
        # the two names (PyJWT 2.15 is one) refuses a whole set that names the other.
        return {"keys": [{**key.as_dict(private=False), "use": "sig"} for key in keys]}


def verify(token: str, jwks: dict[str, Any], *, demonstration: bool, what: Signed = "verdict") -> bytes:
    """Return the signed bytes of a verdict's JWS, or of another kind that is asked for.

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
        raise DocumentRefused(f"This is not a {what} that these keys can check: {error}") from None
    header = signed.headers()
    if header.get("typ") != _TYPES[what]:
        raise DocumentRefused(f"This is a signed {header.get('typ')!r}, not a {what}.")
    if str(header.get("kid", "")).startswith(DEMONSTRATION) and not demonstration:
        raise DocumentRefused(
            f"This {what} was signed with a demonstration key. Nobody may be hired or paid on it; "
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


def make_key(path: Path) -> str:
    """Make a private key in a new file, with mode 0600; return its id. Raises FileExistsError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = _new_key("")
    _write(path, made)
    return str(made["kid"])


def rotate(path: Path, until: datetime) -> Rotation:
    """Put a new private key in front of a file's; of the one that signed, only the public half stays.

    It is served until a time: the latest at which anything that it signed is still valid. The file is
    replaced whole, with mode 0600. Raises FileNotFoundError, SettingsInvalid.
    """
    ring = _read_ring(path, "", create=False)
    now = datetime.now(UTC)
    retired = [Retired(ring.signs, until), *(one for one in ring.retired if now < one.until)]
    made = _new_key("")
    public = [one.key.as_dict(private=False) | {UNTIL: one.until.isoformat()} for one in retired]
    _write(path.with_name(f"{path.name}.new"), {"keys": [made, *public]})
    path.with_name(f"{path.name}.new").replace(path)
    return Rotation(str(made["kid"]), str(ring.signs.kid), until)


def check_key_file(path: Path) -> None:
    """Raise OSError, ValueError or SettingsInvalid for a file that verdicts cannot be signed with."""
    _read_ring(path, "", create=False)


def _read_ring(path: Path, prefix: str, *, create: bool) -> _Ring:
    """Read a JWK, or a JWK set whose first key signs and whose others did."""
    if create and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, _new_key(prefix))
    stored = json.loads(path.read_text())
    first, *others = stored.get("keys", [stored])
    signs = OKPKey.import_key(first)
    if not signs.is_private:
        raise SettingsInvalid(
            [SettingProblem("ASSESSOR_SIGNING_KEY_FILE", "begins with a key that is not private", _REMEDY)]
        )
    retired = [Retired(OKPKey.import_key(_public(one)), datetime.fromisoformat(one[UNTIL])) for one in others]
    return _Ring(signs, retired)


def _public(stored: dict[str, Any]) -> dict[str, Any]:
    """Return a retired key without what only our file knows, and without a private half that was left in."""
    return {name: value for name, value in stored.items() if name not in {UNTIL, "d"}}


def _new_key(prefix: str) -> dict[str, Any]:
    key = OKPKey.generate_key(ALGORITHM)
    return {**key.as_dict(private=True), "kid": prefix + key.thumbprint()[:16]}


def _write(path: Path, keys: dict[str, Any]) -> None:
    """Write a file that was not there, readable by nobody else."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(keys, file)
        file.flush()
        os.fsync(file.fileno())
