"""Sealing: only the same key, in the same place, opens it again."""

import time
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.adapters.clock import SystemClock, SystemRandom
from assessor.adapters.master_keys import KEY_BYTES
from assessor.adapters.vault import Vault, derived, open_sealed, place, seal
from assessor.domain.errors import DocumentRefused

KEY = bytes(range(KEY_BYTES))
OTHER = bytes(KEY_BYTES)
HERE = place("asm_1", 7, "message.candidate")


@given(plaintext=st.binary(max_size=300), parts=st.lists(st.text(max_size=20) | st.integers(), max_size=4))
def test_what_was_sealed_opens_in_its_place(plaintext: bytes, parts: list[str | int]) -> None:
    sealed = seal(KEY, plaintext, place(*parts))

    assert open_sealed(KEY, sealed, place(*parts), "it") == plaintext


@given(bit=st.integers(0, 8 * (1 + 12 + 5 + 16) - 1))
def test_any_flipped_bit_is_refused(bit: int) -> None:
    sealed = bytearray(seal(KEY, b"words", HERE))
    sealed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(DocumentRefused, match="Event 7"):
        open_sealed(KEY, bytes(sealed), HERE, "Event 7")


@pytest.mark.parametrize("length", [0, 1, 13, 28, 33])
def test_a_shortened_text_is_refused(length: int) -> None:
    sealed = seal(KEY, b"words", HERE)

    with pytest.raises(DocumentRefused):
        open_sealed(KEY, sealed[:length], HERE, "it")


@pytest.mark.parametrize(
    "elsewhere",
    [
        place("asm_2", 7, "message.candidate"),
        place("asm_1", 8, "message.candidate"),
        place("asm_1", 7, "message.interviewer"),
        place("asm_1", "7", "message.candidate"),
    ],
)
def test_it_does_not_open_elsewhere(elsewhere: bytes) -> None:
    sealed = seal(KEY, b"words", HERE)

    with pytest.raises(DocumentRefused):
        open_sealed(KEY, sealed, elsewhere, "it")


@given(st.lists(st.lists(st.text(max_size=5) | st.integers(), max_size=3), min_size=2, max_size=2))
def test_two_places_are_never_written_alike(places: list[list[str | int]]) -> None:
    one, other = places

    assert (place(*one) == place(*other)) == (one == other)


def test_a_data_key_opens_for_its_owner_only() -> None:
    vault = Vault(KEY)

    wrapped = vault.new_key("cnd_1")

    assert len(vault.unwrap("cnd_1", wrapped)) == KEY_BYTES
    with pytest.raises(DocumentRefused, match="data key of cnd_2"):
        vault.unwrap("cnd_2", wrapped)


def test_a_data_key_does_not_open_with_another_master_key() -> None:
    wrapped = Vault(KEY).new_key("cnd_1")

    with pytest.raises(DocumentRefused, match="data key of cnd_1"):
        Vault(bytes(KEY_BYTES)).unwrap("cnd_1", wrapped)


def test_no_two_data_keys_are_alike() -> None:
    vault = Vault(KEY)

    keys = {vault.unwrap("cnd_1", vault.new_key("cnd_1")) for _ in range(20)}

    assert len(keys) == 20


def test_a_derived_key_is_one_for_each_purpose_and_key() -> None:
    keys = [KEY, derived(KEY, "idempotency"), derived(KEY, "more"), derived(bytes(KEY_BYTES), "idempotency")]

    assert derived(KEY, "idempotency") == keys[1]
    assert len(set(keys)) == 4


def test_the_first_master_key_wraps_and_all_of_them_open() -> None:
    former, both = Vault(KEY), Vault(OTHER, KEY)
    wrapped = former.new_key("cnd_1")

    again = both.wrap_anew("cnd_1", wrapped)

    assert (
        both.unwrap("cnd_1", wrapped)
        == former.unwrap("cnd_1", wrapped)
        == Vault(OTHER).unwrap("cnd_1", again)
    )
    with pytest.raises(DocumentRefused, match=f"master key {both.newest}, which is not set"):
        former.unwrap("cnd_1", again)


def test_the_id_of_a_master_key_is_its_own_and_no_part_of_it() -> None:
    vault = Vault(OTHER, KEY)

    assert {vault.newest} | vault.others == {Vault(OTHER).newest, Vault(KEY).newest}
    assert bytes.fromhex(Vault(KEY).newest) not in KEY


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_master_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(bytes(length))


def test_the_clock_tells_the_machines_time_in_utc() -> None:
    told = SystemClock().now()

    assert told.tzinfo is UTC
    assert abs(told.timestamp() - time.time()) < 60


def test_random_bytes_are_as_many_as_asked_for_and_do_not_repeat() -> None:
    random = SystemRandom()

    drawn = [random.bytes(16) for _ in range(50)]

    assert {len(value) for value in drawn} == {16}
    assert len(set(drawn)) == 50
