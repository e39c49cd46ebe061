"""Signed verdicts, as the service signs them and as others would like to."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey

from assessor.adapters.signing import JwsSigner
from assessor.client import VerdictRefused, verify_verdict
from tests.client.documents import verdict

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ANY_HEADER = jws.JWSRegistry(
    algorithms=["Ed25519", "EdDSA", "HS256", "ES256", "none"], strict_check_header=False
)


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> JwsSigner:
    folder = tmp_path_factory.mktemp("keys")
    return JwsSigner.from_files(folder / "live", folder / "demonstration", create=True)


@pytest.fixture(scope="module")
def jwks(signer: JwsSigner) -> dict[str, Any]:
    return signer.jwks()


def signed(
    signer: JwsSigner,
    document: dict[str, Any],
    *,
    livemode: bool = True,
    audience: str = "acme",
    jti: str = "ver_1",
) -> str:
    payload = json.dumps(document).encode()
    return signer.sign(payload, livemode=livemode, audience=audience, jti=jti, issued_at=NOW)


def forged(header: dict[str, Any], key: Any, payload: bytes = b"") -> str:
    body = payload or json.dumps(verdict()).encode()
    return jws.serialize_compact(header, body, key, registry=ANY_HEADER)


def head(kid: str, **changed: Any) -> dict[str, Any]:
    return {"alg": "Ed25519", "typ": "verdict+jwt", "kid": kid, "aud": "acme", "jti": "ver_1"} | changed


def test_a_verdict_of_the_service_is_its_document(signer: JwsSigner, jwks: dict[str, Any]) -> None:
    found = verify_verdict(signed(signer, verdict()), jwks, tenant="acme", now=NOW)

    assert (found.id, found.decision, found.candidate_ref) == ("ver_1", "qualified", "applicant-4711")


@pytest.mark.parametrize(("livemode", "of_demonstration_key"), [(False, True), (False, False), (True, True)])
def test_a_demonstrations_verdict_is_refused_unless_it_is_asked_for(
    signer: JwsSigner, jwks: dict[str, Any], *, livemode: bool, of_demonstration_key: bool
) -> None:
    token = signed(signer, verdict(livemode=livemode), livemode=not of_demonstration_key)

    with pytest.raises(VerdictRefused, match="nobody may be hired"):
        verify_verdict(token, jwks, now=NOW)
    assert verify_verdict(token, jwks, demonstration=True, now=NOW).id == "ver_1"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (364, None),
        (-5 / (24 * 60), None),  # a clock that is five minutes slow
        (366, "valid until 2027-11-21"),
        (-1.1, "in the future"),
    ],
)
def test_a_verdict_holds_from_its_issue_to_its_end(
    signer: JwsSigner, jwks: dict[str, Any], days: float, said: str | None
) -> None:
    at = datetime(2026, 11, 21, 9, 30, 15, tzinfo=UTC) + timedelta(days=days)
    token = signed(signer, verdict())

    if said is None:
        assert verify_verdict(token, jwks, now=at).is_qualified
    else:
        with pytest.raises(VerdictRefused, match=said):
            verify_verdict(token, jwks, now=at)


def test_a_verdict_for_another_platform_is_refused(signer: JwsSigner, jwks: dict[str, Any]) -> None:
    with pytest.raises(VerdictRefused, match="made for 'acme', not for 'other'"):
        verify_verdict(signed(signer, verdict()), jwks, tenant="other", now=NOW)


@pytest.mark.parametrize(("audience", "jti"), [("other", "ver_1"), ("acme", "ver_2")])
def test_a_header_that_names_something_else_than_the_document_is_refused(
    signer: JwsSigner, jwks: dict[str, Any], audience: str, jti: str
) -> None:
    token = signed(signer, verdict(), audience=audience, jti=jti)

    with pytest.raises(VerdictRefused, match="names another"):
        verify_verdict(token, jwks, now=NOW)


def test_no_unsigned_verdict_is_taken(jwks: dict[str, Any]) -> None:
    payload = base64.urlsafe_b64encode(json.dumps(verdict()).encode()).rstrip(b"=").decode()
    kid = jwks["keys"][0]["kid"]

    for alg in ("none", "None", "NONE", "", None):
        header = base64.urlsafe_b64encode(json.dumps(head(kid, alg=alg)).encode()).rstrip(b"=").decode()
        with pytest.raises(VerdictRefused):
            verify_verdict(f"{header}.{payload}.", jwks, now=NOW)


def test_the_public_key_is_never_taken_for_a_shared_secret(jwks: dict[str, Any]) -> None:
    public = jwks["keys"][0]
    raw = base64.urlsafe_b64decode(public["x"] + "=")

    for secret in (raw, public["x"].encode(), json.dumps(public).encode()):
        token = forged(head(public["kid"], alg="HS256"), OctKey.import_key(secret.ljust(32, b" ")))
        with pytest.raises(VerdictRefused, match="signed with Ed25519"):
            verify_verdict(token, jwks, now=NOW)


def test_no_key_that_the_token_brings_along_is_used(jwks: dict[str, Any]) -> None:
    own = OKPKey.generate_key("Ed25519")
    public = own.as_dict(private=False)
    kid = jwks["keys"][0]["kid"]

    for more in ({"jwk": public}, {"jku": "https://evil.example/jwks.json"}, {"x5u": "https://evil.example"}):
        with pytest.raises(VerdictRefused):
            verify_verdict(forged(head(kid, **more), own), jwks, now=NOW)


def test_a_key_of_another_kind_in_the_set_is_never_tried(jwks: dict[str, Any]) -> None:
    curve = ECKey.generate_key("P-256")
    confused = {"keys": [{**curve.as_dict(private=False), "kid": "k", "alg": "Ed25519"}, *jwks["keys"]]}

    with pytest.raises(VerdictRefused):
        verify_verdict(forged(head("k", alg="ES256"), curve), confused, now=NOW)


@pytest.mark.parametrize("kid", ["unknown", "", None, 7])
def test_only_a_named_key_of_the_set_counts(jwks: dict[str, Any], kid: Any) -> None:
    header = head("k") | {"kid": kid}
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()

    with pytest.raises(VerdictRefused, match="None of the service's keys"):
        verify_verdict(f"{encoded}.e30.AA", jwks, now=NOW)


def test_a_signed_document_of_another_type_or_version_is_refused(
    signer: JwsSigner, jwks: dict[str, Any]
) -> None:
    later = signed(signer, verdict(schema_version="2"))
    typ = signer._keys[True]

    with pytest.raises(VerdictRefused, match="update the client"):
        verify_verdict(later, jwks, now=NOW)
    with pytest.raises(VerdictRefused, match=r"verdict\+jwt"):
        verify_verdict(forged(head(str(typ.kid), typ="JWT"), typ), jwks, now=NOW)
    with pytest.raises(VerdictRefused, match=r"verdict\+jwt"):
        verify_verdict(forged(head(str(typ.kid), crit=["kid"]), typ), jwks, now=NOW)
    with pytest.raises(VerdictRefused, match="no verdict"):
        verify_verdict(forged(head(str(typ.kid)), typ, b"[]"), jwks, now=NOW)


def test_no_character_of_a_token_can_be_changed(signer: JwsSigner, jwks: dict[str, Any]) -> None:
    token = signed(signer, verdict())

    for place in range(0, len(token), 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(VerdictRefused):
            verify_verdict(changed, jwks, now=NOW)


def test_the_same_signature_has_one_spelling(signer: JwsSigner, jwks: dict[str, Any]) -> None:
    token = signed(signer, verdict())
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]

    with pytest.raises(VerdictRefused):
        verify_verdict(twin, jwks, now=NOW)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b", "a.b.c", "é.é.é", "W10.W10.W10", "a.b.c.d.e"])
def test_what_is_no_token_is_refused(jwks: dict[str, Any], token: str) -> None:
    with pytest.raises(VerdictRefused):
        verify_verdict(token, jwks, now=NOW)


def test_keys_are_read_from_nowhere_but_the_set(tmp_path: Path, jwks: dict[str, Any]) -> None:
    other = JwsSigner.from_files(tmp_path / "live", tmp_path / "demonstration", create=True)

    with pytest.raises(VerdictRefused, match="None of the service's keys"):
        verify_verdict(signed(other, verdict()), jwks, now=NOW)
