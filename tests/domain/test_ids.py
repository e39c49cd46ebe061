import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from assessor.domain.ids import ALPHABET, CandidateRef, Slug, make_id


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_different_entropy_gives_different_ids(a: bytes, b: bytes) -> None:
    assert (make_id("as", a) == make_id("as", b)) == (a == b)


@given(st.binary(min_size=16, max_size=16))
def test_an_id_is_a_prefix_and_26_readable_characters(entropy: bytes) -> None:
    prefix, _, digits = make_id("ver", entropy).partition("_")

    assert prefix == "ver"
    assert len(digits) == 26
    assert set(digits) <= set(ALPHABET)
    assert not set("ilou") & set(ALPHABET)


@pytest.mark.parametrize("size", [0, 15, 17])
def test_an_id_takes_exactly_16_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        make_id("as", bytes(size))


@pytest.mark.parametrize("name", ["a1", "error_detection", "python-eval-1", "2fa"])
def test_ids_that_authors_write(name: str) -> None:
    assert TypeAdapter(Slug).validate_python(name) == name


@pytest.mark.parametrize("name", ["", "a", "Upper", "a b", "-a", "a/b", "a\n", "é1", "x" * 65])
def test_names_that_are_no_ids(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Slug).validate_python(name)


@pytest.mark.parametrize("name", ["", "Jane Doe", "jörg", "a\tb", "x" * 129])
def test_a_candidate_reference_is_no_name(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(CandidateRef).validate_python(name)
