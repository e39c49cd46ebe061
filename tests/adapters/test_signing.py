import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey

from assessor.adapters.signing import JwsSigner, make_key, rotate, verify
from assessor.domain.errors import DocumentRefused, SettingsInvalid

PAYLOAD = '{"schema_version":"1","text":"naïve"}'.encode()


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> JwsSigner:
    folder = tmp_path_factory.mktemp("keys")
    return JwsSigner.from_files(folder / "live.jwk", folder / "demonstration.jwk", create=True)


def signed(signer: JwsSigner, *, livemode: bool) -> str:
    return signer.sign(PAYLOAD, livemode=livemode, audience="acme", jti="ver_1", issued_at=datetime.now(UTC))


def test_what_was_signed_comes_back_byte_for_byte(signer: JwsSigner) -> None:
    assert verify(signed(signer, livemode=True), signer.jwks(), demonstration=False) == PAYLOAD


def test_the_header_binds_key_audience_id_and_time(signer: JwsSigner) -> None:
    header = jws.extract_compact(signed(signer, livemode=True).encode()).headers()

    assert (header["alg"], header["typ"], header["aud"], header["jti"]) == (
        "Ed25519",
        "verdict+jwt",
        "acme",
        "ver_1",
    )
    assert header["kid"] in [key["kid"] for key in signer.jwks()["keys"]]


def test_a_demonstrations_signature_is_refused_unless_asked_for(signer: JwsSigner) -> None:
    token = signed(signer, livemode=False)

    with pytest.raises(DocumentRefused, match="demonstration key"):
        verify(token, signer.jwks(), demonstration=False)
    assert verify(token, signer.jwks(), demonstration=True) == PAYLOAD


@given(data=st.data())
def test_no_changed_character_goes_through(signer: JwsSigner, data: st.DataObject) -> None:
    token = signed(signer, livemode=True)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda character: character != token[place]))

    with pytest.raises(DocumentRefused):
        verify(token[:place] + other + token[place + 1 :], signer.jwks(), demonstration=True)


def test_a_signature_by_another_key_is_refused(signer: JwsSigner, tmp_path: Path) -> None:
    stranger = JwsSigner.from_files(tmp_path / "a.jwk", tmp_path / "b.jwk", create=True)

    with pytest.raises(DocumentRefused):
        verify(signed(stranger, livemode=True), signer.jwks(), demonstration=True)


def test_an_hmac_made_with_the_public_key_is_refused(signer: JwsSigner) -> None:
    public = signer.jwks()["keys"][0]
    confused = jws.serialize_compact(
        {"alg": "HS256", "typ": "verdict+jwt", "kid": public["kid"]},
        PAYLOAD,
        OctKey.import_key(public["x"].encode()),
    )

    with pytest.raises(DocumentRefused):
        verify(confused, signer.jwks(), demonstration=True)


def test_an_unsigned_token_is_refused(signer: JwsSigner) -> None:
    with pytest.raises(DocumentRefused):
        verify("eyJhbGciOiJub25lIn0.e30.", signer.jwks(), demonstration=True)


def test_private_keys_are_for_their_owner_only_and_never_published(signer: JwsSigner, tmp_path: Path) -> None:
    made = JwsSigner.from_files(tmp_path / "a.jwk", tmp_path / "b.jwk", create=True)

    assert stat.S_IMODE((tmp_path / "a.jwk").stat().st_mode) == 0o600
    assert json.loads((tmp_path / "a.jwk").read_text())["d"]
    assert not any("d" in key for key in made.jwks()["keys"])


def test_outside_development_a_missing_key_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        JwsSigner.from_files(tmp_path / "a.jwk", tmp_path / "b.jwk", create=False)


def test_outside_development_only_the_key_of_demonstrations_is_made(tmp_path: Path) -> None:
    make_key(tmp_path / "a.jwk")

    JwsSigner.from_files(tmp_path / "a.jwk", tmp_path / "data" / "b.jwk", create=False)

    assert (tmp_path / "data" / "b.jwk").exists()


def opened(folder: Path) -> JwsSigner:
    return JwsSigner.from_files(folder / "live.jwk", folder / "demonstration.jwk", create=True)


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


def test_after_a_rotation_the_new_key_signs_and_what_the_former_one_signed_still_verifies(
    tmp_path: Path,
) -> None:
    before = opened(tmp_path)
    old = signed(before, livemode=True)

    done = rotate(tmp_path / "live.jwk", soon())

    after = opened(tmp_path)
    new = signed(after, livemode=True)
    assert jws.extract_compact(new.encode()).headers()["kid"] == done.signs
    assert jws.extract_compact(old.encode()).headers()["kid"] == done.retired
    assert verify(old, after.jwks(), demonstration=False) == PAYLOAD
    assert verify(new, after.jwks(), demonstration=False) == PAYLOAD
    with pytest.raises(DocumentRefused):
        verify(new, before.jwks(), demonstration=False)


def test_a_rotation_leaves_nothing_that_could_sign_as_before_nor_open_to_others(tmp_path: Path) -> None:
    opened(tmp_path)
    former = json.loads((tmp_path / "live.jwk").read_text())["d"]

    rotate(tmp_path / "live.jwk", soon())

    assert all(former not in file.read_text() for file in tmp_path.iterdir())
    assert stat.S_IMODE((tmp_path / "live.jwk").stat().st_mode) == 0o600
    assert not any("d" in key or "served_until" in key for key in opened(tmp_path).jwks()["keys"])


def test_a_retired_key_is_served_until_its_day_and_every_rotation_before_it_counts(tmp_path: Path) -> None:
    opened(tmp_path)
    first = rotate(tmp_path / "live.jwk", datetime.now(UTC) - timedelta(seconds=1))
    second = rotate(tmp_path / "live.jwk", soon())
    third = rotate(tmp_path / "live.jwk", soon())

    served = [key["kid"] for key in opened(tmp_path).jwks()["keys"]]

    assert served[0] == third.signs
    assert {second.retired, third.retired} <= set(served)
    assert first.retired not in served


def test_a_private_half_that_was_left_in_a_retired_key_is_not_published(tmp_path: Path) -> None:
    opened(tmp_path)
    file = tmp_path / "live.jwk"
    former = json.loads(file.read_text())
    rotate(file, soon())
    ring = json.loads(file.read_text())
    ring["keys"][1]["d"] = former["d"]
    file.write_text(json.dumps(ring))

    assert not any("d" in key for key in opened(tmp_path).jwks()["keys"])


def test_a_file_that_begins_with_a_public_key_is_refused_with_the_way_out(tmp_path: Path) -> None:
    opened(tmp_path)
    rotate(tmp_path / "live.jwk", soon())
    ring = json.loads((tmp_path / "live.jwk").read_text())
    (tmp_path / "live.jwk").write_text(json.dumps({"keys": ring["keys"][::-1]}))

    with pytest.raises(SettingsInvalid, match="signing-key make"):
        opened(tmp_path)


def test_a_key_is_made_once(tmp_path: Path) -> None:
    made = make_key(tmp_path / "keys" / "live.jwk")

    assert (
        JwsSigner.from_files(
            tmp_path / "keys" / "live.jwk", tmp_path / "demonstration.jwk", create=True
        ).jwks()["keys"][0]["kid"]
        == made
    )
    with pytest.raises(FileExistsError):
        make_key(tmp_path / "keys" / "live.jwk")
