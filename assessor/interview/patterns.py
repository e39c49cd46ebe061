"""How rules about words are written down, whatever the language."""

import re
from dataclasses import dataclass
from functools import cached_property

from assessor.interview.state import Heard


@dataclass(frozen=True)
class Rule:
    """Messages of at most `words` words in which one of `alternatives` is found are `heard`."""

    heard: Heard
    words: int
    alternatives: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """All in one. Compiled with the first message: commands that hear nobody need not wait for it."""
        return any_of(*self.alternatives)


def rule(heard: Heard, words: int, *alternatives: str) -> Rule:
    """Return a rule that any of several patterns fulfils."""
    return Rule(heard, words, alternatives)


def any_of(*alternatives: str) -> re.Pattern[str]:
    """Return one pattern, without regard to case, for several."""
    return re.compile("|".join(f"(?:{text})" for text in alternatives), re.IGNORECASE)
