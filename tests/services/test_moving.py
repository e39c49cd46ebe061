"""Going on in another browser with a code."""

import asyncio
from datetime import timedelta

import pytest

from assessor.domain.errors import Gone, MovedOn, Unauthenticated
from assessor.services.moving import ALPHABET, CODE_FOR, Moving
from assessor.services.order import Order
from tests.services import plays
from tests.world import SeededRandom, World


async def let_in(world: World) -> tuple[str, str]:
    """Return an assessment's id and the secret of the browser that opened its link."""
    ordered = await world.ordering.order(
        world.tenant, Order(candidate_ref="c-1", track="python", form="short")
    )
    assessment, secret = await world.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])
    return assessment.id, secret


async def test_a_code_lets_another_browser_in_and_signs_the_first_one_out(world: World) -> None:
    assessment_id, first = await let_in(world)

    made = await world.moving.make(assessment_id)
    second = await world.moving.take(made.code)

    assert await world.inviting.session(second) == assessment_id
    with pytest.raises(MovedOn, match="another browser"):
        await world.inviting.session(first)


async def test_until_the_code_is_used_the_first_browser_goes_on(world: World) -> None:
    assessment_id, first = await let_in(world)

    await world.moving.make(assessment_id)

    assert await world.inviting.session(first) == assessment_id


@pytest.mark.parametrize("typed", ["{code}", " {lower} ", "{bare}", "{spaced}"])
async def test_dashes_spaces_and_capitals_do_not_matter(world: World, typed: str) -> None:
    assessment_id, _ = await let_in(world)
    code = (await world.moving.make(assessment_id)).code

    said = typed.format(code=code, lower=code.lower(), bare=code.replace("-", ""), spaced=" ".join(code))

    assert await world.moving.take(said)


async def test_a_code_is_eight_unmistakable_letters_and_digits(world: World) -> None:
    assessment_id, _ = await let_in(world)

    codes = {(await world.moving.make(assessment_id)).code for _ in range(50)}

    assert len(codes) == 50
    assert all(len(code) == 9 and code[4] == "-" for code in codes)
    assert set("".join(codes)) - {"-"} <= set(ALPHABET)
    assert not set(ALPHABET) & set("01ILOU")


async def test_a_code_holds_once_for_ten_minutes_and_until_the_next_is_made(world: World) -> None:
    assessment_id, _ = await let_in(world)
    replaced = (await world.moving.make(assessment_id)).code
    used = (await world.moving.make(assessment_id)).code
    await world.moving.take(used)
    late = (await world.moving.make(assessment_id)).code
    world.clock.turn(CODE_FOR)

    for code in (replaced, used, late, "AAAA-2222", ""):
        with pytest.raises(Gone):
            await world.moving.take(code)


async def test_of_two_who_type_it_at_once_one_gets_in(world: World) -> None:
    assessment_id, _ = await let_in(world)
    code = (await world.moving.make(assessment_id)).code

    got = await asyncio.gather(world.moving.take(code), world.moving.take(code), return_exceptions=True)

    assert sorted(type(one).__name__ for one in got) == ["Gone", "str"]


async def test_what_was_saved_is_there_and_the_log_says_that_somebody_moved(world: World) -> None:
    assessment = await plays.begun(world)
    await world.answering.save_draft(assessment.id, "interview", {"text": "Half a thought"}, 0)

    await world.moving.take((await world.moving.make(assessment.id)).code)

    assert (await world.answering.draft(assessment.id, "interview")).payload["text"] == "Half a thought"
    assert (await world.store.events(assessment.id))[-1].fact.type == "session.moved"


async def test_the_code_itself_is_kept_nowhere(world: World) -> None:
    assessment_id, _ = await let_in(world)
    other = Moving(world.store, world.log, world.inviting, world.clock, SeededRandom(), pepper=b"1" * 32)

    code = (await world.moving.make(assessment_id)).code

    with pytest.raises(Gone):  # without the secret of this service the stored hash opens nothing
        await other.take(code)


async def test_a_new_link_ends_the_session_that_a_code_opened(world: World) -> None:
    assessment_id, _ = await let_in(world)
    second = await world.moving.take((await world.moving.make(assessment_id)).code)
    world.clock.turn(timedelta(minutes=1))

    await world.inviting.reissue(world.tenant.id, assessment_id)

    with pytest.raises(Unauthenticated):
        await world.inviting.session(second)
