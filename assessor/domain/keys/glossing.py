"""Interlinear glosses by the Leipzig Glossing Rules 1 and 2 (Comrie, Haspelmath and Bickel, 2015)."""

import re

_SEPARATORS = re.compile(r"[-=]")
_DASHES = str.maketrans({"‐": "-", "‑": "-", "–": "-", "−": "-"})
"""Hyphens that a text editor makes of the plain one; an author does not see the difference."""


def misalignment(words: str, gloss: str) -> str | None:
    """Say where words and gloss do not stand morpheme over morpheme; None where they do everywhere.

    >>> misalignment("ev-ler-im=de", "house-PL-1SG=LOC") is None
    True
    >>> misalignment("ev-ler", "house")
    "word 1 'ev-ler' has 2 parts, and its gloss 'house' has 1"
    """
    above, below = words.translate(_DASHES).split(), gloss.translate(_DASHES).split()
    if len(above) != len(below):
        return f"{len(above)} words have {len(below)} glosses"
    for place, (word, label) in enumerate(zip(above, below, strict=True), 1):
        if (problem := _in_word(word, label)) is not None:
            return f"word {place} {problem}"
    return None


def _in_word(word: str, label: str) -> str | None:
    parts, labels = _SEPARATORS.split(word), _SEPARATORS.split(label)
    if len(parts) != len(labels):
        return f"{word!r} has {len(parts)} parts, and its gloss {label!r} has {len(labels)}"
    if _SEPARATORS.findall(word) != _SEPARATORS.findall(label):
        return f"{word!r} separates affixes (-) and clitics (=) otherwise than its gloss {label!r}"
    if "" in parts[1:-1] or [bool(part) for part in parts] != [bool(part) for part in labels]:
        return f"{word!r} or its gloss {label!r} has an empty part"
    return None
