"""Every sentence that the interviewer says without a model. One place, so that it can be translated."""

from collections.abc import Mapping
from types import MappingProxyType

from assessor.interview.state import Brief, Heard

_AI = (
    "Hello, and welcome. I am an AI interviewer, not a person. My questions are prepared; "
    "I may word a follow-up around what you say."
)
_PREPARED = (
    "Hello, and welcome. This is an automated interview: its questions and follow-ups are prepared ones, "
    "and no person is typing."
)
_NOTICE = (
    "What you write here is recorded, and the people who review this assessment can read it. "
    "Please do not name patients or clients, and leave out what an employer keeps secret. "
    "You can ask me to repeat a question, and “I don't know” is a fair answer. "
    "The first question is only about your background and is not scored."
)

_SAME_WORDS = (
    "Everybody is asked in the same words, so I may not explain them. Take the question as you understand "
    "it, and say how you read it; that counts just as well. Here it is again:"
)
_STAYS_OPEN = "The question above stays open; take the time you need."

ACKNOWLEDGEMENTS: Mapping[Heard, str] = MappingProxyType(
    {
        Heard.ANSWER: "Thank you.",
        Heard.PASS: "That is all right. Let us go on.",
        Heard.REFUSAL: "That is your choice. Let us go on.",
        Heard.NOT_MY_FIELD: "That is fine, and has no effect on your result. Here is another question.",
        Heard.DISTRESS: (
            "Thank you for telling me. If you might hurt yourself, please call your local emergency number "
            "or a crisis line now. You may stop at any time; what you have sent is kept. "
            "Only if you want to go on, here is what comes next."
        ),
    }
)
"""Said before the next question. Anything else moves on with `MOVE_ON`."""

MOVE_ON = "Let us go on; what you have sent is kept."
CONDUCT = "I asked you to stay polite, so we stop here. What you have sent is kept."
TIME_IS_UP = "Our time is nearly over, so we stop here. What you have sent is kept."

_ASIDES: Mapping[Heard, str] = MappingProxyType(
    {
        Heard.PERSON: f"{{contact}} Nothing of what you have sent is lost. {_STAYS_OPEN}",
        Heard.BREAK: "Of course. Everything you have sent is kept, and the question above waits for you.",
        Heard.WHO: (
            "I am a program, not a person. What is recorded here can be read by people. "
            f"{{contact}} {_STAYS_OPEN}"
        ),
        Heard.COMMAND: (
            "I can only ask the questions of this interview. I know no criteria, scores or later questions, "
            f"and I cannot change how the assessment runs. {_STAYS_OPEN}"
        ),
        Heard.DISTRESS: (
            "Thank you for telling me. You matter more than this interview. If you might hurt yourself, "
            "please call your local emergency number or a crisis line now, or turn to someone you trust. "
            "You may stop here or take a break for as long as you like: what you have sent is kept, and this "
            "has no effect on how your answers are scored. {contact} Only if you want to go on, the question "
            "above is still open."
        ),
        Heard.ASKING_BACK: (
            "I cannot say anything about the subject: it would help one candidate and not the next. "
            f"A few sentences are enough for an answer, and no length is expected. {_STAYS_OPEN}"
        ),
        Heard.MORE_TIME: (
            "I have noted that you ask for more time, and the people behind this interview can see it. "
            f"I cannot change the time myself. {{contact}} {_STAYS_OPEN}"
        ),
        Heard.ABUSE: (
            "Please stay polite; otherwise we have to stop here. If something about this interview troubles "
            f"you, a person can help. {{contact}} {_STAYS_OPEN}"
        ),
        Heard.OFF_TOPIC: f"Let us keep to the interview. {_STAYS_OPEN}",
        Heard.EMPTY: f"I could not read an answer in that. {_STAYS_OPEN}",
    }
)


def welcome(brief: Brief, *, has_model: bool) -> str:
    """Say who is asking and what is recorded, and ask the unscored background question."""
    return f"{_AI if has_model else _PREPARED} {_NOTICE}\n\n{brief.opening}"


def acknowledged(heard: Heard, following: str) -> str:
    """Put a short neutral acknowledgement before a text, which stays the suffix."""
    return f"{ACKNOWLEDGEMENTS.get(heard, MOVE_ON)}\n\n{following}"


def aside(heard: Heard, brief: Brief, open_text: str) -> str:
    """Reply to something that is not an answer; `open_text` is the question that stays open."""
    if heard is Heard.REPEAT:
        return f"Of course. Here is the question again:\n\n{open_text}"
    if heard is Heard.REPHRASE:
        return f"{_SAME_WORDS}\n\n{open_text}"
    return _ASIDES[heard].replace("{contact}", brief.contact)


def quoting(term: str, question: str) -> str:
    """Quote the candidate's own term before a question."""
    return f"You mentioned “{term}”. {question}"


def replies(brief: Brief) -> frozenset[str]:
    """Return everything authored that can stand alone or before a question: what else is said, was asked."""
    leads = {*ACKNOWLEDGEMENTS.values(), MOVE_ON, TIME_IS_UP}
    closings = {f"{lead}\n\n{brief.closing}" for lead in leads}
    closings |= {f"{lead}\n\n{TIME_IS_UP}\n\n{brief.closing}" for lead in leads}
    asides = {aside(heard, brief, "").strip() for heard in (*_ASIDES, Heard.REPEAT, Heard.REPHRASE)}
    welcomes = {welcome(brief, has_model=has_model) for has_model in (True, False)}
    return frozenset(
        {
            *leads,
            f"{CONDUCT}\n\n{brief.closing}",
            *closings,
            *asides,
            *welcomes,
            f"{TIME_IS_UP}\n\n{brief.closing}",
        }
    )
