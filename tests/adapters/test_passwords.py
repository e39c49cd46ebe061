import pytest
from argon2 import Parameters

from assessor.adapters.passwords import Argon2Passwords


def test_a_password_verifies_against_its_own_hash_only() -> None:
    passwords = Argon2Passwords()

    hashed = passwords.hash("correct horse battery")

    assert hashed.startswith("$argon2id$")
    assert passwords.verify(hashed, "correct horse battery")
    assert not passwords.verify(hashed, "wrong horse battery")


def test_what_is_shipped_costs_what_the_standard_asks_for(
    shipped_password_profile: Parameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Argon2Passwords, "profile", shipped_password_profile)

    # RFC 9106, 4: the second recommended option.
    assert Argon2Passwords().hash("correct horse").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize("hashed", ["", "plain", "$argon2id$broken"])
def test_what_is_no_hash_verifies_nothing(hashed: str) -> None:
    assert not Argon2Passwords().verify(hashed, "")


def test_nobody_has_the_decoys_password() -> None:
    passwords = Argon2Passwords()

    assert not passwords.verify(passwords.decoy, "")
