"""Webhook endpoints, and the outbox that is written with the facts."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from assessor.adapters.standard_webhooks import public_key
from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import WEBHOOK_ENDPOINT
from assessor.adapters.vault import Vault
from assessor.domain import events as e
from assessor.domain.assessment import Projection
from assessor.domain.errors import Conflict, DocumentRefused, NotFound, SequenceTaken
from assessor.domain.notification import EventType, Notice
from assessor.domain.policy import Policy
from assessor.domain.webhook import (
    Delivery,
    DeliveryStatus,
    Endpoint,
    Outcome,
    Pause,
    Reception,
    settle,
)
from assessor.ports import Claimed, EndpointChange, Tenant
from tests.adapters.store.samples import (
    NOW,
    TENANT,
    answer,
    appended,
    begun,
    change,
    message,
    ordered_by,
    projection,
    verdict,
)

pytestmark = pytest.mark.anyio

SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQh"
NEXT = "whsec_YW5vdGhlci1zZWNyZXQtYW5vdGhlcg=="
MINUTE = timedelta(minutes=1)
OTHER = Tenant("other", "Another platform", Policy())
OK = Reception(Outcome.ACCEPTED, 200, 12)
FAILED = Reception(Outcome.REJECTED, 500, 12)


def endpoint(number: int = 1, tenant: str = TENANT.id, *types: EventType) -> Endpoint:
    url = f"https://hooks{number}.example.com/"
    made = NOW + timedelta(seconds=number)
    return Endpoint(f"whe_{tenant}_{number}", tenant, url, "", types, True, None, made, livemode=False)


async def added(store: SqlStore, number: int = 1, *types: EventType, tenant: str = TENANT.id) -> Endpoint:
    made = endpoint(number, tenant, *types)
    await store.add_endpoint(made, SECRET, 20)
    return made


async def told(store: SqlStore, to: Endpoint) -> list[str]:
    """Return which types are in the outbox for an endpoint, sorted, without the common prefix."""
    found = await store.deliveries(to.tenant, to.id)
    return sorted(delivery.notice.type.removeprefix("assessor.") for delivery in found)


async def claimed(store: SqlStore, at: datetime = NOW, limit: int = 10, by: str = "w1") -> Sequence[Claimed]:
    return await store.claim(by, at, at + MINUTE, limit)


async def one(store: SqlStore, to: Endpoint) -> Delivery:
    (found,) = await store.deliveries(to.tenant, to.id)
    return found


async def attempted(
    store: SqlStore,
    what: Claimed,
    reception: Reception,
    at: datetime = NOW,
    schedule: Sequence[float] = (60,),
) -> Pause | None:
    settled = settle(reception, what.delivery.retries, schedule, at)
    return await store.record_attempt(what, reception, settled, at)


async def test_public_facts_are_in_the_outbox_as_soon_as_they_are_in_the_log(store: SqlStore) -> None:
    to = await added(store)

    row = await begun(store)
    await appended(store, row, [message(), e.AssessmentStarted(deadline=NOW + MINUTE)], after=1)

    assert await told(store, to) == ["assessment.created", "assessment.started"]
    (first, second) = await claimed(store)
    assert first.delivery.notice.subject == row.id
    assert {first.url, second.url} == {to.url}
    assert {first.secrets[0], second.secrets[0]} == {SECRET}
    assert first.delivery.notice.data["candidate_ref"] == row.candidate_ref


async def test_what_is_not_committed_is_not_told(store: SqlStore) -> None:
    to = await added(store)
    row = await begun(store)

    with pytest.raises(SequenceTaken):
        await appended(store, row, [e.AssessmentCancelled()], after=5)
    with pytest.raises(Conflict, match="not the live one"):
        await appended(store, row, [e.AssessmentSubmitted(), verdict("ver_2", "ver_1")], after=1)

    assert await told(store, to) == ["assessment.created"]


async def test_a_superseding_verdict_completes_the_review_that_the_first_one_asked_for(
    store: SqlStore,
) -> None:
    to = await added(store)
    row = await begun(store)
    waiting = replace(row, decision="needs_review")

    await appended(store, waiting, [verdict("ver_1", decision="needs_review")], after=1)
    decided = replace(row, decision="qualified")
    await appended(store, decided, [verdict("ver_2", "ver_1", decision="qualified")], after=2)

    assert await told(store, to) == [
        "assessment.created", "review.completed", "review.requested", "verdict.issued", "verdict.issued",
        "verdict.superseded",
    ]  # fmt: skip


async def test_each_endpoint_gets_what_its_filter_lets_through(store: SqlStore) -> None:
    everything = await added(store, 1)
    starts = await added(store, 2, EventType.ASSESSMENT_STARTED, EventType.VERDICT_ISSUED)
    disabled = await added(store, 3)
    await store.change_endpoint(TENANT.id, disabled.id, EndpointChange(enabled=False))

    row = await begun(store)
    await appended(store, row, [e.AssessmentStarted(deadline=NOW + MINUTE)], after=1)

    assert await told(store, everything) == ["assessment.created", "assessment.started"]
    assert await told(store, starts) == ["assessment.started"]
    assert await told(store, disabled) == []


async def test_the_same_event_has_the_same_id_at_every_endpoint(store: SqlStore) -> None:
    first, second = await added(store, 1), await added(store, 2)

    await begun(store)

    mine, theirs = await one(store, first), await one(store, second)
    assert mine.notice == theirs.notice
    assert mine.id != theirs.id


async def test_what_happens_to_one_tenant_is_not_told_to_another(store: SqlStore) -> None:
    await store.add_tenant(OTHER, NOW)
    theirs = await added(store, 1, tenant=OTHER.id)
    mine = await added(store, 1)

    await begun(store)

    assert await told(store, theirs) == []
    assert len(await told(store, mine)) == 1


async def test_another_tenants_endpoint_is_as_unknown_as_one_that_does_not_exist(store: SqlStore) -> None:
    await store.add_tenant(OTHER, NOW)
    to = await added(store)
    await begun(store)
    delivery = await one(store, to)

    for endpoint_id in (to.id, "whe_nobodys"):
        for asked in (
            store.endpoint(OTHER.id, endpoint_id),
            store.change_endpoint(OTHER.id, endpoint_id, EndpointChange(enabled=False)),
            store.change_endpoint(OTHER.id, endpoint_id, EndpointChange()),
            store.remove_endpoint(OTHER.id, endpoint_id),
            store.deliveries(OTHER.id, endpoint_id),
            store.redeliver(OTHER.id, endpoint_id, delivery.id, NOW),
        ):
            with pytest.raises(NotFound):
                await asked
    assert await store.endpoints(OTHER.id, livemode=False) == ()
    assert (await store.endpoint(TENANT.id, to.id)).enabled


async def test_a_delivery_is_redelivered_through_its_own_endpoint_only(store: SqlStore) -> None:
    first, second = await added(store, 1, EventType.ASSESSMENT_CREATED), await added(store, 2, EventType.TEST)
    await begun(store)

    with pytest.raises(NotFound):
        await store.redeliver(TENANT.id, second.id, (await one(store, first)).id, NOW)


async def test_endpoints_are_listed_as_they_were_made(store: SqlStore) -> None:
    second, first = await added(store, 2, EventType.VERDICT_ISSUED), await added(store, 1)

    assert await store.endpoints(TENANT.id, livemode=False) == (first, second)
    assert await store.endpoint(TENANT.id, second.id) == second


async def test_a_change_leaves_what_it_does_not_name(store: SqlStore) -> None:
    to = await added(store, 1, EventType.VERDICT_ISSUED)

    renamed = await store.change_endpoint(TENANT.id, to.id, EndpointChange(description="new"))
    moved = await store.change_endpoint(
        TENANT.id, to.id, EndpointChange(url="https://b.example/", event_types=(), enabled=False)
    )

    assert renamed == replace(to, description="new")
    assert moved == replace(renamed, url="https://b.example/", event_types=(), enabled=False)


async def test_there_are_only_so_many_endpoints_even_when_all_are_added_at_once(store: SqlStore) -> None:
    results = await asyncio.gather(
        *(store.add_endpoint(endpoint(number), SECRET, 3) for number in range(8)), return_exceptions=True
    )

    assert sum(isinstance(result, Conflict) for result in results) == 5
    assert len(await store.endpoints(TENANT.id, livemode=False)) == 3


async def test_the_answer_with_the_secret_is_stored_with_the_endpoint_or_not_at_all(store: SqlStore) -> None:
    await store.add_endpoint(endpoint(1), SECRET, 2, answer("key-1"))

    with pytest.raises(Conflict, match="under way"):
        await store.add_endpoint(endpoint(2), SECRET, 2, answer("key-1"))
    with pytest.raises(Conflict, match="endpoints already"):
        await store.add_endpoint(endpoint(3), SECRET, 1, answer("key-3"))

    assert [kept.id for kept in await store.endpoints(TENANT.id, livemode=False)] == [endpoint(1).id]
    assert await store.answered(TENANT.id, "key-1", livemode=True) == answer("key-1")
    assert await store.answered(TENANT.id, "key-3", livemode=True) is None


async def test_a_secret_is_stored_sealed_and_opens_for_its_own_endpoint_only(
    store: SqlStore, address: str
) -> None:
    secret = f"whsec_{secrets.token_urlsafe(18)}"
    await store.add_endpoint(endpoint(1), secret, 20)
    await begun(store)
    rows = await store._all(select(WEBHOOK_ENDPOINT.c.secret))

    assert (await claimed(store))[0].secrets[0] == secret
    assert all(secret.encode() not in row.secret for row in rows)
    other_key = SqlStore(address, Vault(bytes(32)))
    with pytest.raises(DocumentRefused, match="master key"):
        await other_key.claim("w2", NOW + 2 * MINUTE, NOW + 3 * MINUTE, 1)
    await other_key.close()


async def test_many_workers_at_once_take_up_each_delivery_once(
    store: SqlStore, address: str, vault: Vault
) -> None:
    endpoints = [await added(store, number) for number in range(6)]
    await begun(store)
    other = SqlStore(address, vault)

    taken = list(await asyncio.gather(*(claimed(each, limit=2) for each in (store, other) * 6)))
    while rest := await claimed(store, limit=2):  # who lost a race for a row comes again a second later
        taken.append(rest)

    await other.close()
    ids = [claim.delivery.id for claims in taken for claim in claims]
    assert len(ids) == len(set(ids)) == len(endpoints)


async def test_a_slow_endpoint_does_not_take_every_place(store: SqlStore) -> None:
    slow = await added(store, 1)
    for number in range(5):
        await begun(store, f"asm_{number}")
    quick = await added(store, 2)
    await begun(store, "asm_late")

    first = await claimed(store, limit=16)
    busy = await store.claim("w1", NOW, NOW + MINUTE, 16, [slow.id])

    assert [claim.delivery.endpoint_id for claim in first].count(slow.id) == 2
    assert [claim.delivery.endpoint_id for claim in first].count(quick.id) == 1
    assert busy == ()


async def test_what_cannot_be_opened_holds_up_no_other_platform(store: SqlStore) -> None:
    await store.add_tenant(OTHER, NOW)
    broken, sound = await added(store), await added(store, tenant=OTHER.id)
    changed = update(WEBHOOK_ENDPOINT).where(WEBHOOK_ENDPOINT.c.id == broken.id).values(secret=b"changed")
    await store._execute(changed)
    for to in (broken, sound):
        await store.enqueue(to, Notice(f"evt_{to.id}", EventType.ASSESSMENT_CREATED, "asm_1", NOW, {}), NOW)

    assert [one.delivery.endpoint_id for one in await claimed(store)] == [sound.id]


async def test_what_is_taken_up_is_free_again_when_the_claim_runs_out(store: SqlStore) -> None:
    await added(store)
    await begun(store)

    (first,) = await claimed(store)
    meanwhile = await claimed(store, NOW + MINUTE / 2, by="w2")
    (second,) = await claimed(store, NOW + MINUTE, by="w2")

    assert meanwhile == ()
    assert second.delivery.id == first.delivery.id


async def test_a_worker_that_comes_back_goes_on_at_once_with_its_own(store: SqlStore) -> None:
    await added(store, 1)
    await added(store, 2)
    await begun(store)
    (mine,) = await claimed(store, limit=1, by="w1")
    await claimed(store, limit=1, by="w2")

    released = await store.release_claims("w1", NOW)

    assert released == 1
    assert [again.delivery.id for again in await claimed(store, by="w1")] == [mine.delivery.id]


async def test_every_attempt_is_noted(store: SqlStore) -> None:
    to = await added(store)
    await begun(store)

    for at, reception in ((NOW, FAILED), (NOW + MINUTE, OK)):
        (claim,) = await claimed(store, at)
        await attempted(store, claim, reception, at)

    delivery = await one(store, to)
    assert (delivery.status, delivery.next_at) == (DeliveryStatus.DELIVERED, None)
    assert [(tried.number, tried.at, tried.outcome, tried.http_status) for tried in delivery.attempts] == [
        (1, NOW, Outcome.REJECTED, 500),
        (2, NOW + MINUTE, Outcome.ACCEPTED, 200),
    ]
    assert await claimed(store, NOW + 9 * MINUTE) == ()


async def test_a_failed_attempt_waits_for_its_pause(store: SqlStore) -> None:
    await added(store)
    await begun(store)
    (claim,) = await claimed(store)

    await attempted(store, claim, FAILED, schedule=[120])

    assert await claimed(store, NOW + MINUTE) == ()
    (again,) = await claimed(store, NOW + 2 * MINUTE)
    assert again.delivery.retries == 1
    assert again.delivery.notice == claim.delivery.notice


async def test_an_attempt_that_outlived_its_claim_undoes_nothing_but_its_success_counts(
    store: SqlStore,
) -> None:
    to = await added(store)
    await begun(store)
    (late,) = await claimed(store)
    (current,) = await claimed(store, NOW + MINUTE, by="w2")

    await attempted(store, late, FAILED, NOW + MINUTE, schedule=())
    untouched = await one(store, to)
    await attempted(store, current, OK, NOW + MINUTE)
    await attempted(store, late, FAILED, NOW + MINUTE, schedule=())

    assert (untouched.status, untouched.next_at) == (DeliveryStatus.PENDING, current.until)
    delivered = await one(store, to)
    assert delivered.status is DeliveryStatus.DELIVERED
    assert [tried.number for tried in delivered.attempts] == [1, 2, 3]


async def test_an_endpoint_that_took_nothing_for_a_whole_schedule_is_paused_and_loses_nothing(
    store: SqlStore,
) -> None:
    to = await added(store)
    await begun(store)
    (claim,) = await claimed(store)

    paused = await attempted(store, claim, FAILED, schedule=())
    await begun(store, "asm_later")
    meanwhile = await claimed(store, NOW + MINUTE)
    enabled = await store.change_endpoint(TENANT.id, to.id, EndpointChange(enabled=True))

    assert paused is Pause.FAILING
    assert meanwhile == ()
    assert enabled.paused is None
    (waited,) = await claimed(store, NOW + MINUTE)
    assert waited.delivery.notice.subject == "asm_later"


async def test_an_endpoint_that_took_something_else_meanwhile_is_not_paused(store: SqlStore) -> None:
    to = await added(store)
    await begun(store)
    await begun(store, "asm_2")
    (bad, good) = await claimed(store)

    await attempted(store, good, OK, NOW + MINUTE)
    paused = await attempted(store, bad, FAILED, NOW + MINUTE, schedule=())

    assert paused is None
    assert (await store.endpoint(TENANT.id, to.id)).paused is None


async def test_an_endpoint_that_is_gone_is_paused_whatever_it_took_before(store: SqlStore) -> None:
    to = await added(store)
    await begun(store)
    await begun(store, "asm_2")
    (good, gone) = await claimed(store)
    await attempted(store, good, OK, NOW + MINUTE)

    paused = await attempted(store, gone, Reception(Outcome.REJECTED, 410, 3), NOW + MINUTE)

    assert paused is Pause.GONE
    assert (await store.endpoint(TENANT.id, to.id)).paused is Pause.GONE


async def test_what_was_given_up_can_be_sent_again_with_the_whole_schedule(store: SqlStore) -> None:
    to = await added(store)
    await begun(store)
    (claim,) = await claimed(store)
    await attempted(store, claim, FAILED, schedule=())
    await store.change_endpoint(TENANT.id, to.id, EndpointChange(enabled=True))

    again = await store.redeliver(TENANT.id, to.id, claim.delivery.id, NOW + MINUTE)

    (taken,) = await claimed(store, NOW + MINUTE)
    assert (again.status, again.retries, len(again.attempts)) == (DeliveryStatus.PENDING, 0, 1)
    assert taken.delivery.notice == claim.delivery.notice


async def test_a_removed_endpoint_takes_its_deliveries_with_it_even_those_on_their_way(
    store: SqlStore,
) -> None:
    to = await added(store)
    await begun(store)
    (claim,) = await claimed(store)
    await attempted(store, claim, FAILED)
    (claim,) = await claimed(store, NOW + MINUTE)

    await store.remove_endpoint(TENANT.id, to.id)

    assert await attempted(store, claim, OK, NOW + MINUTE) is None
    assert await claimed(store, NOW + 9 * MINUTE) == ()
    with pytest.raises(NotFound):
        await store.deliveries(TENANT.id, to.id)
    with pytest.raises(NotFound):
        await store.enqueue(to, claim.delivery.notice, NOW)


async def test_removing_endpoints_while_facts_are_appended_and_sent_breaks_neither(store: SqlStore) -> None:
    rows = [await begun(store, f"asm_{number}") for number in range(6)]
    endpoints = [await added(store, number) for number in range(6)]

    async def work(row: Projection, to: Endpoint) -> None:
        await store.append(change(row, e.AssessmentCancelled(), after=1))
        for claim in await claimed(store):
            await attempted(store, claim, OK)
        await store.remove_endpoint(TENANT.id, to.id)

    await asyncio.gather(*map(work, rows, endpoints))

    assert await store.endpoints(TENANT.id, livemode=False) == ()
    assert await claimed(store, NOW + 9 * MINUTE) == ()


async def test_the_log_is_forgotten_after_its_time(store: SqlStore) -> None:
    to = await added(store)
    await begun(store)
    (claim,) = await claimed(store)
    await attempted(store, claim, OK)
    late = Notice("evt_late", EventType.TEST, to.id, NOW, {})
    await store.enqueue(to, late, NOW + 2 * MINUTE)

    forgotten = await store.forget_deliveries(NOW + MINUTE)

    assert forgotten == 1
    assert (await one(store, to)).notice == late


async def test_an_assessment_of_a_tenant_without_endpoints_costs_no_rows(store: SqlStore) -> None:
    row = projection("asm_1", await store.candidate(TENANT.id, "ref"))

    await store.begin(change(row, ordered_by()))

    assert await claimed(store) == ()


async def test_while_a_secret_is_replaced_both_sign_each_with_a_key_pair_of_its_own(store: SqlStore) -> None:
    to = await added(store)
    (before,) = await store.endpoint_keys(to.tenant, to.id, NOW)

    await store.rotate_secret(to.tenant, to.id, NEXT, NOW + MINUTE, answer("rotation"), NOW)
    await begun(store)
    (meanwhile,) = await claimed(store)
    await store.release_claims("w1", NOW + MINUTE)
    (afterwards,) = await claimed(store, NOW + MINUTE)

    assert [one for one in meanwhile.secrets if one.startswith("whsec_")] == [NEXT, SECRET]
    assert [one for one in afterwards.secrets if one.startswith("whsec_")] == [NEXT]
    keys = await store.endpoint_keys(to.tenant, to.id, NOW)
    assert keys[1] == before
    assert keys[0] != before
    assert await store.endpoint_keys(to.tenant, to.id, NOW + MINUTE) == keys[:1]
    assert [public_key(one) for one in meanwhile.secrets if one.startswith("whsk_")] == list(keys)


async def test_two_endpoints_with_one_secret_have_different_key_pairs(store: SqlStore) -> None:
    first, second = await added(store, 1), await added(store, 2)

    one = await store.endpoint_keys(first.tenant, first.id, NOW)
    other = await store.endpoint_keys(second.tenant, second.id, NOW)

    assert one != other
    with pytest.raises(NotFound):
        await store.endpoint_keys("other", first.id, NOW)


async def test_an_endpoint_that_is_paused_is_told_of_at_the_others_and_to_those_who_poll(
    store: SqlStore,
) -> None:
    failing, other = await added(store, 1), await added(store, 2, EventType.ENDPOINT_PAUSED)
    await begun(store)
    (what,) = await claimed(store)

    assert await attempted(store, what, FAILED, NOW + MINUTE, schedule=()) is Pause.FAILING

    (notice,) = [one for _, one in await store.notices(TENANT.id, 1, (), 10, livemode=False)]
    assert (notice.type, notice.subject) == (EventType.ENDPOINT_PAUSED, failing.id)
    assert notice.data == {"endpoint_id": failing.id, "delivery_id": what.delivery.id, "why": "failing"}
    assert await told(store, other) == ["webhook.paused"]
    assert await told(store, failing) == ["assessment.created"]


async def test_what_was_given_up_is_listed_and_sent_again_all_at_once(store: SqlStore) -> None:
    to = await added(store)
    for number in range(2):
        await begun(store, f"asm_{number}")
    first, second = await claimed(store)
    await attempted(store, first, OK)
    await attempted(store, second, FAILED, schedule=())

    dead = await store.deliveries(to.tenant, to.id, DeliveryStatus.DEAD)
    count = await store.redeliver_dead(to.tenant, to.id, NOW + MINUTE)

    assert [one.id for one in dead] == [second.delivery.id]
    assert count == 1
    assert await store.deliveries(to.tenant, to.id, DeliveryStatus.DEAD) == ()
    assert [one.delivery.id for one in await claimed(store, NOW + MINUTE)] == [second.delivery.id]
    with pytest.raises(NotFound):
        await store.redeliver_dead("other", to.id, NOW)


async def test_platforms_take_turns_whatever_one_has_waiting(store: SqlStore) -> None:
    await store.add_tenant(OTHER, NOW)
    for number in range(1, 13):
        busy = await added(store, number)
        for minutes in (30, 20):
            await store.enqueue(busy, notice(f"evt_{number}_{minutes}"), NOW - minutes * MINUTE)
    quiet = await added(store, tenant=OTHER.id)
    for number in (1, 2):
        await store.enqueue(quiet, notice(f"evt_other_{number}"), NOW)

    first = [one.tenant for one in await claimed(store, limit=4)]
    second = [one.tenant for one in await claimed(store, limit=1, by="w2")]
    rest = [one.tenant for one in await claimed(store, limit=100)]

    assert sorted(first) == [TENANT.id, TENANT.id, OTHER.id, OTHER.id]
    assert second == [TENANT.id], "nothing else waits"
    assert len(rest) == 24 - 3


async def test_the_platform_with_fewer_on_their_way_comes_first(store: SqlStore) -> None:
    await store.add_tenant(OTHER, NOW)
    for number in range(1, 5):
        await store.enqueue(await added(store, number), notice(f"evt_{number}"), NOW - MINUTE)
    await claimed(store, limit=2)

    await store.enqueue(await added(store, tenant=OTHER.id), notice("evt_other"), NOW)

    assert [one.tenant for one in await claimed(store, limit=1, by="w2")] == [OTHER.id]


def notice(event_id: str) -> Notice:
    return Notice(event_id, EventType.ASSESSMENT_STARTED, "asm_1", NOW, {})
