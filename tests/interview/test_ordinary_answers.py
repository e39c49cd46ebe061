"""Hundreds of ordinary answers, many of them about prompts and attacks, and none is taken for a request."""

import asyncio
from pathlib import Path

import pytest

from assessor.adapters.content import shipped_content
from assessor.interview.screen import screen
from assessor.interview.state import Heard
from assessor.simulation.interviews import seeded
from assessor.simulation.personas import PERSONAS, Intent, Person

AUTHORED = tuple((Path(__file__).parent / "ordinary_answers.txt").read_text("utf-8").splitlines())
"""Innocent answers that use the words of requests, attacks and distress."""
MAX_SHARE = 0.01


@pytest.fixture(scope="module")
def played() -> list[str]:
    """What every persona means as an answer, to the background and to every question of the bank."""
    library = asyncio.run(shipped_content().library())
    questions = [
        None,
        *(id_ for id_, item in library.items["python"].items() if item.category == "interview"),
    ]
    said = []
    for persona in PERSONAS:
        person = Person(persona, library, "python", seeded("ordinary", persona.name))
        said += [person.reply(question) for question in questions for _ in range(2)]
    return sorted({one.text for one in said if one.intent is Intent.ANSWER})


@pytest.mark.parametrize("language", ["en", "de"])
def test_at_most_one_in_a_hundred_ordinary_answers_is_flagged(played: list[str], language: str) -> None:
    answers = [*AUTHORED, *played]

    flagged = [text for text in answers if screen(text, language) is not Heard.ANSWER]

    assert len(AUTHORED) >= 150
    assert len(answers) >= 300
    assert len(flagged) <= MAX_SHARE * len(answers), flagged


def test_of_the_authored_ones_alone_at_most_one_in_a_hundred_is_flagged() -> None:
    flagged = [text for text in AUTHORED if screen(text, "en") is not Heard.ANSWER]

    assert len(flagged) <= MAX_SHARE * len(AUTHORED), flagged
