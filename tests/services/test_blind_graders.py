"""What is sent to models about somebody's work is the same, byte for byte, whatever they were granted."""

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from assessor.domain.policy import Grade, Policy
from assessor.domain.wishes import Wish
from assessor.ports import ModelRequest
from assessor.services.caring import Reply, Wanted
from tests.scoring.graders import Grader, crediting
from tests.services import plays
from tests.world import World
from tests.world import world as build

POLICY = Policy(least_basis=Grade.PROVISIONAL, judge_may_score=True)
FENCE = re.compile(r"\b[0-9a-f]{32}\b")
NOTE = "I have dyslexia and a broken wrist, and type with one hand."


@pytest.fixture
def places(tmp_path: Path, migrated_file: Path) -> tuple[Path, Path]:
    """Two folders with an empty database each."""
    made = tmp_path / "standard", tmp_path / "granted"
    for folder in made:
        folder.mkdir()
        shutil.copy(migrated_file, folder / "assessor.db")
    return made


async def asked_of_models(folder: Path, *, is_accommodated: bool) -> list[ModelRequest]:
    model = Grader(crediting())
    async with build(folder, f"sqlite:///{folder / 'assessor.db'}", model=model, policy=POLICY) as world:
        assessment = await plays.opened(world, reference="worker-17")
        if is_accommodated:
            await accommodated(world, assessment.id)
        await work_through(world, assessment.id, rests=is_accommodated)
    return model.history


def sent(request: ModelRequest) -> tuple[str, str, str]:
    """What a provider is sent, but for the fence: that is drawn by chance for each call."""
    return request.purpose, FENCE.sub("a fence", request.system), FENCE.sub("a fence", request.user)


async def accommodated(world: World, assessment_id: str) -> None:
    await world.asking.ask(assessment_id, [Wish.EXTRA_TIME_100, Wish.BREAKS], NOTE)
    reply = Reply(is_granted=True, told="You have all of it.")
    wanted = Wanted(untimed=True, extra_break_minutes=60)
    await world.caring.grant_by_platform("acme", "key_1", assessment_id, wanted, "", reply)


async def work_through(world: World, assessment_id: str, *, rests: bool) -> None:
    """Give the same answers, with breaks and at a slower pace or without."""
    await world.conversing.begin(assessment_id)
    assessment = await world.conversing.settled(assessment_id)
    person = await plays.candidate(world, 4)
    number = 0
    while not assessment.interview_finished:
        if rests:
            await rest(world, assessment_id)
        text = person.answer(assessment.transcript.turns[-1].item_id)
        await world.conversing.receive(assessment_id, f"message-{number:03}", text)
        assessment = await world.conversing.settled(assessment_id)
        await world.conversing.observed(assessment_id)
        number += 1
    for place in assessment.form.tasks:
        await world.answering.hand_in(assessment_id, place.item_id, person.response(place.item_id))
    await world.answering.submit(assessment_id)


async def rest(world: World, assessment_id: str) -> None:
    await world.pausing.pause(assessment_id)
    world.clock.turn(timedelta(minutes=7))
    await world.pausing.resume(assessment_id)


async def test_models_read_the_same_bytes_with_an_accommodation_and_without(
    places: tuple[Path, Path],
) -> None:
    standard = await asked_of_models(places[0], is_accommodated=False)
    granted = await asked_of_models(places[1], is_accommodated=True)

    assert {one.purpose for one in standard} == {"turn", "judge", "observation"}
    assert not any(NOTE in one.user for one in granted)
    assert list(map(sent, granted)) == list(map(sent, standard))
