"""What makes a verdict checkable years later: the log alone gives it again, byte for byte."""

import base64

import pytest

from assessor.adapters.code import JailedCode
from assessor.domain.assessment import replay
from assessor.domain.events import VerdictIssued
from assessor.domain.library import Library
from assessor.domain.policy import Policy
from assessor.domain.verdict import compose, read_verdict, write_verdict
from assessor.scoring import rate_by_rule, with_code_run
from assessor.services.scoring import work_of
from tests.services import plays
from tests.world import World


async def recomputed(world: World, assessment_id: str) -> list[tuple[bytes, bytes]]:
    """Return the bytes of each verdict, as signed and as the log before it gives them."""
    library, events = await world.content.library(), await world.store.events(assessment_id)
    pairs = []
    for place, event in enumerate(events):
        if isinstance(event.fact, VerdictIssued):
            before = replay(assessment_id, events[:place])
            again = compose(
                before,
                library,
                library.track(before.ordered.track),
                verdict_id=event.fact.verdict_id,
                issued_at=event.at,
            )
            pairs.append((signed(event.fact.jws), write_verdict(again)))
    return pairs


def signed(jws: str) -> bytes:
    payload = jws.split(".")[1]
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


@pytest.mark.parametrize("level", [4, 2, 1])
async def test_replaying_the_log_gives_every_verdict_byte_for_byte(world: World, level: int) -> None:
    assessment = await plays.submitted(world, level=level)
    await plays.reviewed(world, assessment, await plays.reviewer(world), level=level)

    pairs = await recomputed(world, assessment.id)

    assert len(pairs) == 2
    for as_signed, again in pairs:
        assert again == as_signed


async def test_a_verdict_by_a_person_is_replayed_as_well(world: World) -> None:
    assessment = await plays.submitted(world)
    rita = await plays.reviewer(world)
    await world.reviewing.decide(rita, assessment.id, "inconclusive", "The recording is unusable.")

    pairs = await recomputed(world, assessment.id)

    assert read_verdict(pairs[-1][1]).decided_by == "person"
    assert pairs[-1][0] == pairs[-1][1]


async def test_the_log_alone_gives_every_score_by_rule_again(world: World) -> None:
    assessment = await plays.submitted(world, "full", level=2)
    library: Library = await world.content.library()

    for place in assessment.form.items:
        item = library.item("python", place.item_id)
        work = await with_code_run(work_of(assessment, item, library), JailedCode("full"))
        for score in rate_by_rule(work):
            assert score == assessment.scores[item.id, score.criterion]


async def test_a_change_of_policy_after_the_order_changes_no_verdict(world: World) -> None:
    assessment = await plays.submitted(world)

    assert assessment.policy != Policy()
    assert [again == as_signed for as_signed, again in await recomputed(world, assessment.id)] == [True]
