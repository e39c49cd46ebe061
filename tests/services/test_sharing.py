"""Results shown to others: by the candidate's consent alone, and for as long as they said."""

from datetime import timedelta

import pytest

from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, Gone, InvalidInput, NotFound
from assessor.services.revoking import Revoking
from assessor.services.sharing import MAX_SHARES, Sharing
from tests.services import plays
from tests.world import SeededRandom, World

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@pytest.fixture
def sharing(world: World) -> Sharing:
    random = SeededRandom(seed=9)
    return Sharing(world.store, world.log, world.content, world.clock, random, public_url="https://a.example")


@pytest.fixture
async def decided(world: World) -> Assessment:
    return await plays.submitted(world)


@pytest.fixture
async def qualified(world: World, decided: Assessment) -> Assessment:
    reviewer = await plays.reviewer(world)
    assessment = await plays.reviewed(world, decided, reviewer)
    if assessment.decision == "needs_review":
        assessment = await world.reviewing.decide(
            reviewer, assessment.id, "qualified", "Explains every step well."
        )
    assert assessment.decision == "qualified"
    return assessment


def token_of(url: str) -> str:
    return url.rpartition("/")[2]


async def test_a_link_shows_the_decision_and_ends_on_its_day(
    world: World, sharing: Sharing, qualified: Assessment
) -> None:
    made = await sharing.share(qualified.id, 30)

    shown = await sharing.result(token_of(made.url))
    world.clock.turn(timedelta(days=30))

    assert (shown.holds, shown.verdict.decision, shown.platform) == (True, "qualified", "Acme")
    with pytest.raises(Gone):
        await sharing.result(token_of(made.url))


async def test_a_link_that_was_taken_back_shows_nothing_and_the_others_stay(
    world: World, sharing: Sharing, qualified: Assessment
) -> None:
    first, second = await sharing.share(qualified.id, 7), await sharing.share(qualified.id, 7)
    share_id = next(iter((await world.log.load(qualified.id)).shares))

    await sharing.end(qualified.id, share_id)
    await sharing.end(qualified.id, share_id)

    with pytest.raises(Gone):
        await sharing.result(token_of(first.url))
    assert (await sharing.result(token_of(second.url))).holds


async def test_a_link_to_what_holds_no_longer_says_no_more_than_that(
    world: World, sharing: Sharing, qualified: Assessment
) -> None:
    made = await sharing.share(qualified.id, 7)
    assert qualified.verdict is not None

    await Revoking(world.store, world.log).revoke(
        qualified.verdict.verdict_id, "anna", "Somebody else sat the assessment."
    )

    assert not (await sharing.result(token_of(made.url))).holds


async def test_only_a_qualification_is_shared_for_an_offered_time_and_by_so_many_links(
    sharing: Sharing, qualified: Assessment
) -> None:
    with pytest.raises(InvalidInput):
        await sharing.share(qualified.id, 3650)
    for _ in range(MAX_SHARES):
        await sharing.share(qualified.id, 7)
    with pytest.raises(Conflict):
        await sharing.share(qualified.id, 7)


async def test_what_waits_for_a_person_cannot_be_shared(sharing: Sharing, decided: Assessment) -> None:
    with pytest.raises(Conflict):
        await sharing.share(decided.id, 7)


async def test_a_token_that_nobody_was_given_leads_nowhere(sharing: Sharing) -> None:
    with pytest.raises(NotFound):
        await sharing.result("0" * 48)
