"""Assessments of simulated people, with everything that can happen on the way to a verdict."""

from datetime import timedelta

from assessor.adapters.code import JailedCode
from assessor.adapters.prompts import FilePrompts
from assessor.adapters.shipped import shipped
from assessor.adapters.signing import verify
from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import InvalidInput
from assessor.domain.item import Category
from assessor.ports import Model, Reviewer
from assessor.scoring import Judge
from assessor.services.caring import Wanted
from assessor.services.marking import Mark
from assessor.services.order import Order
from assessor.services.replaying import Replaying
from assessor.services.rescoring import Rescoring
from assessor.services.scoring import Scoring
from assessor.simulation.interviews import seeded
from assessor.simulation.personas import PERSONAS, Person
from tests.services import plays
from tests.services.plays import candidate
from tests.world import World

TOKEN = "0123456789abcdef" * 2
REASON = "A newer judge was measured to agree better with people."
PROMPTS = FilePrompts(shipped("prompts"))


def replaying(world: World) -> Replaying:
    """What replays the assessments of a world. Its judges have nobody to ask."""
    keys = world.signer.jwks()
    return Replaying(
        world.store,
        world.content,
        PROMPTS,
        lambda models, templates: (
            Judge(models[0], PROMPTS.replaced(templates), lambda: TOKEN, second=(*models, None)[1])
            if models
            else None
        ),
        lambda jws: verify(jws, keys, demonstration=True),
    )


def rescoring(world: World, model: Model | None) -> Rescoring:
    """What scores the assessments of a world again, with another model."""
    judge = Judge(model, PROMPTS, lambda: TOKEN) if model else None
    code = JailedCode("full")
    scoring = Scoring(world.log, world.content, world.signer, judge, code, world.store)
    names = [model.name] if model else []
    return Rescoring(
        world.store, world.log, world.content, PROMPTS, scoring, judge, names, code, world.clock, world.store
    )


async def submitted(world: World, number: int) -> Assessment:
    """Play one from the order to the first verdict: another persona, level and course for each number."""
    form = "full" if number % 10 == 0 else "short"
    order = Order(
        candidate_ref=f"simulated-{number}", track="python", form=form, simulated=True, livemode=False
    )
    ordered = await world.ordering.order(world.tenant, order)
    assessment, _ = await world.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])
    await world.conversing.begin(assessment.id)
    if number % 5 == 0:
        await world.caring.grant_by_platform("acme", "key_1", assessment.id, Wanted(time_factor=1.5))
    await _interviewed(world, assessment.id, number)
    await _amended(world, assessment.id, number)
    person = await candidate(world, number % 4 + 1)
    for place in assessment.form.tasks:
        if (number + len(place.item_id)) % 9:  # now and then a task is left out
            await world.answering.hand_in(assessment.id, place.item_id, person.response(place.item_id))
    await world.answering.submit(assessment.id)
    return await world.log.load(assessment.id)


async def _interviewed(world: World, assessment_id: str, number: int) -> None:
    persona = PERSONAS[number % len(PERSONAS)]
    person = Person(persona, await world.content.library(), "python", seeded("attempts", number))
    for turn in range(80):
        assessment = await world.conversing.settled(assessment_id)
        await world.conversing.observed(assessment_id)
        if assessment.interview_finished:
            return
        if turn == 1 and number % 4 == 1:
            await world.pausing.pause(assessment_id)
            world.clock.turn(timedelta(minutes=3))
        await world.pausing.resume(assessment_id)
        said = person.reply(assessment.transcript.turns[-1].item_id)
        world.clock.turn(timedelta(seconds=20))
        await world.conversing.receive(assessment_id, f"simulated-{turn:04}", said.text)
    raise AssertionError("the interview did not end")


async def _amended(world: World, assessment_id: str, number: int) -> None:
    """Take words back in one attempt of three, and correct an answer in another."""
    assessment = await world.log.load(assessment_id)
    question = assessment.form.of(Category.INTERVIEW)[0].item_id
    own = [turn for turn in assessment.transcript.about(question) if turn.speaker == "candidate"]
    long = next((turn for turn in own if len(turn.text.split()) > 6), None)
    if long is None or assessment.status is not Status.IN_PROGRESS:
        return
    if number % 3 == 1:
        passage = " ".join(long.text.split()[1:4])
        try:
            await world.amending.redact(assessment_id, "redaction-1", long.seq, passage, everywhere=True)
        except InvalidInput:  # the words do not stand together as they were typed
            await world.amending.redact(assessment_id, "redaction-1", long.seq, None)
    if number % 3 == 2:
        await world.amending.correct(
            assessment_id, "correction-1", question, long.seq, f"{long.text} And I check it with a test."
        )


async def reviewed(world: World, assessment_id: str, by: Reviewer, number: int) -> None:
    """Let a person score what is open in every other attempt, and decide where that is left to them."""
    if number % 2:
        return
    case = await world.reviewing.case(by, assessment_id)
    for place, score in enumerate(case.open):
        mark = tuple(Mark)[(number + place) % len(Mark)]
        await world.reviewing.score(
            by, assessment_id, score.item_id, score.criterion, mark, "Read with care."
        )
    assessment = await world.log.load(assessment_id)
    if number % 4 == 0 and assessment.needs_person and not assessment.open_scores:
        await world.reviewing.decide(by, assessment_id, "inconclusive", "The answers contradict each other.")


def facts_of(events: tuple[e.Event, ...]) -> set[str]:
    """Return the types of the facts in a log."""
    return {event.fact.type for event in events}


async def several(world: World, count: int) -> list[Assessment]:
    """Play several to their end."""
    rita = await plays.reviewer(world)
    played = []
    for number in range(count):
        assessment = await submitted(world, number)
        await reviewed(world, assessment.id, rita, number)
        played.append(await world.log.load(assessment.id))
    return played
