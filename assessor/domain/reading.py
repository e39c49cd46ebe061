"""How hard English prose is to read: the Flesch-Kincaid grade level."""

import re

_FENCED = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`[^`\n]*`")
_SENTENCE_END = re.compile(r"[.!?]+(?=[\s\"”')]|$)|\n\s*\n|\n(?=\s*[-*|\d])")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(r"(?:[^aeioul]e|[aeiou]le|[^aeioutd]ed|(?<![csxz]h)[^aeioulcgsxzh]es)$")

LEAST_WORDS = 20
"""A grade of fewer words says nothing."""


def grade_level(text: str) -> float | None:
    """Return the school grade (United States) for which prose is written; None where there is too little.

    0.39 * words per sentence + 11.8 * syllables per word - 15.59 (Kincaid et al. 1975, Navy Research
    Branch Report 8-75). Code is left out. Syllables are counted by their vowels, as all programs do.
    """
    prose = _INLINE.sub("", _FENCED.sub("\n\n", text))
    sentences = [words for part in _SENTENCE_END.split(prose) if (words := _WORD.findall(part))]
    count = sum(map(len, sentences))
    if count < LEAST_WORDS:
        return None
    syllables = sum(_syllables(word) for words in sentences for word in words)
    return round(0.39 * count / len(sentences) + 11.8 * syllables / count - 15.59, 1)


def _syllables(word: str) -> int:
    """Count groups of vowels, without those at the end that are silent.

    >>> [_syllables(word) for word in ("the", "make", "table", "horses", "asked", "evaluated")]
    [1, 1, 2, 2, 1, 4]
    """
    plain = word.casefold()
    return max(1, len(_VOWELS.findall(plain)) - bool(_SILENT_END.search(plain)))
