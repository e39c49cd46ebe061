"""Answers to an item are gathered from those alone who agreed to it."""

from typing import Any

import pytest

from assessor.domain.assessment import Assessment
from assessor.domain.errors import InvalidInput, NotFound
from assessor.domain.notice import CURRENT, QUALITY
from assessor.ports import ActFilter
from assessor.services.auditing import Auditing
from assessor.services.gathering import Gathering
from tests.services import plays
from tests.world import World

REASON = "The key of this item is in doubt."


def gathering(world: World) -> Gathering:
    return Gathering(world.store, world.log, world.content, Auditing(world.store, world.clock))


async def answers(world: World, item: str, tenant: str = "acme") -> list[dict[str, Any]]:
    return await gathering(world).answers(tenant, "python", item, by="anna", reason=REASON)


def item_of(assessment: Assessment, category: str) -> str:
    return next(place.item_id for place in assessment.form.items if place.category == category)


async def agree(world: World, assessment: Assessment, *, given: bool) -> None:
    await world.consenting.answer(assessment.id, {QUALITY: given}, CURRENT.version)


async def test_only_an_answer_whose_author_agrees_at_this_moment_is_gathered(world: World) -> None:
    assessment = await plays.submitted(world, "full")
    item = item_of(assessment, "ranking")
    found = []

    for given in (None, True, False):
        if given is not None:
            await agree(world, assessment, given=given)
        found.append(await answers(world, item))

    assert found == [[], [{"number": 1, "response": assessment.responses[item].model_dump(mode="json")}], []]


async def test_another_platforms_answers_are_not_gathered(world: World) -> None:
    assessment = await plays.submitted(world, "full")
    await agree(world, assessment, given=True)

    found = await answers(world, item_of(assessment, "ranking"), tenant="other")

    assert found == []


async def test_nothing_of_what_is_gathered_names_the_candidate(world: World) -> None:
    assessment = await plays.submitted(world, "full")
    await agree(world, assessment, given=True)

    found = await answers(world, item_of(assessment, "sft"))

    assert [set(one) for one in found] == [{"number", "response"}]
    assert assessment.id not in str(found)
    assert assessment.ordered.candidate_ref not in str(found)


async def test_a_question_of_the_interview_or_an_unknown_item_is_refused(world: World) -> None:
    question = item_of(await plays.submitted(world, "full"), "interview")

    with pytest.raises(InvalidInput, match="question of the interview"):
        await answers(world, question)
    with pytest.raises(NotFound):
        await answers(world, "rk-nothing")


async def test_who_gathered_and_why_is_in_the_audit_log(world: World) -> None:
    item = item_of(await plays.submitted(world, "full"), "ranking")

    await answers(world, item)

    (last,) = await world.store.recorded(ActFilter("acme"), limit=1)
    assert (last.action, last.actor, last.subject, last.reason) == ("answers.gathered", "anna", item, REASON)
