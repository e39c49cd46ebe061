"""Orders for New York City: an audit and a notice come first, and nobody who was invited is turned away."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from assessor.domain import events as e
from assessor.domain.assessment import Status
from assessor.domain.errors import InvalidInput, NotFound
from assessor.domain.new_york import BiasAudit, earliest_use
from assessor.services.adjusting import Adjusting
from assessor.services.bias_audits import BiasAudits
from assessor.services.order import Order
from tests.world import START, World

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
TODAY = START.date()
LONG_AGO = TODAY - 30 * DAY
ORDER = Order(candidate_ref="candidate-1", track="python", form="short", region="us-nyc")


def audit(**chosen: Any) -> BiasAudit:
    fine: dict[str, Any] = {
        "track": "python",
        "audited_on": TODAY - 20 * DAY,
        "auditor": "Audit Office",
        "summary_url": "https://platform.example/audit",
    }
    return BiasAudit(**fine | chosen)


async def recorded(world: World, **chosen: Any) -> None:
    """Have an audit recorded, and the platform known with it as the next request would."""
    await BiasAudits(world.store, world.content, world.clock).record("acme", audit(**chosen), "operator")
    world.tenant = await world.store.tenant("acme")


@pytest.mark.parametrize(
    ("order", "field", "way_out"),
    [
        (ORDER, "notice_given_on", "Send the day"),
        (replace(ORDER, notice_given_on=TODAY + DAY), "notice_given_on", "once you have told"),
        (replace(ORDER, notice_given_on=TODAY, opens_at=START + DAY), "opens_at", "leave it out"),
        (replace(ORDER, notice_given_on=TODAY, expires_at=START + 5 * DAY), "expires_at", "a later time"),
        (
            replace(ORDER, notice_given_on=LONG_AGO, expires_at=START + 350 * DAY),
            "expires_at",
            "or an earlier time",
        ),
        (replace(ORDER, track="nursing", notice_given_on=LONG_AGO), "region", "record-audit"),
    ],
)
async def test_an_order_without_what_the_city_asks_for_names_the_field_and_the_way_out(
    world: World, order: Order, field: str, way_out: str
) -> None:
    await recorded(world)

    with pytest.raises(InvalidInput) as refused:
        await world.ordering.order(world.tenant, order)

    (problem,) = refused.value.problems
    assert problem.field == field
    assert way_out in problem.remedy
    assert not await world.ordering.recent("acme")


async def test_right_after_the_notice_an_assessment_opens_ten_business_days_later(world: World) -> None:
    await recorded(world)

    ordered = await world.ordering.order(world.tenant, replace(ORDER, notice_given_on=TODAY))

    terms = ordered.assessment.ordered
    assert terms.opens_at == earliest_use(TODAY)
    assert terms.expires_at == earliest_use(TODAY) + 14 * DAY
    assert (terms.notice_given_on, terms.bias_audit) == (TODAY, audit())


async def test_long_after_the_notice_it_opens_at_once(world: World) -> None:
    await recorded(world)

    ordered = await world.ordering.order(world.tenant, replace(ORDER, notice_given_on=LONG_AGO))

    assert ordered.assessment.ordered.opens_at is None
    assert ordered.assessment.ordered.expires_at == START + 14 * DAY


async def test_orders_of_other_regions_are_held_to_none_of_it(world: World) -> None:
    ordered = await world.ordering.order(world.tenant, replace(ORDER, region="us-il"))

    assert ordered.assessment.ordered.bias_audit is None


async def test_more_time_and_new_links_never_go_beyond_the_audit(world: World) -> None:
    await recorded(world, audited_on=TODAY - 355 * DAY)
    ends = audit(audited_on=TODAY - 355 * DAY).ends_at
    order = replace(ORDER, notice_given_on=LONG_AGO, expires_at=ends - 5 * DAY)
    ordered = (await world.ordering.order(world.tenant, order)).assessment
    adjusting = Adjusting(world.log, world.store)

    with pytest.raises(InvalidInput, match="expires_at"):
        await adjusting.extend("acme", ordered.id, ends + DAY)
    linked = (await world.inviting.reissue("acme", ordered.id)).assessment
    await recorded(world, audited_on=TODAY)
    extended = await adjusting.extend("acme", ordered.id, ends + DAY)

    assert linked.expires_at == ends
    assert extended.expires_at == ends + DAY


async def test_an_attempt_given_back_after_a_fault_of_ours_needs_no_new_notice(world: World) -> None:
    await recorded(world)
    order = replace(ORDER, notice_given_on=LONG_AGO)
    ordered = await world.ordering.order(world.tenant, order)
    opened, _ = await world.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])
    await world.conversing.begin(opened.id)
    fault = e.FaultRecorded(where="interview", kind="outage")
    await world.log.change(opened.id, lambda _a, _now: [fault])
    world.clock.turn(400 * DAY)

    again = (await world.ordering.give_back(ordered.assessment.id, "A fault.")).assessment

    assert again.status is Status.ORDERED
    assert again.ordered.bias_audit == audit()


async def test_an_audit_to_come_an_older_one_and_an_unknown_track_are_refused(world: World) -> None:
    await recorded(world)
    audits = BiasAudits(world.store, world.content, world.clock)

    for refused, expected in (
        (audit(audited_on=TODAY + DAY), InvalidInput),
        (audit(audited_on=TODAY - 21 * DAY), InvalidInput),
        (audit(track="alchemy"), NotFound),
    ):
        with pytest.raises(expected):
            await audits.record("acme", refused, "operator")

    assert await audits.all("acme") == (audit(),)
