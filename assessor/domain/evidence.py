"""Whether a quote is real: verbatim in the candidate's own words, after a stated folding.

The folding: white space is one space, typographic quotes and dashes are ASCII, letters are
case-folded and decomposed, characters that leave no mark are left out (a judge reads the normalised
copy, evidence points into the text as it was typed). Nothing else: no stemming, no fuzzy match.
"""

import unicodedata
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from assessor.domain.fence import is_invisible
from assessor.domain.value import Value

MIN_WORDS = 4

_PLAIN = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014\u00a0", "''\"\"-- ")


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


def folded(text: str) -> tuple[str, list[int]]:
    """Return the folded text and, for each of its characters, the offset it came from."""
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
        for folded in unicodedata.normalize("NFD", character.casefold()):
            characters.append(folded)
            offsets.append(offset)
    if characters and characters[-1] == " ":
        characters.pop()
        offsets.pop()
    return "".join(characters), offsets


def locate(quote: str, texts: Iterable[OwnText]) -> Evidence | None:
    """Return where the quote stands, or None when it does not stand anywhere or is too short.

    A quote counts from 4 words on, or when it is the whole of a text.
    """
    needle, _ = folded(quote)
    if not needle:
        return None
    for own in texts:
        haystack, offsets = folded(own.text)
        if needle != haystack and len(needle.split()) < MIN_WORDS:
            continue
        at = haystack.find(needle)
        if at >= 0:
            end = offsets[at + len(needle) - 1] + 1
            return Evidence(event_seq=own.event_seq, path=own.path, start=offsets[at], end=end)
    return None
