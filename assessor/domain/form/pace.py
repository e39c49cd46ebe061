"""How long an item really takes: what candidates are told, made from the items that they got.

An author's minutes think of somebody who is used to the work. Nobody is told less than it takes to read
what is shown and to write what is asked for.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from assessor.domain.item import Category, Item, SftItem

READ_A_MINUTE: Final = 238
"""Words of English prose, read silently (Brysbaert 2019, Journal of Memory and Language 109)."""
WRITTEN_A_MINUTE: Final = 19
"""Words that are composed at a keyboard (Karat, Halverson, Horn and Karat 1999, CHI '99)."""
WORDS_ASKED: Final[Mapping[Category, int]] = MappingProxyType(
    {
        Category.INTERVIEW: 45,
        Category.EVALUATION: 30,
        Category.RANKING: 30,
        Category.RUBRIC_WRITING: 60,
        Category.SFT: 60,
        Category.TRAJECTORY: 30,
    }
)
"""Of an answer or a reason in two or three sentences; of a rubric or an ideal response that is short."""
BACKGROUND_WORDS: Final = 20
"""About oneself, as every interview asks first; that question is on no form."""


def working_minutes(item: Item) -> float:
    """Return the author's minutes, or what reading and writing take where that is more; whole halves."""
    shown = sum(len(text.split()) for text in _texts(item.presented()))
    return _halves(max(item.minutes, shown / READ_A_MINUTE + _words_asked(item) / WRITTEN_A_MINUTE))


def interview_minutes(questions: Iterable[Item]) -> float:
    """Return the minutes for an interview with these questions and the one about one's background."""
    return sum(map(working_minutes, questions)) + _halves(BACKGROUND_WORDS / WRITTEN_A_MINUTE)


def form_minutes(items: Sequence[Item]) -> int:
    """Return the whole minutes for all of a form: what its parts say, added up."""
    return math.ceil(interview_minutes([]) + sum(map(working_minutes, items)))


def _halves(minutes: float) -> float:
    return math.ceil(2 * minutes) / 2


def _words_asked(item: Item) -> int:
    usual = WORDS_ASKED[item.category]
    if not isinstance(item, SftItem):
        return usual
    most = [one.value for one in item.constraints if one.kind == "max_words" and isinstance(one.value, int)]
    return min([usual, *most])


def _texts(shown: Any) -> Iterator[str]:
    match shown:
        case str():
            yield shown
        case dict():
            for value in shown.values():
                yield from _texts(value)
        case list():
            for value in shown:
                yield from _texts(value)
