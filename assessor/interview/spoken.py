"""The languages in which the interviewer understands requests, observes answers and guards its own words."""

from assessor.domain.language import SMALL_WORDS, base
from assessor.interview.guard import FORBIDDEN_BY_LANGUAGE
from assessor.interview.observe import CUES
from assessor.interview.screen import RULES_BY_LANGUAGE

LANGUAGES = (
    frozenset(RULES_BY_LANGUAGE) & frozenset(CUES) & frozenset(FORBIDDEN_BY_LANGUAGE) & frozenset(SMALL_WORDS)
)


def understands(language: str) -> bool:
    """Whether there are patterns for a language, wherever it is spoken."""
    return base(language) in LANGUAGES
