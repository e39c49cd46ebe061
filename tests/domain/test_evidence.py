import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.evidence import OwnText, locate
from assessor.domain.fence import normalised

SAID = "I would profile it first,\n then cache the   parsed rows. “Never guess” is my rule."


def own(text: str, seq: int = 7, path: str = "") -> OwnText:
    return OwnText(event_seq=seq, path=path, text=text)


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("I would profile it first", "I would profile it first"),
        ("i WOULD profile it FIRST", "I would profile it first"),
        ("profile it first, then cache", "profile it first,\n then cache"),
        ("cache the parsed rows", "cache the   parsed rows"),
        ('"Never guess" is my rule.', "“Never guess” is my rule."),
        ("  then cache the parsed  ", "then cache the   parsed"),
    ],
)
def test_a_quote_is_found_where_it_stands(quote: str, words: str) -> None:
    found = locate(quote, [own(SAID)])

    assert found is not None
    assert SAID[found.start : found.end] == words
    assert found.event_seq == 7


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "   ",
        "parsed rows",
        "I would measure it first",
        "profile it, first then",
        "I would cache it first",
    ],
)
def test_a_quote_that_is_changed_or_too_short_is_not_found(quote: str) -> None:
    assert locate(quote, [own(SAID)]) is None


def test_a_short_answer_may_be_quoted_whole_and_only_whole() -> None:
    answer = [own("A memory leak.")]

    assert locate("a memory leak.", answer) is not None
    assert locate("a memory", answer) is None


def test_the_text_that_holds_the_quote_is_named() -> None:
    texts = [own("Something else was said here.", seq=3), own(SAID, seq=9, path="rows.1.criterion")]

    found = locate("then cache the parsed rows", texts)

    assert found is not None
    assert (found.event_seq, found.path) == (9, "rows.1.criterion")


@pytest.mark.parametrize(
    "typed",
    [
        "cafe\u0301 owners keep the till open",
        "ca\u200bfé owners keep\u00ad the till open",
        "caf\u00e9 owners keep the till open",
        "caf\u00e9\u2028owners keep the till open",
    ],
)
def test_a_quote_of_the_normalised_copy_points_into_the_text_as_it_was_typed(typed: str) -> None:
    quote = normalised(typed)

    found = locate(quote, [own(f"Well: {typed}!")])

    assert found is not None
    assert normalised(f"Well: {typed}!"[found.start : found.end]) == quote


@given(st.lists(st.text("abcdeé “”-", min_size=1).filter(str.strip), min_size=6, max_size=20), st.data())
def test_whatever_was_said_is_found_again(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    start = data.draw(st.integers(0, len(words) - 4))
    quote = " ".join(words[start : start + 4])

    found = locate(quote, [own(text)])

    assert found is not None
    assert " ".join(text[found.start : found.end].casefold().split()) == " ".join(quote.casefold().split())
