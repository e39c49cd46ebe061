"""Every sentence that the interviewer says without a model: which there are, and when each is said.

The words are in `prompts/interview/authored/<language>.yaml`.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from assessor.interview.state import Brief, Heard

PLACEHOLDER = re.compile(r"\{(\w+)\}")

_CONTACT, _OPEN = frozenset({"contact"}), frozenset({"stays_open"})
_NONE = frozenset[str]()

ACKNOWLEDGED = (Heard.ANSWER, Heard.PASS, Heard.REFUSAL, Heard.NOT_MY_FIELD, Heard.DISTRESS)
"""What has an acknowledgement of its own; anything else has the common one."""

_ASIDES: Mapping[Heard, frozenset[str]] = MappingProxyType(
    {
        Heard.REPEAT: _NONE,
        Heard.REPHRASE: _NONE,
        Heard.PERSON: _CONTACT | _OPEN,
        Heard.BREAK: _NONE,
        Heard.WHO: _CONTACT | _OPEN,
        Heard.COMMAND: _OPEN,
        Heard.DISTRESS: _CONTACT,
        Heard.ASKING_BACK: _OPEN,
        Heard.MORE_TIME: _CONTACT | _OPEN,
        Heard.ABUSE: _CONTACT | _OPEN,
        Heard.OFF_TOPIC: _OPEN,
        Heard.EMPTY: _OPEN,
    }
)
_WITH_QUESTION = frozenset({Heard.REPEAT, Heard.REPHRASE})

SENTENCES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "welcome.ai": _NONE,
        "welcome.prepared": _NONE,
        "welcome.notice": _NONE,
        "contact": _NONE,
        "stays_open": _NONE,
        "quoting": frozenset({"term"}),
        "acknowledgements.anything_else": _NONE,
        "endings.conduct": _NONE,
        "endings.time_is_up": _NONE,
    }
    | {f"acknowledgements.{heard}": _NONE for heard in ACKNOWLEDGED}
    | {f"asides.{heard}": placeholders for heard, placeholders in _ASIDES.items()}
)
"""Every key that a language needs, with exactly the placeholders that its text has."""


def welcome(brief: Brief, *, has_model: bool) -> str:
    """Say who is asking and what is recorded, and ask the unscored background question."""
    who = _say(brief, "welcome.ai" if has_model else "welcome.prepared")
    return f"{who} {_say(brief, 'welcome.notice')}\n\n{brief.opening}"


def acknowledged(brief: Brief, heard: Heard, following: str) -> str:
    """Put a short neutral acknowledgement before a text, which stays the suffix."""
    name = heard if heard in ACKNOWLEDGED else "anything_else"
    return f"{_say(brief, f'acknowledgements.{name}')}\n\n{following}"


def aside(heard: Heard, brief: Brief, open_text: str) -> str:
    """Reply to something that is not an answer; `open_text` is the question that stays open."""
    contact, stays_open = brief.contact or _say(brief, "contact"), _say(brief, "stays_open")
    text = _say(brief, f"asides.{heard}", contact=contact, stays_open=stays_open)
    return f"{text}\n\n{open_text}" if heard in _WITH_QUESTION else text


def conduct(brief: Brief) -> str:
    """End the interview for repeated abuse."""
    return f"{_say(brief, 'endings.conduct')}\n\n{brief.closing}"


def time_is_up(brief: Brief) -> str:
    """End the interview because there is no time for another question."""
    return f"{_say(brief, 'endings.time_is_up')}\n\n{brief.closing}"


def quoting(brief: Brief, term: str, question: str) -> str:
    """Quote the candidate's own term before a question."""
    return f"{_say(brief, 'quoting', term=term)} {question}"


def replies(brief: Brief) -> frozenset[str]:
    """Return everything authored that can stand alone or before a question: what else is said, was asked."""
    leads = {acknowledged(brief, heard, "").strip() for heard in Heard}
    ends = {brief.closing, time_is_up(brief)}
    asides = {aside(heard, brief, "").strip() for heard in _ASIDES}
    welcomes = {welcome(brief, has_model=has_model) for has_model in (True, False)}
    closings = {f"{lead}\n\n{end}" for lead in leads for end in ends}
    return frozenset({*leads, *closings, *asides, *welcomes, conduct(brief), time_is_up(brief)})


def _say(brief: Brief, key: str, **values: str) -> str:
    """Fill in a sentence, in one pass: what is filled in is never looked at again."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], brief.sentences[key])
