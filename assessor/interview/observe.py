"""What can be observed about an answer by plain rules, at once and without a model.

Nothing here is a judgement of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assessor.domain.language import base
from assessor.interview import german

MIN_TERM_CHARS, MAX_TERM_CHARS, MAX_TERM_WORDS = 3, 40, 4

_REASON = re.compile(
    r"\b(because|so that|since|therefore|hence|thus|due to|as a result|which means|that way|otherwise|"
    r"the reason|in order to|that is why|that's why|this avoids|to avoid|to prevent)\b",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"\b(for example|for instance|e\.g|such as|once|in one (?:project|case|shift|job)|"
    r"in a (?:recent )?project|"
    r"when i (?!would|should|could)\w+|last (?:year|month|week)|one time|i remember|we had|i had|"
    r"in my (?:last|current|previous) )",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"\b(but|however|unless|except|although|trade-?offs?|depends|on the other hand|downside|drawback|"
    r"limits?|limitation|only (?:if|when)|not always|edge cases?|at the cost of|costs?|risk)\b",
    re.IGNORECASE,
)

_BACKTICKED = re.compile(r"`([^`\n]+)`")
_QUOTED = re.compile(r"(?:“|„|\")([^“”„\"\n]{3,40})[”“\"]")
_CODE = re.compile(
    r"(?<![\w`./@:-])("
    r"(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w+(?:\(\))?"  # functools.lru_cache
    r"|[A-Za-z]\w*\(\)"  # sorted()
    r"|[A-Za-z]+_\w+"  # lru_cache
    r"|[a-z]+[A-Z]\w+"  # camelCase
    r")(?![\w/@])"
)
_ACRONYM = re.compile(r"\b([A-Z]{2,6}s?)\b")
_CAPITALISED = re.compile(r"(?<=[a-z,;] )([A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})?)\b")

_NO_TERM = frozenset(
    """
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday english french german spanish
    ok no not and or the yes todo usa uk eu cv hr llm llms ai
    """.split()  # noqa: SIM905 -- a list of forty quoted words hides them
)
_PERSONAL = re.compile(
    r"\b(?:mr|mrs|ms|dr|prof|professor|patient|client|colleague|boss|manager|named|called|with|from|in|"
    r"at|for|"
    r"by|of|to)\.? $",
    re.IGNORECASE,
)
"""What stands before the name of a person, a place or an employer, which is not to be said back."""


@dataclass(frozen=True)
class Observation:
    """What an answer holds so far. A question is open only where something is missing here."""

    words: int
    has_reason: bool
    has_example: bool
    has_limits: bool
    terms: tuple[str, ...]
    """The candidate's own named terms, verbatim, the most telling first."""


CUES: Mapping[str, tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]] = MappingProxyType(
    {"en": (_REASON, _EXAMPLE, _LIMITS), "de": (german.REASON, german.EXAMPLE, german.LIMITS)}
)
"""By language: what tells that there is a reason, an example, a limit."""
_CAPITALS_MARK_NAMES = frozenset({"en"})
"""Languages in which a capital tells a name. In German every noun has one."""


def observe(text: str, language: str) -> Observation:
    """Observe everything that was said to one question, as one text."""
    has_reason, has_example, has_limits = (cue.search(text) is not None for cue in CUES[base(language)])
    return Observation(
        words=len(text.split()),
        has_reason=has_reason,
        has_example=has_example,
        has_limits=has_limits,
        terms=named_terms(text, language),
    )


def named_terms(text: str, language: str) -> tuple[str, ...]:
    """Return terms that can be quoted back: code, quoted words, acronyms, capitalised names.

    A capitalised word counts only where it can hardly be a person, a place or an employer.
    """
    found = [match for pattern in (_BACKTICKED, _CODE, _QUOTED, _ACRONYM) for match in pattern.findall(text)]
    names = _CAPITALISED.finditer(text) if base(language) in _CAPITALS_MARK_NAMES else ()
    found += [match.group(1) for match in names if not _PERSONAL.search(text[: match.start()])]
    return tuple(dict.fromkeys(term.strip() for term in found if can_be_quoted(term.strip())))


def can_be_quoted(term: str) -> bool:
    """Whether a term is short, plain and telling enough to stand between quotation marks."""
    return (
        MIN_TERM_CHARS <= len(term) <= MAX_TERM_CHARS
        and len(term.split()) <= MAX_TERM_WORDS
        and not set(term) & set('?!„“”"\n`<>')
        and term.isprintable()
        and term.casefold() not in _NO_TERM
    )
