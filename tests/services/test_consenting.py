"""The notice that an assessment rests on, and consents beside it."""

import pytest

from assessor.domain import events as e
from assessor.domain.assessment import Status
from assessor.domain.errors import IllegalTransition, InvalidInput, StaleEdit
from assessor.domain.notice import CURRENT, QUALITY
from assessor.services.consenting import has_read
from tests.services import plays
from tests.world import World


async def test_beginning_records_which_notice_was_read(world: World) -> None:
    opened = await plays.opened(world)

    begun = await world.conversing.begin(opened.id)

    assert begun.notice == e.NoticeAccepted(version=CURRENT.version, hash=CURRENT.hash)
    assert (begun.consents, begun.agreed_to) == ((), {})


async def test_a_notice_that_has_changed_is_read_again_once(world: World) -> None:
    assessment = await plays.begun(world)
    old = e.NoticeAccepted(version="2020-01", hash="sha256:0")
    outdated = await world.log.change(assessment.id, lambda _a, _now: [old])

    first = await world.consenting.read(assessment.id, CURRENT.version)
    again = await world.consenting.read(assessment.id, CURRENT.version)

    assert (has_read(outdated), has_read(first)) == (False, True)
    assert again.seq == first.seq


async def test_the_words_of_another_edition_are_not_what_was_read(world: World) -> None:
    assessment = await plays.begun(world)

    with pytest.raises(StaleEdit):
        await world.consenting.read(assessment.id, "2020-01")
    with pytest.raises(StaleEdit):
        await world.consenting.answer(assessment.id, {QUALITY: True}, "2020-01")


async def test_a_consent_can_be_given_at_the_beginning_and_taken_back_later_with_a_history(
    world: World,
) -> None:
    opened = await plays.opened(world)
    await world.conversing.begin(opened.id, {QUALITY: True})

    await world.consenting.answer(opened.id, {QUALITY: True}, CURRENT.version)
    after = await world.consenting.answer(opened.id, {QUALITY: False}, CURRENT.version)

    assert after.agreed_to == {QUALITY: False}
    assert [(one.given, one.version, one.hash) for _, one in after.consents] == [
        (True, CURRENT.version, CURRENT.hash),
        (False, CURRENT.version, CURRENT.hash),
    ]


async def test_a_consent_can_be_taken_back_after_the_decision(world: World) -> None:
    assessment = await plays.submitted(world)

    after = await world.consenting.answer(assessment.id, {QUALITY: False}, CURRENT.version)

    assert after.agreed_to == {QUALITY: False}
    assert after.verdict == assessment.verdict


async def test_what_is_not_asked_about_cannot_be_agreed_to(world: World) -> None:
    assessment = await plays.begun(world)

    with pytest.raises(InvalidInput, match="task-quality"):
        await world.consenting.answer(assessment.id, {"training": True}, CURRENT.version)


async def test_a_candidate_can_withdraw_until_the_work_is_handed_in(world: World) -> None:
    opened, done = await plays.opened(world), await plays.submitted(world)

    first = await world.consenting.withdraw(opened.id)
    again = await world.consenting.withdraw(opened.id)

    assert (first.status, again.seq) == (Status.WITHDRAWN, first.seq)
    with pytest.raises(IllegalTransition):
        await world.consenting.withdraw(done.id)
