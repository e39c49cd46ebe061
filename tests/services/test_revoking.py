"""Taking a verdict back."""

import pytest

from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, InvalidInput, NotFound, TooLarge
from assessor.domain.notification import EventType
from assessor.services.revoking import Revoking
from tests.services import plays
from tests.world import World

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)

REASON = "Somebody else sat the assessment."


@pytest.fixture
def revoking(world: World) -> Revoking:
    return Revoking(world.store, world.log)


@pytest.fixture
async def decided(world: World) -> Assessment:
    return await plays.submitted(world)


def verdict_of(assessment: Assessment) -> str:
    assert assessment.verdict is not None
    return assessment.verdict.verdict_id


async def test_a_revoked_verdict_holds_nowhere_and_stays_readable(
    world: World, revoking: Revoking, decided: Assessment
) -> None:
    before = (await world.delivering.verdict("acme", decided.id)).jws

    revoked = await revoking.revoke(verdict_of(decided), "anna", REASON)

    served = await world.delivering.verdict("acme", decided.id)
    assert (served.status, served.revoked_because, served.jws) == ("revoked", REASON, before)
    assert served == revoked
    assert served.revoked_at == world.clock.now()
    after = await world.log.load(decided.id)
    assert (after.decision, after.needs_person) == (None, False)
    assert (await world.store.projection(decided.id)).decision is None
    told = [
        notice
        for _, notice in await world.store.notices(
            "acme", 0, [EventType.VERDICT_REVOKED], 10, livemode=decided.ordered.livemode
        )
    ]
    assert [one.data["verdict_id"] for one in told] == [revoked.id]


async def test_revoking_twice_is_once_and_the_first_reason_stays(
    revoking: Revoking, decided: Assessment
) -> None:
    first = await revoking.revoke(verdict_of(decided), "anna", REASON)

    again = await revoking.revoke(verdict_of(decided), "ben", "For quite another reason.")

    assert again == first


async def test_what_was_superseded_cannot_be_revoked_and_the_live_one_is_named(
    world: World, revoking: Revoking, decided: Assessment
) -> None:
    live = verdict_of(await world.scoring.issue(decided.id))

    with pytest.raises(Conflict, match=live):
        await revoking.revoke(verdict_of(decided), "anna", REASON)


@pytest.mark.parametrize("reason", ["", "too short", "x" * 501])
async def test_a_reason_is_a_sentence(revoking: Revoking, decided: Assessment, reason: str) -> None:
    with pytest.raises((InvalidInput, TooLarge)):
        await revoking.revoke(verdict_of(decided), "anna", reason)


async def test_a_verdict_that_there_is_not_is_not_found(revoking: Revoking) -> None:
    with pytest.raises(NotFound):
        await revoking.revoke("ver_none", "anna", REASON)
