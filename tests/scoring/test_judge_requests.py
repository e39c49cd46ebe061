"""What a judge's call asks for beside its criteria: room, time, a name of its own, and the whole task."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from assessor.domain.item import Category
from assessor.ports import ModelRequest
from assessor.scoring import Work
from assessor.scoring.judge.brief import Briefs
from assessor.scoring.judge.hearing import BUDGET_SECONDS, TOKENS_BESIDE, TOKENS_PER_CRITERION
from tests.scoring.graders import Grader, Row, asked, bench, crediting, reply
from tests.scoring.prompts import PROMPTS
from tests.scoring.works import ANSWER, RUBRIC, RUBRIC_WRITING, SFT, talk, work

ALL = [criterion.text for criterion in RUBRIC.criteria]


async def requests(done: Work, model: Grader | None = None) -> list[ModelRequest]:
    """What a judge asks to score this work."""
    model = model or Grader(crediting(*ALL))
    await bench(model).rate(done)
    return [*model.history]


async def test_a_call_has_room_for_every_criterion_and_waits_behind_interviews() -> None:
    (request,) = await requests(talk(ANSWER))

    assert request.max_tokens == TOKENS_BESIDE + TOKENS_PER_CRITERION * len(asked(request).criteria)
    assert request.within_seconds == BUDGET_SECONDS
    assert request.purpose == "judge"
    assert request.reads_fragments


async def test_another_model_is_another_call() -> None:
    (one,) = await requests(talk(ANSWER))
    (other,) = await requests(talk(ANSWER), Grader(crediting(*ALL), name="m2"))

    assert one.user == other.user
    assert one.idempotency_key != other.idempotency_key


def doubtful() -> Grader:
    """Needs a second reading of everything, and leaves the last criterion out at first."""

    def says(text: str, _: str) -> Row | None:
        return {"quotes": ["every call shares it"], "probability": 0.6} if text in ALL else None

    model = Grader(says)

    def answer(call: int, rows: list[Row]) -> str:
        criteria = asked(model.history[-1]).criteria
        return reply([r for r in rows if call > 1 or criteria[r["id"]] != ALL[2]])

    model.spoil = answer
    return model


async def test_only_what_is_asked_for_again_comes_with_a_word_on_why() -> None:
    why = PROMPTS.render("judge/again.j2")

    first, again, *fresh = await requests(talk(ANSWER), doubtful())

    assert again.user.endswith(f"\n{why}")
    assert len(fresh) == len(ALL)
    assert not any(why in request.user for request in (first, *fresh))


async def test_no_two_readings_of_one_criterion_are_the_same_call() -> None:
    made = await requests(talk(ANSWER), doubtful())

    assert len({request.idempotency_key for request in made}) == len(made)


async def test_places_among_the_criteria_tell_nothing() -> None:
    """They differ from work to work, and neither a rubric's order nor that of the labels shows in them."""
    places = []
    for number in range(12):
        (request,) = await requests(talk(f"{ANSWER} That is number {number}."))
        listed = asked(request).criteria
        places.append(tuple([*listed.values()].index(text) for text in ALL))

    assert len(set(places)) > 4
    assert {place for one in places for place in one} == {0, 1, 2, 3, 4}


def told(request: ModelRequest, heading: str) -> Mapping[str, Any] | None:
    """Return the JSON below a heading of the prompt, with its keys in their order."""
    lines = request.user.splitlines()
    at = next((place for place, line in enumerate(lines) if line.startswith(heading)), None)
    return None if at is None else dict(json.loads(lines[at + 1]))


@pytest.mark.parametrize(
    ("category", "shown"),
    [
        (Category.EVALUATION, {"rationale"}),
        (Category.RANKING, {"rationale"}),
        (Category.RUBRIC_WRITING, {"rationale", "must_haves"}),
        (Category.SFT, {"rationale", "reference"}),
        (Category.TRAJECTORY, {"rationale", "fix"}),
    ],
)
async def test_of_a_key_a_judge_gets_what_helps_to_read_and_nothing_that_rules_score_by(
    category: Category, shown: set[str]
) -> None:
    done = work(category, RUBRIC)

    request, *_ = await requests(done)

    assert set(told(request, "REFERENCE") or ()) == shown
    assert told(request, "TASK") == json.loads(json.dumps(done.item.presented()))


async def test_a_question_without_a_key_comes_without_a_reference() -> None:
    (request,) = await requests(talk(ANSWER))

    assert told(request, "REFERENCE") is None


async def test_a_task_is_given_in_its_own_letters_and_in_one_order() -> None:
    item = SFT.changed(prompt="Почему список растёт? Größe?")

    (request,) = await requests(replace(work(Category.SFT), item=item))

    assert "Почему список растёт? Größe?" in request.user
    task = told(request, "TASK") or {}
    assert list(task) == sorted(task)


async def test_words_that_the_interviewer_repeats_later_stay_the_candidates_own() -> None:
    done = talk(ANSWER, "Yes, it was like that.")
    repeated = done.turns[2].changed(text=f"You said: {ANSWER} Was it like that?")
    done = replace(done, turns=(*done.turns[:2], repeated, done.turns[3]))

    scores = await bench(Grader(crediting(*ALL))).rate(done)

    assert {score.value for score in scores.values()} == {1.0}
    assert {one.event_seq for score in scores.values() for one in score.evidence} == {done.turns[1].seq}


async def test_the_name_of_a_criterion_in_one_task_tells_nothing_in_another() -> None:
    (one,), (other,) = [await requests(done) for done in (talk(ANSWER), work(Category.SFT))]

    assert set(asked(one).criteria.values()) & set(asked(other).criteria.values()) == set(ALL)
    assert not set(asked(one).criteria) & set(asked(other).criteria)


async def test_what_is_asked_for_stands_in_the_part_that_is_the_same_for_everybody_under_the_same_names() -> (
    None
):
    (request,) = await requests(talk(ANSWER))
    (decoy, _) = Briefs(PROMPTS).of(talk(ANSWER)).decoys

    stable, _, _ = request.user.partition("THE PERSON'S WORK")

    listed = {name: text for name, text in asked(request).criteria.items() if text in (*ALL, decoy.text)}
    assert len(listed) == len(ALL) + 1
    assert all(f"- {name}: {text}\n" in stable for name, text in listed.items())


def test_work_without_a_rubric_has_a_brief_with_nothing_to_grade() -> None:
    brief = Briefs(PROMPTS).of(work(Category.TRAJECTORY))

    assert (brief.labels, brief.texts) == ({}, {})
    assert brief.stable.startswith("RUBRIC\n\n")


def test_a_response_that_two_tasks_share_is_asked_about_by_other_names() -> None:
    briefs, criteria = Briefs(PROMPTS), {"a": "Says that the list is made once"}
    other = RUBRIC_WRITING.changed(id="rubric-other")

    one, again, elsewhere = (
        briefs.applying(item, criteria, ANSWER) for item in (RUBRIC_WRITING, RUBRIC_WRITING, other)
    )

    assert one == again
    assert one.labels != elsewhere.labels
    assert json.loads(one.stable.splitlines()[1]) == json.loads(json.dumps(RUBRIC_WRITING.presented()))
