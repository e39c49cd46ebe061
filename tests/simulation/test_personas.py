"""Simulated people: who they are, and that a seed repeats them."""

import asyncio
import random
from collections import Counter

import pytest

from assessor.adapters.content import shipped_content
from assessor.domain.item import Category
from assessor.domain.library import Library
from assessor.interview.screen import screen
from assessor.interview.state import Heard
from assessor.simulation.personas import PERSONAS, Intent, Person, Persona, Said

WANTED = (
    "expert competent novice bluffer terse rambling non-native off-topic hostile injector distressed silent "
    "forgetful plagiarist"
)


@pytest.fixture(scope="module")
def library() -> Library:
    return asyncio.run(shipped_content().library())


def _said(library: Library, persona: Persona, track: str, seed: int) -> list[Said]:
    """Return eight messages to each question of the bank, after one about the background."""
    person = Person(persona, library, track, random.Random(seed))
    items = [item.id for item in library.items[track].values() if item.category is Category.INTERVIEW]
    return [person.reply(item_id) for item_id in [None, *(id_ for id_ in items for _ in range(8))]]


def test_everybody_who_is_wanted_is_there_once() -> None:
    names = [persona.name for persona in PERSONAS]

    assert set(WANTED.split()) <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
def test_a_persona_speaks_to_every_question_of_every_track_and_the_seed_repeats_it(
    library: Library, persona: Persona
) -> None:
    for track in library.tracks:
        first = _said(library, persona, track, 7)

        assert all(said.text.strip() for said in first)
        assert _said(library, persona, track, 7) == first


@pytest.mark.parametrize(
    ("name", "intent"),
    [
        ("off-topic", Intent.OFF_TOPIC),
        ("hostile", Intent.ABUSE),
        ("injector", Intent.ATTACK),
        ("distressed", Intent.DISTRESS),
        ("silent", Intent.SILENCE),
        ("forgetful", Intent.REQUEST),
        ("novice", Intent.PASS),
    ],
)
def test_a_persona_does_what_it_is_known_for(library: Library, name: str, intent: Intent) -> None:
    persona = next(persona for persona in PERSONAS if persona.name == name)

    meant = Counter(said.intent for seed in range(3) for said in _said(library, persona, "python", seed))

    assert meant[intent] > 0


def test_the_better_know_more_of_what_is_looked_for(library: Library) -> None:
    words = {
        persona.name: sum(len(said.text) for said in _said(library, persona, "python", 1))
        for persona in PERSONAS
    }

    assert words["expert"] > words["competent"] > words["novice"]
    assert words["rambling"] > words["terse"]


def test_at_most_one_in_a_hundred_ordinary_answers_is_taken_for_something_else(library: Library) -> None:
    answers = [
        said.text
        for persona in PERSONAS
        for seed in range(4)
        for said in _said(library, persona, "python", seed)
        if said.intent is Intent.ANSWER
    ]

    flagged = [text for text in answers if screen(text, "en") is not Heard.ANSWER]

    assert len(answers) > 1000
    assert len(flagged) <= len(answers) / 100, flagged[:5]
