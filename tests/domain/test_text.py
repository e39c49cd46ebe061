import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.errors import InvalidInput, TooLarge
from assessor.domain.text import MAX_TEXT_CHARS, accept_text

ordinary = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"))


@given(ordinary)
def test_what_a_person_types_is_kept_as_it_is(text: str) -> None:
    assert accept_text("text", text) == text


@pytest.mark.parametrize(("typed", "kept"), [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\n\r\nb", "a\n\nb")])
def test_line_ends_become_newlines(typed: str, kept: str) -> None:
    assert accept_text("text", typed) == kept


@pytest.mark.parametrize(
    ("text", "problem"),
    [("a\x00b", "NUL"), ("a\ud800b", "half of a surrogate pair at character 1"), ("\udfff", "surrogate")],
)
def test_what_breaks_storage_is_refused_with_the_field_and_the_way_out(text: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem) as refused:
        accept_text("justification", text)

    assert refused.value.problems[0].field == "justification"
    assert refused.value.problems[0].remedy


def test_a_text_at_the_limit_is_accepted_and_one_over_is_refused() -> None:
    assert len(accept_text("text", "x" * MAX_TEXT_CHARS)) == MAX_TEXT_CHARS
    with pytest.raises(TooLarge) as refused:
        accept_text("text", "x" * (MAX_TEXT_CHARS + 1))
    assert (refused.value.size, refused.value.limit) == (MAX_TEXT_CHARS + 1, MAX_TEXT_CHARS)


@pytest.mark.parametrize("text", ["", "  ", "\n\t\u00a0"])
def test_white_space_is_empty_where_something_is_required(text: str) -> None:
    assert accept_text("text", text) == text
    with pytest.raises(InvalidInput, match="is empty"):
        accept_text("text", text, required=True)
