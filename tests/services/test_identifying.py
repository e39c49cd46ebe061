"""The identity step as a use case: whatever fails on the way, the candidate loses nothing by it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import Conflict, IllegalTransition, InvalidInput, NotFound, Unauthenticated
from assessor.domain.identification import WAIT, CheckState
from assessor.domain.identity import IdentityNeed
from assessor.services.identifying import Identifying
from assessor.services.marking import Mark
from assessor.services.order import Order
from tests.identity_service import SIGNED
from tests.services import plays
from tests.services.attempts import replaying
from tests.world import PUBLIC_URL, START, World

HOSTED = {"method": "hosted", "level": "low"}
ORDER = Order(candidate_ref="applicant-1", track="python", form="short", require_identity=HOSTED)
ATTESTED = {"level": "substantial", "reference": "kyc-1", "checked_at": START - timedelta(days=1)}


@pytest.fixture
def kind() -> str:
    """What is stored is events like all others, so one kind of database is enough."""
    return "sqlite"


async def at_the_step(world: World, order: Order = ORDER) -> Assessment:
    ordered = await world.ordering.order(world.tenant, order)
    opened, _ = await world.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])
    return await world.conversing.begin(opened.id)


async def checked(world: World, outcome: Any = "verified", **more: Any) -> Assessment:
    """Go to the service, and let it report."""
    assessment = await at_the_step(world)
    await world.identifying.open(assessment.id)
    return await world.identifying.take(world.hosted.says(assessment.id, outcome, **more))


async def worked(world: World, assessment_id: str) -> Assessment:
    """Go on past the step, do everything and submit."""
    await world.identifying.go_on(assessment_id)
    person = await plays.candidate(world, 4)
    for number in range(60):
        assessment = await world.conversing.settled(assessment_id)
        if assessment.interview_finished:
            break
        text = person.answer(assessment.transcript.turns[-1].item_id)
        await world.conversing.receive(assessment_id, f"message-{number:03}", text)
    for place in (await world.log.load(assessment_id)).form.tasks:
        await world.answering.hand_in(assessment_id, place.item_id, person.response(place.item_id))
    await world.answering.submit(assessment_id)
    return await world.log.load(assessment_id)


def reasons(assessment: Assessment) -> list[str]:
    assert assessment.verdict is not None
    return [reason["code"] for reason in assessment.verdict.document["reasons"]]


def identity(assessment: Assessment) -> Mapping[str, Any]:
    assert assessment.verdict is not None
    found: Mapping[str, Any] = assessment.verdict.document["identity"]
    return found


async def needing(world: World, **need: Any) -> None:
    """Let the track ask for an identity."""
    library = await world.content.library()
    track = library.track("python").changed(identity=IdentityNeed(**need))
    world.content.edited = library.changed(tracks={**library.tracks, "python": track})


@pytest.mark.parametrize(
    ("need", "attested", "level"),
    [
        ({"method": "platform", "level": "high"}, None, "low"),
        ({"method": "platform", "level": "high"}, ATTESTED, "substantial"),
        ({"method": "hosted", "level": "substantial"}, ATTESTED, "low"),
        ({"method": "platform"}, None, None),
        ({"method": "hosted"}, ATTESTED, None),
    ],
)
async def test_a_track_that_asks_for_more_than_there_is_refuses_the_order_by_its_field(
    world: World, need: dict[str, Any], attested: dict[str, Any] | None, level: Any
) -> None:
    await needing(world, **need)
    world.hosted.level = level or "high"
    world.hosted.livemode = level is not None  # a service in its test mode vouches for nobody

    with pytest.raises(InvalidInput) as refused:
        await world.ordering.order(world.tenant, replace(ORDER, require_identity=None, identity=attested))

    assert [problem.field for problem in refused.value.problems] == ["identity"]
    assert await world.ordering.recent("acme") == ()


@pytest.mark.parametrize(
    ("need", "attested", "begins"),
    [
        ({"method": "platform"}, ATTESTED, Status.IN_PROGRESS),
        ({"method": "platform"}, None, Status.IDENTITY),
        ({"method": "platform", "level": "substantial"}, ATTESTED, Status.IN_PROGRESS),
        ({"method": "hosted"}, ATTESTED, Status.IDENTITY),
        ({}, None, Status.IN_PROGRESS),
    ],
)
async def test_the_step_comes_where_the_order_has_not_brought_what_the_track_asks_for(
    world: World, need: dict[str, Any], attested: dict[str, Any] | None, begins: Status
) -> None:
    await needing(world, **need)

    assessment = await at_the_step(world, replace(ORDER, require_identity=None, identity=attested))

    assert assessment.status is begins
    assert (assessment.deadline is None) is (begins is Status.IDENTITY)


async def test_an_order_cannot_ask_for_less_than_its_track(world: World) -> None:
    await needing(world, method="hosted")

    assessment = await at_the_step(world, replace(ORDER, require_identity={"method": "platform"}))

    assert assessment.ordered.identity_need == IdentityNeed(method="hosted")


async def test_a_program_that_plays_a_candidate_shows_no_document(world: World) -> None:
    order = replace(ORDER, simulated=True, livemode=False)

    assessment = await at_the_step(world, order)

    assert assessment.status is Status.IN_PROGRESS


async def test_a_check_that_succeeds_stands_in_the_verdict_without_its_reference(world: World) -> None:
    world.hosted.level = "substantial"
    assessment = await checked(world, seconds=40)

    decided = await worked(world, assessment.id)

    assert identity(decided) == {
        "method": "hosted",
        "level": "substantial",
        "checked_at": "2026-11-21T09:00:40Z",
    }
    assert "identity_open" not in reasons(decided)
    assert decided.verdict is not None
    assert "vs_1" not in str(decided.verdict.document)


async def test_the_address_of_the_check_is_kept_nowhere(world: World) -> None:
    assessment = await at_the_step(world)

    url = await world.identifying.open(assessment.id)

    assert url == f"https://id.example/vs_1?back={PUBLIC_URL}/assessment/identity"
    assert "id.example" not in str(await world.store.events(assessment.id))


async def test_the_clock_starts_after_the_step_and_only_once(world: World) -> None:
    assessment = await checked(world)
    world.clock.turn(timedelta(minutes=50))

    first = await world.identifying.go_on(assessment.id)
    world.clock.turn(timedelta(minutes=5))
    again = await world.identifying.go_on(assessment.id)

    assert first.deadline is not None
    assert first.deadline - world.clock.now() == timedelta(minutes=first.form.time_limit_minutes - 5)
    assert again == first


async def test_nobody_goes_on_who_has_not_tried(world: World) -> None:
    assessment = await at_the_step(world)

    with pytest.raises(Conflict, match="has not been checked yet"):
        await world.identifying.go_on(assessment.id)


async def test_when_the_service_is_down_the_candidate_goes_on_and_the_verdict_waits(world: World) -> None:
    assessment = await at_the_step(world)
    world.hosted.fault = "timeout"

    nowhere = await world.identifying.open(assessment.id)
    scored = await worked(world, assessment.id)

    assert nowhere is None
    assert (scored.status, scored.verdict, scored.is_all_scored) == (Status.SCORING, None, True)
    assert scored.identity.state is CheckState.UNAVAILABLE
    assert await world.identifying.settle_overdue() == 0


async def test_a_check_that_is_caught_up_on_after_submitting_releases_the_verdict(world: World) -> None:
    assessment = await at_the_step(world)
    world.hosted.fault = "unavailable"
    await world.identifying.open(assessment.id)
    await worked(world, assessment.id)
    world.hosted.fault = None

    url = await world.identifying.open(assessment.id)
    decided = await world.identifying.take(world.hosted.says(assessment.id, "verified"))

    assert url is not None
    assert decided.status is Status.DECIDED
    assert identity(decided)["method"] == "hosted"


async def test_a_fault_is_recorded_once_however_often_one_tries(world: World) -> None:
    assessment = await at_the_step(world)
    world.hosted.fault = "timeout"

    for _ in range(3):
        await world.identifying.open(assessment.id)

    events = await world.store.events(assessment.id)
    assert [event.fact.type for event in events].count("identity.unavailable") == 1


async def test_a_verdict_waits_as_long_as_stated_and_then_says_what_it_had(world: World) -> None:
    assessment = await checked(world, "processing")
    await worked(world, assessment.id)
    world.clock.turn(WAIT - timedelta(minutes=1))
    early = await world.identifying.settle_overdue()
    world.clock.turn(timedelta(minutes=1))

    late = await world.identifying.settle_overdue()

    decided = await world.log.load(assessment.id)
    assert (early, late) == (0, 1)
    assert (decided.decision, reasons(decided)[0]) == ("needs_review", "identity_open")
    assert identity(decided) == {"method": "none", "level": "none", "checked_at": None}
    assert decided.needs_person


async def test_before_it_gives_up_it_asks_the_service_a_last_time(world: World) -> None:
    assessment = await checked(world, "processing")
    await worked(world, assessment.id)
    world.hosted.says(assessment.id, "verified", seconds=70)  # and the webhook was lost
    world.clock.turn(WAIT)

    await world.identifying.settle_overdue()

    assert identity(await world.log.load(assessment.id))["method"] == "hosted"


async def test_an_outcome_that_comes_after_the_verdict_makes_another_one(world: World) -> None:
    assessment = await checked(world, "processing")
    await worked(world, assessment.id)
    world.clock.turn(WAIT)
    await world.identifying.settle_overdue()
    first = (await world.log.load(assessment.id)).verdict
    rita = await plays.reviewer(world)
    case = await world.reviewing.case(rita, assessment.id)
    for score in case.open:
        await world.reviewing.score(
            rita, assessment.id, score.item_id, score.criterion, Mark.MET, "Read with care."
        )

    decided = await world.identifying.take(world.hosted.says(assessment.id, "verified", seconds=70))

    assert first is not None
    assert decided.verdict is not None
    assert decided.verdict.verdict_id != first.verdict_id
    assert identity(decided)["method"] == "hosted"
    assert "identity_open" not in reasons(decided)


async def test_a_failed_check_does_not_hold_the_verdict_up_and_a_person_decides(world: World) -> None:
    assessment = await checked(world, "failed", failure="expired")

    decided = await worked(world, assessment.id)

    assert (decided.decision, reasons(decided)[0]) == ("needs_review", "identity_open")
    assert decided.needs_person


async def test_after_a_failure_one_tries_again_in_the_same_check(world: World) -> None:
    failed = await checked(world, "failed", failure="unreadable", seconds=10)

    url = await world.identifying.open(failed.id)
    reopened = (await world.log.load(failed.id)).identity
    verified = await world.identifying.take(world.hosted.says(failed.id, "verified", seconds=90))

    assert url == "https://id.example/vs_1?again"
    assert reopened.state is CheckState.OPENED
    assert verified.identity.is_met


async def test_after_a_check_was_cancelled_another_one_is_opened(world: World) -> None:
    cancelled = await checked(world, "cancelled")

    url = await world.identifying.open(cancelled.id)

    assert url is not None
    assert "vs_2" in url


async def test_opening_a_check_that_has_succeeded_meanwhile_finds_out(world: World) -> None:
    assessment = await at_the_step(world)
    await world.identifying.open(assessment.id)
    world.hosted.says(assessment.id, "verified")

    url = await world.identifying.open(assessment.id)

    assert url is None
    assert (await world.log.load(assessment.id)).identity.is_met


async def test_asking_finds_out_what_a_lost_webhook_would_have_said(world: World) -> None:
    assessment = await at_the_step(world)
    await world.identifying.open(assessment.id)
    world.hosted.says(assessment.id, "processing", seconds=5)

    for _ in range(3):
        await world.identifying.look(assessment.id)

    asked = await world.log.load(assessment.id)
    events = await world.store.events(assessment.id)
    assert asked.identity.state is CheckState.PROCESSING
    assert [event.fact.type for event in events].count("identity.reported") == 1


async def test_asking_a_service_that_is_down_changes_nothing(world: World) -> None:
    assessment = await at_the_step(world)
    await world.identifying.open(assessment.id)
    world.hosted.fault = "timeout"

    asked = await world.identifying.look(assessment.id)

    assert asked.identity.state is CheckState.OPENED


async def test_a_report_that_comes_again_or_late_changes_nothing(world: World) -> None:
    assessment = await at_the_step(world)
    await world.identifying.open(assessment.id)
    verified = world.hosted.says(assessment.id, "verified", seconds=9)
    after = await world.identifying.take(verified)

    for report in (verified, world.hosted.says(assessment.id, "processing", seconds=3), verified):
        await world.identifying.take(report)

    assert (await world.log.load(assessment.id)).seq == after.seq


async def test_what_a_service_finds_in_test_mode_vouches_for_nobody_in_a_live_assessment(
    world: World,
) -> None:
    assessment = await at_the_step(world)
    await world.identifying.open(assessment.id)

    after = await world.identifying.take(world.hosted.says(assessment.id, "verified").changed(livemode=False))

    assert not after.identity.is_met


async def test_a_report_about_no_assessment_here_is_taken_and_forgotten(world: World) -> None:
    report = world.hosted.says("asm_of_somebody_else", "verified")

    await world.identifying.report(report.model_dump_json().encode(), SIGNED)

    with pytest.raises(Unauthenticated):
        await world.identifying.report(report.model_dump_json().encode(), "forged")


async def test_a_cancelled_assessment_takes_no_report_and_opens_no_check(world: World) -> None:
    assessment = await at_the_step(world)
    await world.identifying.open(assessment.id)
    cancelled = await world.ordering.cancel("acme", assessment.id)

    after = await world.identifying.take(world.hosted.says(assessment.id, "verified"))

    assert after.seq == cancelled.seq
    with pytest.raises(IllegalTransition):
        await world.identifying.open(assessment.id)


async def test_who_stops_at_the_step_lets_the_invitation_run_out(world: World) -> None:
    assessment = await at_the_step(world)
    world.clock.turn(timedelta(days=15))

    await world.ordering.expire_overdue()

    assert (await world.log.load(assessment.id)).status is Status.EXPIRED


async def test_a_new_link_leads_back_to_the_step(world: World) -> None:
    assessment = await at_the_step(world)

    again = await world.inviting.reissue("acme", assessment.id)
    opened, _ = await world.inviting.redeem(again.invite_url.rsplit("/", 1)[-1])

    assert opened.status is Status.IDENTITY


async def test_nobody_shows_a_document_twice_for_a_fault_of_ours(world: World) -> None:
    verified = await checked(world)
    await world.identifying.go_on(verified.id)
    await world.scoring.hold(verified.id, "OSError")

    given = await world.ordering.give_back(verified.id, "The disk was full.")

    opened, _ = await world.inviting.redeem(given.invite_url.rsplit("/", 1)[-1])
    begun = await world.conversing.begin(opened.id)
    assert begun.status is Status.IN_PROGRESS
    assert begun.identity.verified == verified.identity.verified


async def test_an_attempt_is_given_back_with_its_need_when_nothing_was_verified_yet(world: World) -> None:
    failed = await checked(world, "failed")
    await world.identifying.go_on(failed.id)
    await world.scoring.hold(failed.id, "OSError")
    world.hosted.level = "low"

    given = await world.ordering.give_back(failed.id, "The disk was full.")

    assert given.assessment.identity.state is CheckState.NOT_BEGUN


async def test_a_service_that_was_taken_away_is_one_that_is_down(world: World) -> None:
    assessment = await at_the_step(world)
    without = Identifying(world.store, world.log, world.scoring, None, world.clock, public_url=PUBLIC_URL)

    nowhere = await without.open(assessment.id)

    assert nowhere is None
    assert (await world.log.load(assessment.id)).identity.state is CheckState.UNAVAILABLE
    with pytest.raises(NotFound):
        await without.report(b"{}", SIGNED)


async def test_the_verdicts_follow_from_the_log_byte_for_byte(world: World) -> None:
    assessment = await checked(world, "processing")
    await worked(world, assessment.id)
    world.clock.turn(WAIT)
    await world.identifying.settle_overdue()
    await world.identifying.take(world.hosted.says(assessment.id, "verified", seconds=70))

    replayed = await replaying(world).replay(assessment.id)

    assert replayed.is_equal
    assert {type(event.fact) for event in await world.store.events(assessment.id)} >= {
        e.IdentityAsked,
        e.IdentityCheckOpened,
        e.IdentityReported,
    }
