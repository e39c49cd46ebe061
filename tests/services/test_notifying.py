"""Webhooks from the fact to the receiver: a real store, a real server, and a clock that tests turn."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import pytest
from structlog.testing import capture_logs

from assessor.adapters.webhooks import HttpReceivers
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict
from assessor.domain.notification import EventType
from assessor.domain.webhook import Delivery, DeliveryStatus, Endpoint, Outcome, Pause
from assessor.ports import EndpointChange
from assessor.services.notifying import Notifying
from assessor.services.order import Order
from assessor.services.subscribing import NewEndpoint, OnceMade, Subscribing, Subscription
from tests.patience import PATIENCE_SECONDS
from tests.receiver import Received, Receiver, Reply, answer, hang, hang_up, held, receiving
from tests.services import plays
from tests.world import SeededRandom, World

SOURCE = "https://assess.example.org"
SCHEDULE = (5, 60, 600)

_numbers = count(1)


@dataclass
class Hooks:
    """One platform with an endpoint at a server of its own."""

    world: World
    receiver: Receiver
    subscribing: Subscribing
    notifying: Notifying
    made: list[NewEndpoint]

    @property
    def endpoint(self) -> Endpoint:
        return self.made[0].endpoint

    @property
    def secret(self) -> str:
        return self.made[0].secret

    async def add(self, url: str, *types: EventType) -> Endpoint:
        once = OnceMade(f"key-{len(self.made)}", url, self._keep)
        await self.subscribing.add_once("acme", Subscription(url, "", types, livemode=False), once)
        return self.made[-1].endpoint

    def _keep(self, made: NewEndpoint) -> tuple[bytes, str]:
        self.made.append(made)
        return b"{}", "/v1/webhook-endpoints/1"

    async def order(self) -> Assessment:
        reference = f"candidate-{next(_numbers)}"
        terms = Order(candidate_ref=reference, track="python", form="short", livemode=False)
        return (await self.world.ordering.order(self.world.tenant, terms)).assessment

    async def later(self, seconds: float) -> int:
        """Let time pass, send what is due then, and return how many attempts were made."""
        self.world.clock.turn(timedelta(seconds=seconds))
        return await self.notifying.deliver_due()

    async def log(self) -> tuple[Delivery, ...]:
        return tuple(await self.subscribing.deliveries("acme", self.endpoint.id))

    async def delivery(self) -> Delivery:
        (found,) = await self.log()
        return found

    async def paused(self) -> Pause | None:
        return (await self.subscribing.get("acme", self.endpoint.id)).paused


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def hooks(world: World, receiver: Receiver) -> Hooks:
    world.clock.at = datetime.now(UTC)  # verifying a signature asks the real time
    receivers = HttpReceivers(allow_loopback=True)
    hooks = Hooks(
        world,
        receiver,
        Subscribing(world.store, receivers, world.clock, SeededRandom(seed=7)),
        notifying(world, receivers),
        [],
    )
    await hooks.add(receiver.url)
    return hooks


def notifying(world: World, receivers: HttpReceivers, worker: str = "w1") -> Notifying:
    return Notifying(world.store, receivers, world.clock, source=SOURCE, worker=worker, schedule=SCHEDULE)


@asynccontextmanager
async def warned() -> AsyncIterator[list[str]]:
    """Collect what is logged as a warning, each as one line."""
    lines: list[str] = []
    with capture_logs() as logs:
        yield lines
    lines += [json.dumps(entry) for entry in logs if entry["log_level"] == "warning"]


def types(received: list[Received]) -> set[str]:
    return {json.loads(one.body)["type"].removeprefix("assessor.") for one in received}


async def test_an_event_arrives_once_signed_as_a_cloud_event(hooks: Hooks) -> None:
    assessment = await hooks.order()

    attempts = [await hooks.later(0) for _ in range(2)]

    (got,) = hooks.receiver.received
    assert attempts == [1, 0]
    assert got.verified(hooks.secret) == {
        "specversion": "1.0",
        "id": got.id,
        "source": SOURCE,
        "type": "assessor.assessment.created",
        "subject": assessment.id,
        "time": hooks.world.clock.at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "datacontenttype": "application/json",
        "data": {
            "assessment_id": assessment.id,
            "candidate_ref": assessment.ordered.candidate_ref,
            "track": "python",
            "livemode": False,
            "status": "ordered",
            "sequence": 1,
            "replaces": None,
        },
    }  # fmt: skip
    assert (await hooks.delivery()).status is DeliveryStatus.DELIVERED


async def test_a_whole_assessment_is_told_from_the_order_to_the_reviewed_verdict(hooks: Hooks) -> None:
    reviewer = await plays.reviewer(hooks.world)
    assessment = await plays.reviewed(hooks.world, await plays.submitted(hooks.world), reviewer, level=2)
    reason = "Explains each step, and found every fault."
    await hooks.world.reviewing.decide(reviewer, assessment.id, "qualified", reason)

    await hooks.later(0)

    told = [json.loads(one.body) for one in hooks.receiver.received]
    assert types(hooks.receiver.received) == {
        "assessment.created", "assessment.started", "assessment.submitted", "verdict.issued",
        "review.requested", "verdict.superseded", "review.completed",
    }  # fmt: skip
    assert len({one.id for one in hooks.receiver.received}) == len(told) == 10
    newest = max(
        (one for one in told if one["type"] == "assessor.verdict.issued"),
        key=lambda one: one["data"]["sequence"],
    )
    live = await hooks.world.store.live_verdict(assessment.id)
    assert live is not None
    assert newest["data"]["verdict_id"] == live.id
    assert newest["data"]["decision"] == json.loads(live.document)["decision"] == "qualified"
    assert not [one for one in hooks.receiver.received if reason.encode() in one.body]


async def test_no_body_says_what_the_candidate_wrote(hooks: Hooks) -> None:
    assessment = await plays.submitted(hooks.world)

    await hooks.later(0)

    words = [turn.text for turn in assessment.transcript.turns if turn.speaker == "candidate"]
    bodies = b"".join(one.body for one in hooks.receiver.received).decode()
    assert words
    assert not [text for text in words if text[:20] in bodies]


async def test_after_a_500_it_is_sent_again_under_the_same_id_with_a_fresh_signature(hooks: Hooks) -> None:
    hooks.receiver.will(answer(500))
    await hooks.order()

    await hooks.later(0)
    too_early = await hooks.later(4)
    await hooks.later(1)

    first, second = hooks.receiver.received
    assert too_early == 0
    assert first.id == second.id
    assert first.body == second.body
    assert int(second.headers["webhook-timestamp"]) == int(first.headers["webhook-timestamp"]) + 5
    assert second.headers["webhook-signature"] != first.headers["webhook-signature"]
    tried = (await hooks.delivery()).attempts
    assert [(one.number, one.outcome, one.http_status) for one in tried] == [
        (1, Outcome.REJECTED, 500),
        (2, Outcome.ACCEPTED, 200),
    ]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (answer(404), Outcome.REJECTED),
        (answer(429), Outcome.REJECTED),
        (answer(302, Location="http://10.0.0.1/"), Outcome.REDIRECTED),
        (hang_up(), Outcome.UNREACHABLE),
    ],
    ids=["404", "429", "a redirect", "hangs up"],
)
async def test_what_fails_once_is_tried_again(hooks: Hooks, reply: Reply, outcome: Outcome) -> None:
    hooks.receiver.will(reply)
    await hooks.order()

    await hooks.later(0)
    await hooks.later(5)

    delivery = await hooks.delivery()
    assert [one.outcome for one in delivery.attempts] == [outcome, Outcome.ACCEPTED]
    assert len({one.id for one in hooks.receiver.received}) == 1


async def test_a_receiver_that_took_too_long_is_tried_again(hooks: Hooks) -> None:
    hooks.receiver.will(hang())
    await hooks.order()

    await notifying(hooks.world, HttpReceivers(allow_loopback=True, total_seconds=0.3)).deliver_due()
    await hooks.later(5)

    tried = [one.outcome for one in (await hooks.delivery()).attempts]
    assert tried == [Outcome.TIMED_OUT, Outcome.ACCEPTED]


async def test_a_receiver_that_asks_for_patience_gets_it(hooks: Hooks) -> None:
    hooks.receiver.will(answer(503, Retry_After="120"))
    await hooks.order()

    made = [await hooks.later(seconds) for seconds in (0, 119, 1)]

    assert made == [1, 0, 1]


async def test_a_410_ends_it_at_once_and_pauses_the_endpoint_with_a_notice(hooks: Hooks) -> None:
    hooks.receiver.will(answer(410))
    await hooks.order()

    async with warned() as lines:
        await hooks.later(0)

    assert (await hooks.delivery()).status is DeliveryStatus.DEAD
    assert await hooks.paused() is Pause.GONE
    assert await hooks.later(3600) == 0
    (line,) = lines
    assert hooks.endpoint.id in line
    assert "gone" in line
    assert hooks.secret not in line
    assert hooks.receiver.url not in line


async def test_a_receiver_that_is_down_for_a_while_gets_everything_when_it_is_back(hooks: Hooks) -> None:
    async with receiving() as gone:
        url = gone.url
    await hooks.subscribing.change("acme", hooks.endpoint.id, EndpointChange(url=url))
    orders = [await hooks.order()]
    await hooks.later(0)
    orders.append(await hooks.order())
    await hooks.later(5)

    async with receiving(gone.port) as back:
        await hooks.later(60)

        told = {json.loads(one.body)["subject"] for one in back.received}

    assert told == {order.id for order in orders}
    assert {one.status for one in await hooks.log()} == {DeliveryStatus.DELIVERED}


async def test_after_the_last_try_it_is_given_up_and_the_endpoint_paused_with_a_notice(hooks: Hooks) -> None:
    hooks.receiver.will(*(answer(500) for _ in range(9)))
    await hooks.order()

    async with warned() as lines:
        made = [await hooks.later(seconds) for seconds in (0, *SCHEDULE, 3600)]

    assert made == [1, 1, 1, 1, 0]
    assert (await hooks.delivery()).status is DeliveryStatus.DEAD
    assert await hooks.paused() is Pause.FAILING
    assert ["failing" in line for line in lines] == [True]


async def test_what_happened_during_a_pause_is_sent_when_the_endpoint_is_enabled_again(hooks: Hooks) -> None:
    hooks.receiver.will(answer(410))
    await hooks.order()
    await hooks.later(0)
    later = await hooks.order()
    silent = await hooks.later(60)

    await hooks.subscribing.change("acme", hooks.endpoint.id, EndpointChange(enabled=True))
    await hooks.later(0)

    assert silent == 0
    assert json.loads(hooks.receiver.received[-1].body)["subject"] == later.id


async def test_a_disabled_endpoint_gets_nothing_that_happens_meanwhile(hooks: Hooks) -> None:
    await hooks.subscribing.change("acme", hooks.endpoint.id, EndpointChange(enabled=False))
    await hooks.order()
    await hooks.later(0)

    await hooks.subscribing.change("acme", hooks.endpoint.id, EndpointChange(enabled=True))
    await hooks.later(60)

    assert hooks.receiver.received == []


async def test_what_was_on_its_way_to_a_disabled_endpoint_waits(hooks: Hooks) -> None:
    hooks.receiver.will(answer(500))
    await hooks.order()
    await hooks.later(0)
    await hooks.subscribing.change("acme", hooks.endpoint.id, EndpointChange(enabled=False))
    disabled = await hooks.later(60)

    await hooks.subscribing.change("acme", hooks.endpoint.id, EndpointChange(enabled=True))
    enabled = await hooks.later(0)

    assert (disabled, enabled) == (0, 1)


async def test_a_redelivery_comes_under_the_old_id(hooks: Hooks) -> None:
    await hooks.order()
    await hooks.later(0)
    delivery = await hooks.delivery()

    await hooks.subscribing.redeliver("acme", hooks.endpoint.id, delivery.id)
    await hooks.later(0)

    first, second = hooks.receiver.received
    assert first.id == second.id == delivery.notice.id
    assert first.body == second.body
    assert len((await hooks.delivery()).attempts) == 2


async def test_what_was_given_up_is_redelivered_with_the_whole_schedule(hooks: Hooks) -> None:
    hooks.receiver.will(*(answer(500) for _ in range(5)))
    await hooks.order()
    for seconds in (0, *SCHEDULE):
        await hooks.later(seconds)
    await hooks.subscribing.change("acme", hooks.endpoint.id, EndpointChange(enabled=True))

    await hooks.subscribing.redeliver("acme", hooks.endpoint.id, (await hooks.delivery()).id)
    made = [await hooks.later(seconds) for seconds in (0, 5)]

    delivery = await hooks.delivery()
    assert made == [1, 1]
    assert delivery.status is DeliveryStatus.DELIVERED
    assert [one.number for one in delivery.attempts] == [1, 2, 3, 4, 5, 6]


async def test_a_test_event_comes_whatever_the_filter_says(hooks: Hooks) -> None:
    picky = await hooks.add(hooks.receiver.url, EventType.VERDICT_ISSUED)

    await hooks.subscribing.test("acme", picky.id)
    await hooks.later(0)

    (got,) = hooks.receiver.received
    told = got.verified(hooks.made[1].secret)
    assert (told["type"], told["subject"]) == ("assessor.webhook.test", picky.id)
    assert told["data"] == {"endpoint_id": picky.id}


@pytest.mark.parametrize("what", ["test", "redeliver"])
async def test_an_endpoint_that_is_disabled_or_paused_takes_no_tests_and_no_redeliveries(
    hooks: Hooks, what: str
) -> None:
    hooks.receiver.will(answer(410))
    await hooks.order()
    await hooks.later(0)
    delivery = await hooks.delivery()

    asked = {
        "test": partial(hooks.subscribing.test, "acme", hooks.endpoint.id),
        "redeliver": partial(hooks.subscribing.redeliver, "acme", hooks.endpoint.id, delivery.id),
    }

    with pytest.raises(Conflict, match="disabled or paused"):
        await asked[what]()


async def test_a_name_that_came_to_lead_into_our_network_gets_nothing_any_more(hooks: Hooks) -> None:
    strict = notifying(hooks.world, HttpReceivers())
    await hooks.order()

    await strict.deliver_due()

    assert hooks.receiver.received == []
    assert [one.outcome for one in (await hooks.delivery()).attempts] == [Outcome.TARGET_REFUSED]


async def test_two_workers_send_each_event_once(hooks: Hooks) -> None:
    other = notifying(hooks.world, HttpReceivers(allow_loopback=True), worker="w2")
    for _ in range(6):
        await hooks.order()

    await asyncio.gather(hooks.notifying.deliver_due(), other.deliver_due())

    assert len(hooks.receiver.received) == len({one.id for one in hooks.receiver.received}) == 6


async def test_a_receiver_that_hangs_holds_up_nobody_else(hooks: Hooks) -> None:
    over = asyncio.Event()
    hooks.receiver.will(*(held(over) for _ in range(5)))
    async with receiving() as quick:
        await hooks.add(quick.url)
        for _ in range(5):
            await hooks.order()

        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(quick.received) < 5:
                await hooks.notifying.start_due()
                await asyncio.sleep(0.02)

        assert len(hooks.receiver.received) == 2
        over.set()
        await hooks.notifying.deliver_due()


async def test_while_it_runs_what_happens_is_sent_within_seconds_and_what_waited_too(hooks: Hooks) -> None:
    await hooks.order()
    async with hooks.notifying.running():
        await hooks.receiver.came(1)
        await hooks.order()
        await hooks.receiver.came(2)

    assert {one.status for one in await hooks.log()} == {DeliveryStatus.DELIVERED}


async def test_what_has_piled_up_goes_out_without_a_pause_between_attempts(hooks: Hooks) -> None:
    for _ in range(30):
        await hooks.order()

    async with hooks.notifying.running():
        received = await hooks.receiver.came(30, seconds=8)

    assert len({one.id for one in received}) == 30


async def test_what_is_on_its_way_when_the_worker_stops_may_arrive(hooks: Hooks) -> None:
    over = asyncio.Event()
    hooks.receiver.will(held(over))
    await hooks.order()

    async with hooks.notifying.running():
        await hooks.receiver.came(1)
        asyncio.get_running_loop().call_later(0.2, over.set)

    assert len((await hooks.delivery()).attempts) == 1


async def test_a_worker_that_starts_goes_on_with_what_it_had_taken_up_when_it_was_killed(
    hooks: Hooks,
) -> None:
    await hooks.order()
    now = hooks.world.clock.now()
    killed = await hooks.world.store.claim("w1", now, now + timedelta(days=1), 1)

    async with hooks.notifying.running():
        (got,) = await hooks.receiver.came(1)

    assert got.id == killed[0].delivery.notice.id


async def test_the_log_is_kept_for_a_month(hooks: Hooks) -> None:
    await hooks.order()
    await hooks.later(0)

    kept = await hooks.notifying.forget_old()
    hooks.world.clock.turn(timedelta(days=30, seconds=1))
    forgotten = await hooks.notifying.forget_old()

    assert (kept, forgotten) == (0, 1)
    assert await hooks.log() == ()


async def test_a_database_that_fails_for_a_moment_ends_nothing(hooks: Hooks) -> None:
    await hooks.order()
    await rename(hooks.world, "webhook_endpoint", "away")

    with capture_logs() as logs:
        async with hooks.notifying.running():
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not logs:  # noqa: ASYNC110 - a log entry sets no event
                    await asyncio.sleep(0.05)
            await rename(hooks.world, "away", "webhook_endpoint")
            await hooks.receiver.came(1)

    assert {entry["event"] for entry in logs} == {"webhooks could not be taken up"}


async def rename(world: World, table: str, name: str) -> None:
    await world.store._database.write(
        lambda connection: connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")
    )


async def test_distress_reaches_the_platform_at_once_without_a_word_of_the_candidate(
    world: World, hooks: Hooks
) -> None:
    assessment = await plays.begun(world)
    await world.conversing.receive(assessment.id, "message-help", "I feel like hurting myself")
    await world.conversing.settled(assessment.id)

    await hooks.later(0)

    bodies = [json.loads(one.body) for one in hooks.receiver.received]
    (told,) = [body["data"] for body in bodies if body["type"] == "assessor.help.requested"]
    assert (told["assessment_id"], told["kind"], told["status"]) == (assessment.id, "distress", "paused")
    assert all(b"hurting" not in one.body for one in hooks.receiver.received)
