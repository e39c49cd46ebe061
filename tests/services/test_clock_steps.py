"""A machine's clock that is set between two steps of a candidate, by an hour or a day, either way."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assessor.adapters.clock import SteadyClock
from assessor.adapters.webhooks import HttpReceivers
from assessor.domain.assessment import Status
from assessor.domain.queue import Lease
from assessor.domain.webhook import DeliveryStatus
from assessor.services.notifying import Notifying
from assessor.services.order import Order
from assessor.services.subscribing import NewEndpoint, OnceMade, Subscribing, Subscription
from tests.receiver import answer, receiving
from tests.services.plays import begun, candidate
from tests.world import SeededRandom, TurnedClock, World
from tests.world import world as build

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SCHEDULE = (5, 60, 600)
PASSWORD = "a long enough password"


@dataclass
class SetClock(TurnedClock):
    """The clock of a process on a machine whose own clock can be set."""

    ran: float = 0.0
    steady: SteadyClock = field(init=False)

    def __post_init__(self) -> None:
        self.steady = SteadyClock(lambda: self.at, lambda: self.ran)

    def now(self) -> datetime:
        return self.steady.now()

    def turn(self, by: timedelta) -> None:
        super().turn(by)
        self.ran += by.total_seconds()

    def set_by(self, step: timedelta) -> None:
        """Set the machine's clock, which the process does not notice before it looks."""
        self.at += step


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime.now(UTC))  # verifying a signature asks the real time


@pytest.fixture
async def world(tmp_path: Path, address: str, clock: SetClock) -> AsyncIterator[World]:
    async with build(tmp_path, address, clock=clock) as built:
        yield built


@pytest.fixture(params=[HOUR, -HOUR, DAY, -DAY], ids=["hour", "hour back", "day", "day back"])
def step(request: pytest.FixtureRequest) -> timedelta:
    chosen: timedelta = request.param
    return chosen


async def swept(world: World) -> int:
    """Take up all that is overdue, as every minute does; return how much it was."""
    resumed, submitted = await world.pausing.resume_overdue(), await world.answering.submit_overdue()
    return resumed + submitted + await world.ordering.expire_overdue()


async def test_a_candidate_loses_and_gains_no_minute_and_the_facts_keep_their_order(
    world: World, clock: SetClock, step: timedelta
) -> None:
    assessment = await begun(world)
    person, whole = await candidate(world, 3), assessment.time_left(clock.now())
    clock.turn(2 * MINUTE)

    clock.set_by(step)
    overdue = await swept(world)
    clock.turn(3 * MINUTE)
    text = person.answer(assessment.transcript.turns[-1].item_id)
    await world.conversing.receive(assessment.id, "message-1", text)
    assessment = await world.conversing.settled(assessment.id)
    await world.conversing.observed(assessment.id)

    assert overdue == 0
    assert assessment.status is Status.IN_PROGRESS
    assert whole is not None
    assert assessment.time_left(clock.now()) == pytest.approx(whole - 300)
    times = [event.at for event in await world.store.events(assessment.id)]
    assert times == sorted(times)
    assert times[-1] - times[0] == 5 * MINUTE
    assert await world.store.verify_chain(assessment.id) == len(times)


async def test_what_is_not_handed_in_is_still_closed_when_its_minutes_are_over(
    world: World, clock: SetClock, step: timedelta
) -> None:
    assessment = await begun(world)
    left = assessment.time_left(clock.now())
    clock.set_by(step)

    assert left is not None
    clock.turn(timedelta(seconds=left) - MINUTE)
    before = await swept(world)
    clock.turn(30 * MINUTE)  # what was written in time may come a while later
    after = await swept(world)

    assert (before, after) == (0, 1)


async def test_a_break_lasts_as_long_as_it_may(world: World, clock: SetClock, step: timedelta) -> None:
    assessment = await begun(world)
    paused = await world.pausing.pause(assessment.id)
    whole = paused.break_left(clock.now())
    clock.turn(5 * MINUTE)

    clock.set_by(step)
    overdue = await swept(world)
    clock.turn(5 * MINUTE)
    going_on = await world.pausing.resume(assessment.id)

    assert overdue == 0
    assert whole is not None
    assert going_on.break_left(clock.now()) == pytest.approx(whole - 600)
    assert going_on.time_left(clock.now()) == pytest.approx(assessment.time_left(clock.now() - 10 * MINUTE))


async def test_links_and_sessions_end_no_earlier(world: World, clock: SetClock, step: timedelta) -> None:
    order = Order(candidate_ref="candidate-1", track="python", form="short", livemode=False)
    ordered = await world.ordering.order(world.tenant, order)
    rita = await world.access.add_reviewer("acme", "rita@acme.example", "Rita", PASSWORD)
    reviewers = await world.access.sign_in(rita.email, PASSWORD)
    clock.turn(MINUTE)

    clock.set_by(step)
    await swept(world)
    assessment, candidates = await world.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])
    clock.turn(MINUTE)

    assert await world.inviting.session(candidates) == assessment.id
    assert await world.access.reviewer(reviewers) == rita


async def test_a_lease_is_held_for_its_time_and_free_after_it(
    world: World, clock: SetClock, step: timedelta
) -> None:
    assessment = await begun(world)
    rita, paul = [
        (await world.access.add_reviewer("acme", f"{name}@acme.example", name, PASSWORD)).id
        for name in ("Rita", "Paul")
    ]

    async def taken_by(reviewer: str) -> str:
        wanted = Lease(assessment.id, reviewer, clock.now() + 30 * MINUTE)
        return (await world.store.take(wanted, clock.now())).holder

    await taken_by(rita)
    clock.set_by(step)
    clock.turn(20 * MINUTE)
    early = await taken_by(paul)
    clock.turn(11 * MINUTE)
    late = await taken_by(paul)

    assert (early, late) == (rita, paul)


async def test_what_is_to_be_told_goes_out_and_is_tried_again_when_it_is_due(
    world: World, clock: SetClock, step: timedelta
) -> None:
    receivers, made = HttpReceivers(allow_loopback=True), list[NewEndpoint]()
    subscribing = Subscribing(world.store, receivers, clock, SeededRandom(seed=7))
    notifying = Notifying(
        world.store, receivers, clock, source="https://assess.example.org", worker="w1", schedule=SCHEDULE
    )

    def keep(new: NewEndpoint) -> tuple[bytes, str]:
        made.append(new)
        return b"{}", "/v1/webhook-endpoints/1"

    async with receiving() as receiver:
        wanted = Subscription(receiver.url, "", (), livemode=False)
        await subscribing.add_once("acme", wanted, OnceMade("key-1", receiver.url, keep))
        receiver.will(answer(500))
        await begun(world)
        first = await notifying.deliver_due()

        clock.set_by(step)
        at_once = await notifying.deliver_due()
        clock.turn(timedelta(seconds=SCHEDULE[0] * 2))
        later = await notifying.deliver_due()
        log = await subscribing.deliveries("acme", made[0].endpoint.id)

    assert first > 0
    assert (at_once, later) == (0, 1)
    assert {one.status for one in log} == {DeliveryStatus.DELIVERED}
