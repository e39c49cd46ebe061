"""How rules about words are written down, whatever the language."""

import re
from dataclasses import dataclass

from assessor.interview.state import Heard


@dataclass(frozen=True)
class Rule:
    """Messages of at most `words` words in which `pattern` is found are `heard`."""

    heard: Heard
    words: int
    pattern: re.Pattern[str]


def rule(heard: Heard, words: int, *alternatives: str) -> Rule:
    """Return a rule that any of several patterns fulfils."""
    return Rule(heard, words, any_of(*alternatives))


def any_of(*alternatives: str) -> re.Pattern[str]:
    """Return one pattern, without regard to case, for several."""
    return re.compile("|".join(f"(?:{text})" for text in alternatives), re.IGNORECASE)
