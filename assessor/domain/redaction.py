"""Words that are taken back: where they stand, where they were repeated, and what is left without them."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from assessor.domain.evidence import folded
from assessor.domain.value import Value

MASK = "\u2588"
"""Stands for each character of a tombstone where only the candidate's own words count."""
MIN_NAME_CHARS = 3

_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"[“\"`]([^“”\"`\n]{2,200})[”\"`]")
_OPENERS = frozenset(
    """
    after all also and any are because before both but can could did does each even every first for from
    had has have here how however its just many most much next not now once one only other our out she
    should since some such that the their them then there these they this those though through thus under
    until was well were what when where which while who why will with would yes yet you your
    """.split()  # noqa: SIM905 -- a list of seventy quoted words hides them
)
"""Words that a sentence may begin with. A capital letter there makes no name of them."""

Span = tuple[int, int]
"""Start and end, as offsets of characters."""


class Redaction(Value):
    """Where a tombstone stands in a text, and how many words it stands for."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    words: Annotated[int, Field(ge=0)]
    at: datetime


def tombstone(words: int) -> str:
    """Return what stands in place of words that were taken back."""
    return f"[redacted by the candidate, {words} {'word' if words == 1 else 'words'}]"


def masked(text: str, redactions: Iterable[Redaction]) -> str:
    """Return the text, as long as it was, with nothing that could be quoted where a tombstone stands."""
    for one in redactions:
        text = text[: one.start] + MASK * (one.end - one.start) + text[one.end :]
    return text


def has_words(text: str, redactions: Iterable[Redaction]) -> bool:
    """Whether anything is left beside the tombstones."""
    return any(sign not in MASK and not sign.isspace() for sign in masked(text, redactions))


def spans_of(passage: str, text: str) -> tuple[Span, ...]:
    """Return every place where a passage stands as whole words, by the folding that evidence is found by."""
    return tuple((start, end) for start, end in _places(passage, text) if _is_whole(text, start, end))


def marked_spans(passage: str, text: str) -> tuple[Span, ...]:
    """Return the places that a person marked. Half a word that was marked means the word."""
    return spans_of(passage, text) or tuple(_widened(text, *span) for span in _places(passage, text))


def traces(taken: Sequence[str], text: str, known: Collection[str]) -> tuple[Span, ...]:
    """Return where somebody else's text repeats words that were taken back.

    That is each passage as a whole, what it quotes out of one, and names and numbers of one. Names
    among `known` words, in lower case, stood elsewhere too and give nothing away.
    """
    exact = [span for passage in taken for span in spans_of(passage, text)]
    quoted = [
        found.span(1)
        for found in _QUOTED.finditer(text)
        if any(spans_of(found.group(1), passage) for passage in taken)
    ]
    names = {name for passage in taken for name in _names(passage)} - set(known)
    named = [word.span() for word in _WORD.finditer(text) if word.group().casefold() in names]
    return tuple(sorted({*exact, *quoted, *named}))


def words_in(text: str) -> frozenset[str]:
    """Return the words of a text in lower case."""
    return frozenset(word.casefold() for word in _WORD.findall(text))


def without(
    text: str, before: Sequence[Redaction], spans: Iterable[Span], at: datetime
) -> tuple[str, tuple[Redaction, ...]]:
    """Return the text with a tombstone for each span, and where all of its tombstones stand.

    A span that meets an earlier tombstone takes it in, with its number of words.
    """
    said: list[str] = []
    redactions: list[Redaction] = []
    done = length = 0
    for start, end in _joined([*spans, *((one.start, one.end) for one in before)]):
        stone = _stone(text, before, start, end, at)
        mark = tombstone(stone.words)
        said += [text[done:start], mark]
        length += start - done
        redactions.append(stone.changed(start=length, end=length + len(mark)))
        done, length = end, length + len(mark)
    return "".join([*said, text[done:]]), tuple(redactions)


def _stone(text: str, before: Sequence[Redaction], start: int, end: int, at: datetime) -> Redaction:
    inside = [one for one in before if start <= one.start and one.end <= end]
    if len(inside) == 1 and (inside[0].start, inside[0].end) == (start, end):
        return inside[0]
    own = len(masked(text, before)[start:end].replace(MASK, " ").split())
    return Redaction(start=start, end=end, words=own + sum(one.words for one in inside), at=at)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Join spans that overlap."""
    current: Span | None = None
    for start, end in sorted(spans):
        if current is None or start >= current[1]:
            if current is not None:
                yield current
            current = (start, end)
        else:
            current = (current[0], max(current[1], end))
    if current is not None:
        yield current


def _places(passage: str, text: str) -> Iterator[Span]:
    needle = folded(passage.strip()).text
    haystack = folded(text)
    at = haystack.text.find(needle) if needle else -1
    while at >= 0:
        yield haystack.span(at, len(needle))
        at = haystack.text.find(needle, at + len(needle))


def _is_whole(text: str, start: int, end: int) -> bool:
    return (start, end) == _widened(text, start, end)


def _widened(text: str, start: int, end: int) -> Span:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end


def _names(passage: str) -> Iterator[str]:
    for word in _WORD.findall(passage):
        is_name = word[0].isupper() or any(sign.isdigit() for sign in word)
        if len(word) >= MIN_NAME_CHARS and is_name and word.casefold() not in _OPENERS:
            yield word.casefold()
