"""Whether a quote is real: verbatim in the candidate's own words, after a stated folding.

The folding: white space is one space, typographic quotes and dashes are ASCII, letters are
case-folded and decomposed, characters that leave no mark are left out (a judge reads the normalised
copy, evidence points into the text as it was typed). Nothing else: no stemming, no fuzzy match.

Real is not enough to count: words that the task or the interviewer said first are not the
candidate's, and a passage that speaks to the grader shows nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import Field

from assessor.domain.addressing import Span, addressed
from assessor.domain.fence import is_invisible
from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.value import Value

MIN_WORDS = THRESHOLDS.quoted_words

Gram = tuple[str, ...]

_PLAIN = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014\u00a0", "''\"\"-- ")
_WORD = re.compile(r"[^\W_]+")
_PRINTED = re.compile(r"[!-~]+")
_UNPRINTED = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")


class Evidence(Value):
    """A span of the candidate's own text: the event that holds it, and character offsets in it."""

    event_seq: Annotated[int, Field(ge=1)]
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    path: str = ""
    """Which text field of the event's response, `""` for a message's only text."""


class OwnText(Value):
    """One text that the candidate wrote."""

    event_seq: Annotated[int, Field(ge=1)]
    path: str = ""
    text: str


@dataclass(frozen=True)
class Borrowed:
    """Words that somebody else said, and the events in which the candidate could repeat them."""

    text: str
    heard_by: frozenset[int] | None = None
    """None is every event: a task is always there."""

    @cached_property
    def grams(self) -> frozenset[Gram]:
        """Each 4 words in a row."""
        return frozenset(_grams(_WORD.findall(folded(self.text).text)))


@dataclass(frozen=True)
class Folded:
    """A text after the folding, and for each of its characters the offset it came from."""

    text: str
    offsets: list[int]

    def span(self, at: int, length: int) -> Span:
        """Return the place in the text as it was typed."""
        return self.offsets[at], self.offsets[at + length - 1] + 1


def folded(text: str) -> Folded:
    """Fold a text."""
    if text.isascii() and not _UNPRINTED.search(text):
        return _folded_ascii(text)
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text.translate(_PLAIN)):
        if character.isspace():
            if characters and characters[-1] != " ":
                characters.append(" ")
                offsets.append(offset)
            continue
        if is_invisible(character):
            continue
        for piece in unicodedata.normalize("NFD", character.casefold()):
            characters.append(piece)
            offsets.append(offset)
    if characters and characters[-1] == " ":
        characters.pop()
        offsets.pop()
    return Folded("".join(characters), offsets)


def _folded_ascii(text: str) -> Folded:
    """Do the same where nothing but case and white space can differ: some thirty times faster."""
    words: list[str] = []
    offsets: list[int] = []
    for word in _PRINTED.finditer(text):
        words.append(word.group())
        offsets.extend(range(word.start(), word.end() + 1))  # the last one is the space behind it
    return Folded(" ".join(words).lower(), offsets[:-1])


@dataclass(frozen=True)
class Sources:
    """What a quote is checked against. Every text is folded once, however many quotes there are."""

    texts: tuple[OwnText, ...]
    borrowed: tuple[Borrowed, ...] = ()

    def evidence(self, quote: str) -> Evidence | None:
        """Return where the candidate says this in words of their own; None when they do not.

        It counts from 4 words on, or when it is the whole of a text. Of a quote that repeats others'
        words (4 in a row), 4 more must be the candidate's.
        """
        needle = folded(quote).text
        for own, (start, end) in _places(needle, self._folded):
            is_addressed = any(start < last and first < end for first, last in self._addressed[own])
            if not is_addressed and self._is_own(needle, own.event_seq):
                return Evidence(event_seq=own.event_seq, path=own.path, start=start, end=end)
        return None

    @property
    def addressed_to_grader(self) -> tuple[Evidence, ...]:
        """Where passages speak to whoever grades, in the order of the texts."""
        return tuple(
            Evidence(event_seq=own.event_seq, path=own.path, start=start, end=end)
            for own, spans in self._addressed.items()
            for start, end in spans
        )

    def _is_own(self, needle: str, seq: int) -> bool:
        words = _WORD.findall(needle)
        heard = [one.grams for one in self.borrowed if one.heard_by is None or seq in one.heard_by]
        at = (place for place, gram in enumerate(_grams(words)) if any(gram in grams for grams in heard))
        repeated = {place + step for place in at for step in range(MIN_WORDS)}
        return not repeated or len(words) - len(repeated) >= MIN_WORDS

    @cached_property
    def _folded(self) -> dict[OwnText, Folded]:
        return {own: folded(own.text) for own in self.texts}

    @cached_property
    def _addressed(self) -> dict[OwnText, tuple[Span, ...]]:
        return {own: addressed(own.text) for own in self.texts}


def locate(quote: str, texts: Iterable[OwnText]) -> Evidence | None:
    """Return where the quote stands, or None when it does not stand anywhere or is too short.

    For people, whose judgement of what counts is their own. A quote counts from 4 words on, or when
    it is the whole of a text.
    """
    for own, (start, end) in _places(folded(quote).text, {own: folded(own.text) for own in texts}):
        return Evidence(event_seq=own.event_seq, path=own.path, start=start, end=end)
    return None


def _places(needle: str, texts: Mapping[OwnText, Folded]) -> Iterator[tuple[OwnText, Span]]:
    """Yield wherever a folded quote stands that is long enough, or the whole of a text."""
    long_enough = len(needle.split()) >= MIN_WORDS
    for own, haystack in texts.items():
        if not needle or not (long_enough or needle == haystack.text):
            continue
        at = haystack.text.find(needle)
        while at >= 0:
            yield own, haystack.span(at, len(needle))
            at = haystack.text.find(needle, at + 1)


def _grams(words: Sequence[str]) -> Iterator[Gram]:
    return zip(*(words[shift:] for shift in range(MIN_WORDS)), strict=False)
