"""Simulated answers: the examples of every rubric in several people's styles, and copies in disguise."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Final

from assessor.domain.evidence import OwnText
from assessor.domain.library import Library
from assessor.domain.near_duplicate import FreeText
from assessor.domain.value import strings_in

Style = Callable[[str, random.Random], str]

_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
_ARTICLES: Final = re.compile(r"\b(?:the|a|an) ", re.IGNORECASE)


def plain(answer: str, _dice: random.Random) -> str:
    return answer


def second_language(answer: str, _dice: random.Random) -> str:
    said = _ARTICLES.sub("", answer).replace(" was ", " is ")
    return f"Sorry for my english. {said} Please ask me if something is not clear."


def wordy(answer: str, _dice: random.Random) -> str:
    return (
        f"In my opinion, and from years of experience in the field, I would say this: {answer} "
        "That is how I have always done it, and it has worked well for me."
    )


def notes(answer: str, _dice: random.Random) -> str:
    return "\n".join(f"- {sentence}" for sentence in _SENTENCE.split(answer))


def reordered(answer: str, dice: random.Random) -> str:
    sentences = _SENTENCE.split(answer)
    return " ".join(dice.sample(sentences, len(sentences)))


def reworded(share: float) -> Style:
    """Put another word for so many of them."""

    def write(answer: str, dice: random.Random) -> str:
        words = answer.split()
        return " ".join(dice.choice(words) if dice.random() < share else word for word in words)

    return write


STYLES: Final = (plain, second_language, wordy, notes)
COPIES: Final[Mapping[str, Style]] = {
    "word for word": plain,
    "sentences in another order": reordered,
    "with an opening and an end of their own": wordy,
    "every 20th word another": reworded(0.05),
    "every 10th word another": reworded(0.1),
    "articles and tenses of a second language": second_language,
}


def examples(library: Library) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Yield what a task tells, and the answers that the authors of its rubric wrote."""
    for items in library.items.values():
        for item in items.values():
            if item.rubric:
                told = tuple(strings_in(item.presented()))
                yield told, [one.answer for one in library.rubrics[item.rubric].anchors]


def apart(library: Library) -> Iterator[tuple[FreeText, FreeText]]:
    """Yield every two different answers to one task, in every two styles, that are long enough."""
    for told, answers in examples(library):
        for one, other in combinations(answers, 2):
            mine, theirs = _written(one, told), _written(other, told)
            yield from ((a, b) for a in mine for b in theirs)


def copies(library: Library, style: Style, seed: int = 1) -> Iterator[tuple[FreeText, FreeText]]:
    """Yield every answer with its copy, that are long enough."""
    dice = random.Random(seed)
    for told, answers in examples(library):
        for answer in answers:
            mine, theirs = _text(answer, told), _text(style(answer, dice), told)
            if mine.is_long_enough and theirs.is_long_enough:
                yield mine, theirs


def _written(answer: str, told: tuple[str, ...]) -> list[FreeText]:
    dice = random.Random(1)
    return [one for style in STYLES if (one := _text(style(answer, dice), told)).is_long_enough]


def _text(answer: str, told: tuple[str, ...]) -> FreeText:
    return FreeText((OwnText(event_seq=1, text=answer),), told)
