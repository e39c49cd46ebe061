import pytest

from assessor.adapters.passwords import Argon2Passwords


def test_a_password_verifies_against_its_own_hash_only() -> None:
    passwords = Argon2Passwords()

    hashed = passwords.hash("correct horse battery")

    assert hashed.startswith("$argon2id$")
    assert passwords.verify(hashed, "correct horse battery")
    assert not passwords.verify(hashed, "wrong horse battery")


@pytest.mark.parametrize("hashed", ["", "plain", "$argon2id$broken"])
def test_what_is_no_hash_verifies_nothing(hashed: str) -> None:
    assert not Argon2Passwords().verify(hashed, "")


def test_nobody_has_the_decoys_password() -> None:
    passwords = Argon2Passwords()

    assert not passwords.verify(passwords.decoy, "")
