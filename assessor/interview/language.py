"""Whether a sentence is in the language of the interview, by its small words."""

import re
from collections.abc import Mapping
from types import MappingProxyType

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f'’]+")

LEAST_SHARE = 0.2
"""Of small words among all. English questions have about a half; German ones have next to none of these."""

SMALL_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(
            """
            a about after all an and another any are as at be been before but by can could did do does else
            for from had has have how if instead into is it its like many more most much not of on one or
            other out over said say should so some such than that the their them then there these they
            think this those to up used want was way were what when where which while who why will with
            would you your
            """.split()  # noqa: SIM905 -- a list of a hundred quoted words hides them
        ),
    }
)
"""By language. A language that is not here is not checked."""


def is_in(language: str, sentence: str) -> bool:
    """Whether a sentence seems to be in a language. Nothing to go by counts as yes."""
    small = SMALL_WORDS.get(language.partition("-")[0])
    words = [word.casefold() for word in _WORD.findall(sentence)]
    if small is None or not words:
        return True
    if not all(map(_LATIN.fullmatch, words)):
        return False
    return sum(word in small for word in words) >= max(1, LEAST_SHARE * len(words))
