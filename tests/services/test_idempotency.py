"""One answer for one request, over processes that end at any moment."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assessor.domain.errors import InvalidInput, RequestUnderWay
from assessor.ports import Answered
from assessor.services.idempotency import KEPT_FOR, STALE_AFTER, Idempotency
from tests.world import World

ASKED = Answered("acme", "one", "request-hash", 0, b"", livemode=True)
ANSWER = replace(ASKED, status=201, body=b'{"id": "asm_1"}', location="/v1/assessments/asm_1")


@pytest.fixture
def idempotency(world: World) -> Idempotency:
    return Idempotency(world.store, world.clock)


async def test_the_first_request_is_worked_on_and_the_next_gets_its_answer(idempotency: Idempotency) -> None:
    first = await idempotency.claim(ASKED)
    await idempotency.settle(ANSWER)

    again = await idempotency.claim(ASKED)

    assert first is None
    assert again == ANSWER


async def test_while_a_request_is_under_way_the_same_one_has_to_wait(idempotency: Idempotency) -> None:
    await idempotency.claim(ASKED)

    with pytest.raises(RequestUnderWay):
        await idempotency.claim(ASKED)


async def test_a_claim_that_a_process_left_behind_is_taken_over(
    world: World, idempotency: Idempotency
) -> None:
    await idempotency.claim(ASKED)
    world.clock.turn(STALE_AFTER + timedelta(seconds=1))

    assert await idempotency.claim(ASKED) is None
    with pytest.raises(RequestUnderWay):
        await idempotency.claim(ASKED)


async def test_a_released_key_is_free_again_and_an_answered_one_is_not(idempotency: Idempotency) -> None:
    await idempotency.claim(ASKED)
    await idempotency.release(ASKED)

    assert await idempotency.claim(ASKED) is None
    await idempotency.settle(ANSWER)
    await idempotency.release(ASKED)
    assert await idempotency.claim(ASKED) == ANSWER


async def test_an_answer_that_stands_is_not_overwritten(idempotency: Idempotency) -> None:
    await idempotency.claim(ASKED)
    await idempotency.settle(ANSWER)

    await idempotency.settle(replace(ANSWER, body=b"another"))

    assert await idempotency.claim(ASKED) == ANSWER


@pytest.mark.parametrize("settled", [True, False])
async def test_a_key_stands_for_one_request_only(idempotency: Idempotency, *, settled: bool) -> None:
    await idempotency.claim(ASKED)
    if settled:
        await idempotency.settle(ANSWER)

    with pytest.raises(InvalidInput, match="another request"):
        await idempotency.claim(replace(ASKED, request_hash="other"))


async def test_test_and_live_keep_their_keys_apart(idempotency: Idempotency) -> None:
    await idempotency.claim(ASKED)

    assert await idempotency.claim(replace(ASKED, livemode=False, request_hash="other")) is None


async def test_after_a_day_a_key_may_be_used_anew(world: World, idempotency: Idempotency) -> None:
    await idempotency.claim(ASKED)
    await idempotency.settle(ANSWER)

    world.clock.turn(KEPT_FOR)
    kept = await idempotency.forget_old()
    world.clock.turn(timedelta(seconds=1))
    forgotten = await idempotency.forget_old()

    assert (kept, forgotten) == (0, 1)
    assert await idempotency.claim(replace(ASKED, request_hash="other")) is None
