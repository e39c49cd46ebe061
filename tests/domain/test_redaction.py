"""Words that are taken back, as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.redaction import (
    Redaction,
    has_words,
    marked_spans,
    masked,
    spans_of,
    tombstone,
    traces,
    without,
)
from tests.domain.samples import NOW

ONE, TWO = "[redacted by the candidate, 1 word]", "[redacted by the candidate, 2 words]"


@pytest.mark.parametrize(
    ("passage", "text", "found"),
    [
        ("Acme", "Acme and ACME, not Acmes.", ["Acme", "ACME"]),
        ("acme  corp", "At Acme\nCorp we did.", ["Acme\nCorp"]),
        ("it's", "Well, it’s so.", ["it’s"]),
        ("and", "Brand new.", []),
        ("", "Anything.", []),
    ],
)
def test_a_passage_is_found_as_whole_words(passage: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in spans_of(passage, text)] == found


def test_half_a_word_that_was_marked_means_the_word() -> None:
    text = "I worked for Acmeworks then."

    assert [text[start:end] for start, end in marked_spans("Acme", text)] == ["Acmeworks"]
    assert marked_spans("cme", "Acme") == ((0, 4),)
    assert marked_spans("acm", "Acmeworks") == ((0, 9),)


@pytest.mark.parametrize(
    ("text", "spans", "left"),
    [
        ("I met Ann.", [(6, 9)], f"I met {ONE}."),
        ("Ann met Bob Roy", [(0, 3), (8, 15)], f"{ONE} met {TWO}"),
        ("Ann met Bob", [(0, 3), (0, 7)], f"{TWO} Bob"),
        ("Nothing", [], "Nothing"),
    ],
)
def test_a_tombstone_stands_for_each_passage(text: str, spans: list[tuple[int, int]], left: str) -> None:
    assert without(text, (), spans, NOW)[0] == left


def test_a_later_redaction_takes_in_the_tombstones_that_it_meets() -> None:
    text, first = without("Ann met Bob today.", (), [(8, 11)], NOW)

    whole, stones = without(text, first, [(0, len(text))], NOW)

    assert whole == tombstone(4)
    assert [stone.words for stone in stones] == [4]


def test_tombstones_that_are_left_alone_move_with_the_text() -> None:
    text, first = without("Ann met Bob today.", (), [(8, 11)], NOW)

    again, stones = without(text, first, [(0, 3)], NOW)

    assert again == f"{ONE} met {ONE} today."
    assert [again[stone.start : stone.end] for stone in stones] == [ONE, ONE]


@given(
    text=st.text(alphabet="ab Ä.\n", min_size=1, max_size=60),
    cuts=st.lists(st.tuples(st.integers(0, 59), st.integers(1, 20)), max_size=4),
    more=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 20)), max_size=3),
)
def test_tombstones_are_always_where_it_is_said(
    text: str, cuts: list[tuple[int, int]], more: list[tuple[int, int]]
) -> None:
    def inside(spans: list[tuple[int, int]], whole: str) -> list[tuple[int, int]]:
        return [(at, min(at + size, len(whole))) for at, size in spans if at < len(whole)]

    once, stones = without(text, (), inside(cuts, text), NOW)
    # A later passage never cuts a tombstone: its letters are no words that could be marked.
    whole = [(0, len(once))] if more else []
    twice, after = without(once, stones, whole, NOW)

    for said, where in ((once, stones), (twice, after)):
        for stone in where:
            assert said[stone.start : stone.end] == tombstone(stone.words)
        kept = masked(said, where).replace("\u2588", "")
        assert len(kept) == len(said) - sum(stone.end - stone.start for stone in where)
    assert has_words(twice, after) == (not more and has_words(once, stones))


def test_a_mask_is_as_long_as_what_it_covers() -> None:
    text, stones = without("Ann met Bob", (), [(0, 3)], NOW)

    assert len(masked(text, stones)) == len(text)
    assert masked(text, stones).endswith(" met Bob")
    assert not has_words(ONE, (Redaction(start=0, end=len(ONE), words=1, at=NOW),))


@pytest.mark.parametrize(
    ("taken", "text", "known", "found"),
    [
        ("Mrs Zeugma at Ptarmigan", "You mentioned “Ptarmigan”. Why?", "", ["Ptarmigan"]),
        ("the blue ledger", "You mentioned “blue ledger”. Why?", "", ["blue ledger"]),
        ("the blue ledger", "What of the Blue  Ledger?", "", ["the Blue  Ledger"]),
        ("Then Ann went", "Then what did ann do?", "", ["ann"]),
        ("ward 7b12", "Why did 7b12 fail?", "", ["7b12"]),
        ("I used Python there", "Why Python?", "python", []),
        ("When it failed", "When would it fail?", "", []),
    ],
)
def test_what_repeats_words_that_were_taken_back_is_found(
    taken: str, text: str, known: str, found: list[str]
) -> None:
    spans = traces([taken], text, frozenset(known.split()))

    assert [text[start:end] for start, end in spans] == found
