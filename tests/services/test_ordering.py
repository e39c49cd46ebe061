import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from assessor.adapters.store.tables import EVENT
from assessor.domain.assessment import Status
from assessor.domain.errors import Gone, IllegalTransition, InvalidInput, NotFound, Unauthenticated
from assessor.domain.policy import Policy
from assessor.services.order import Order, Ordered
from assessor.services.ordering import Once
from tests.services import plays
from tests.world import World

ORDER = Order(candidate_ref="candidate-1", track="python", form="short", livemode=False)


def token_of(ordered: Ordered) -> str:
    return ordered.invite_url.rsplit("/", 1)[-1]


def once(key: str, body: str) -> Once:
    return Once(
        key, body, lambda ordered: (ordered.invite_url.encode(), f"/v1/assessments/{ordered.assessment.id}")
    )


async def test_an_order_draws_a_form_that_fits_the_minutes_it_promises(world: World) -> None:
    ordered = await world.ordering.order(world.tenant, replace(ORDER, form="full"))

    form = ordered.assessment.form
    assert ordered.assessment.status is Status.ORDERED
    assert sum(item.minutes for item in form.items) <= form.minutes <= 45


async def test_the_same_key_and_request_give_the_same_bytes(world: World) -> None:
    first = await world.ordering.order_once(world.tenant, ORDER, once("k1", "a"))
    second = await world.ordering.order_once(world.tenant, ORDER, once("k1", "a"))

    assert first == second
    assert len(await world.ordering.recent("acme")) == 1


async def test_the_same_key_for_another_request_is_refused(world: World) -> None:
    await world.ordering.order_once(world.tenant, ORDER, once("k1", "a"))

    with pytest.raises(InvalidInput, match="Idempotency-Key"):
        await world.ordering.order_once(world.tenant, ORDER, once("k1", "b"))


async def test_parallel_requests_with_one_key_order_once(world: World) -> None:
    answers = await asyncio.gather(
        *(world.ordering.order_once(world.tenant, ORDER, once("k1", "a")) for _ in range(10))
    )

    assert len(set(answers)) == 1
    assert len(await world.ordering.recent("acme")) == 1


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (replace(ORDER, track="alchemy"), "track"),
        (replace(ORDER, form="endless"), "form"),
        (replace(ORDER, language="xx"), "language"),
        (replace(ORDER, specialty="juggling"), "specialty"),
        (replace(ORDER, jurisdiction="gb"), "jurisdiction"),
        (replace(ORDER, track="nursing", jurisdiction="fr"), "jurisdiction"),
    ],
)
async def test_an_order_that_cannot_be_met_names_the_field(world: World, order: Order, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await world.ordering.order(world.tenant, order)

    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize(("asked", "recorded"), [(None, "gb"), ("gb", "gb"), ("us", "us")])
async def test_an_order_is_for_the_jurisdiction_that_it_names_or_the_first_of_the_track(
    world: World, asked: str | None, recorded: str
) -> None:
    terms = replace(ORDER, track="nursing", form="full", jurisdiction=asked)

    ordered = await world.ordering.order(world.tenant, terms)

    library = await world.content.library()
    assert ordered.assessment.ordered.jurisdiction == recorded
    drawn = [library.item("nursing", place.item_id) for place in ordered.assessment.form.items]
    assert {item.jurisdiction for item in drawn} <= {None, recorded}


async def test_looking_at_an_invitation_does_not_use_it_up(world: World) -> None:
    token = token_of(await world.ordering.order(world.tenant, ORDER))

    await world.inviting.look_at(token)
    await world.inviting.look_at(token)
    assessment, _ = await world.inviting.redeem(token)

    assert assessment.status is Status.OPENED


async def test_an_invitation_opens_once(world: World) -> None:
    token = token_of(await world.ordering.order(world.tenant, ORDER))
    await world.inviting.redeem(token)

    with pytest.raises(Gone, match="used already"):
        await world.inviting.redeem(token)


async def test_of_two_who_open_an_invitation_at_once_one_gets_in(world: World) -> None:
    token = token_of(await world.ordering.order(world.tenant, ORDER))

    results = await asyncio.gather(*(world.inviting.redeem(token) for _ in range(5)), return_exceptions=True)

    assert sum(isinstance(result, Gone) for result in results) == 4


async def test_an_expired_invitation_says_so(world: World) -> None:
    token = token_of(await world.ordering.order(world.tenant, ORDER))
    world.clock.turn(timedelta(days=15))

    with pytest.raises(Gone, match="expired"):
        await world.inviting.redeem(token)
    assert await world.ordering.expire_overdue() == 1


async def test_an_unknown_link_is_gone_with_a_way_out(world: World) -> None:
    with pytest.raises(Gone, match="ask for a new invitation"):
        await world.inviting.look_at("no-such-token")


async def test_a_new_invitation_ends_the_old_link_and_the_old_session(world: World) -> None:
    old = await world.ordering.order(world.tenant, ORDER)
    _, session = await world.inviting.redeem(token_of(old))

    new = await world.inviting.reissue("acme", old.assessment.id)

    with pytest.raises(Unauthenticated):
        await world.inviting.session(session)
    with pytest.raises(Gone):
        await world.inviting.redeem(token_of(old))
    assert (await world.inviting.redeem(token_of(new)))[0].id == old.assessment.id


async def test_another_tenants_assessment_looks_like_none(world: World) -> None:
    await world.access.add_tenant("other", "Other", Policy())
    ordered = await world.ordering.order(world.tenant, ORDER)

    for call in (world.ordering.get, world.ordering.cancel, world.inviting.reissue):
        with pytest.raises(NotFound):
            await call("other", ordered.assessment.id)


async def test_cancelling_twice_is_cancelling_once(world: World) -> None:
    ordered = await world.ordering.order(world.tenant, ORDER)

    first = await world.ordering.cancel("acme", ordered.assessment.id)
    second = await world.ordering.cancel("acme", ordered.assessment.id)

    assert (first.status, second.status) == (Status.CANCELLED, Status.CANCELLED)
    assert first.seq == second.seq


async def test_a_submitted_assessment_cannot_be_cancelled(world: World) -> None:
    assessment = await plays.submitted(world)

    with pytest.raises(IllegalTransition):
        await world.ordering.cancel("acme", assessment.id)


async def test_an_attempt_that_we_spoiled_is_voided_and_given_back(world: World) -> None:
    spoiled = await plays.begun(world)
    await world.scoring.hold(spoiled.id, "outage")

    given = await world.ordering.give_back(spoiled.id, "Our outage ended the session.")

    voided = await world.log.load(spoiled.id)
    assert voided.status is Status.VOIDED
    assert voided.voided is not None
    assert voided.voided.successor == given.assessment.id
    assert given.assessment.ordered.replaces == spoiled.id
    assert given.assessment.ordered.attempt == spoiled.ordered.attempt


async def test_giving_back_after_a_crash_between_the_two_logs_is_giving_back_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoiled = await plays.begun(world)
    await world.scoring.hold(spoiled.id, "outage")
    with monkeypatch.context() as cut_off:
        cut_off.setattr(world.log, "change", _cut_off)
        with pytest.raises(KeyboardInterrupt):
            await world.ordering.give_back(spoiled.id, "Our outage ended the session.")

    given = await world.ordering.give_back(spoiled.id, "Our outage ended the session.")

    assert (await world.log.load(spoiled.id)).status is Status.VOIDED
    assert (await world.inviting.redeem(token_of(given)))[0].ordered.replaces == spoiled.id
    assert len(await world.ordering.recent("acme")) == 2


async def _cut_off(*_: object) -> None:
    raise KeyboardInterrupt


async def test_a_new_invitation_also_puts_off_when_the_order_expires(world: World) -> None:
    old = await world.ordering.order(world.tenant, ORDER)
    world.clock.turn(timedelta(days=13))
    new = await world.inviting.reissue("acme", old.assessment.id)
    world.clock.turn(timedelta(days=2))

    expired = await world.ordering.expire_overdue()

    assert expired == 0
    assert (await world.inviting.redeem(token_of(new)))[0].status is Status.OPENED


async def test_an_order_that_cannot_be_read_holds_up_no_other(world: World) -> None:
    damaged = await world.ordering.order(world.tenant, ORDER)
    other = await world.ordering.order(world.tenant, replace(ORDER, candidate_ref="candidate-2"))
    of_damaged = EVENT.c.assessment_id == damaged.assessment.id
    await world.store._database.write(
        lambda connection: connection.execute(update(EVENT).where(of_damaged).values(ciphertext=b"0"))
    )
    world.clock.turn(timedelta(days=15))

    expired = await world.ordering.expire_overdue()

    assert expired == 1
    assert (await world.log.load(other.assessment.id)).status is Status.EXPIRED
