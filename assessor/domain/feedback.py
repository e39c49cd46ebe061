"""What candidates say of an assessment, if they want to: three sentences, each from 1 (no) to 5 (yes).

It is about the assessment and never about its result: nobody who scores or decides sees it.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import Field

from assessor.domain.value import Value

Agreement = Annotated[int, Field(ge=1, le=5)]

SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "clear": "It was clear what I had to do.",
        "shown": "I could show what I can do.",
        "time": "The time was enough.",
    }
)
"""By the field of `Feedback` that holds the answer."""

LEAST_TOLD: Final = 5
"""Of fewer answers nothing but their number is told: a mean of two tells each what the other said."""


class Feedback(Value):
    """What one candidate said of one assessment. None is not answered."""

    clear: Agreement | None = None
    shown: Agreement | None = None
    time: Agreement | None = None


class SentenceResult(Value):
    """How far those who answered agree with one sentence."""

    id: str
    text: str
    answers: int
    mean: float | None
    """From 1 (no) to 5 (yes); null for fewer than five answers."""
    counts: tuple[int, ...] | None
    """How many said 1, 2, 3, 4 and 5; null likewise."""


def summed(said: Sequence[Feedback]) -> tuple[SentenceResult, ...]:
    """Return the result of every sentence, in their order."""
    return tuple(_summed(name, text, said) for name, text in SENTENCES.items())


def _summed(name: str, text: str, said: Sequence[Feedback]) -> SentenceResult:
    answers = [answer for one in said if (answer := getattr(one, name)) is not None]
    told = len(answers) >= LEAST_TOLD
    return SentenceResult(
        id=name,
        text=text,
        answers=len(answers),
        mean=round(fmean(answers), 2) if told else None,
        counts=tuple(answers.count(value) for value in range(1, 6)) if told else None,
    )
