"""Shorthand for getting an assessment to the point that a test is about."""

from assessor.domain.assessment import Assessment
from assessor.domain.events import CandidateMessage
from assessor.ports import Reviewer
from assessor.services.marking import Mark
from assessor.services.order import Order
from assessor.simulation.candidate import SimulatedCandidate
from tests.world import World


async def opened(
    world: World, form: str = "short", reference: str | None = None, *, livemode: bool = False
) -> Assessment:
    if reference is None:  # another person each time: one and the same would have to wait
        reference = f"candidate-{len(await world.ordering.recent(world.tenant.id)) + 1}"
    ordered = await world.ordering.order(
        world.tenant, Order(candidate_ref=reference, track="python", form=form, livemode=livemode)
    )
    assessment, _ = await world.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])
    return assessment


async def begun(world: World, form: str = "short", *, livemode: bool = False) -> Assessment:
    assessment = await opened(world, form, livemode=livemode)
    await world.conversing.begin(assessment.id)
    return await world.conversing.settled(assessment.id)


async def candidate(world: World, level: int) -> SimulatedCandidate:
    return SimulatedCandidate(await world.content.library(), "python", level)


async def interviewed(
    world: World, form: str = "short", level: int = 4, *, livemode: bool = False
) -> Assessment:
    assessment = await begun(world, form, livemode=livemode)
    person = await candidate(world, level)
    for number in range(60):
        if assessment.interview_finished:
            return assessment
        text = person.answer(assessment.transcript.turns[-1].item_id)
        await world.conversing.receive(assessment.id, f"message-{number:03}", text)
        assessment = await world.conversing.settled(assessment.id)
        await world.conversing.observed(assessment.id)
    raise AssertionError("the interview did not end")


async def submitted(
    world: World, form: str = "short", level: int = 4, *, livemode: bool = False
) -> Assessment:
    assessment = await interviewed(world, form, level, livemode=livemode)
    person = await candidate(world, level)
    for place in assessment.form.tasks:
        await world.answering.hand_in(assessment.id, place.item_id, person.response(place.item_id))
    await world.answering.submit(assessment.id)
    return await world.log.load(assessment.id)


async def reviewer(world: World, tenant: str = "acme", email: str = "rita@acme.example") -> Reviewer:
    return await world.access.add_reviewer(tenant, email, "Rita", "a long enough password")


async def reviewed(world: World, assessment: Assessment, by: Reviewer, level: int = 4) -> Assessment:
    person = await candidate(world, level)
    case = await world.reviewing.case(by, assessment.id)
    for score in case.open:
        mark = Mark.MET if person.meets(score.item_id, score.criterion) else Mark.UNMET
        assessment = await world.reviewing.score(
            by, assessment.id, score.item_id, score.criterion, mark, "Read."
        )
    return assessment


def message(assessment: Assessment, message_id: str, text: str) -> CandidateMessage:
    return CandidateMessage(message_id=message_id, item_id=assessment.transcript.turns[-1].item_id, text=text)
