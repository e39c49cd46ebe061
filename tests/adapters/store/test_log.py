"""The append-only log: what is acknowledged is kept, once and in order."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import Instant
from assessor.domain import events as e
from assessor.domain.assessment import Projection, Status
from assessor.domain.errors import Conflict, Gone, NotFound, SequenceTaken
from assessor.ports import Destroyed
from tests.adapters.store.samples import (
    NOW,
    TENANT,
    answer,
    appended,
    begun,
    change,
    every_fact,
    message,
    ordered_by,
    projection,
    verdict,
)

pytestmark = pytest.mark.anyio


def test_the_samples_hold_one_of_each_fact() -> None:
    types = {type(fact) for fact in every_fact()}

    assert types == set(get_args(get_args(e.Fact)[0]))


@pytest.mark.parametrize("fact", every_fact(), ids=lambda fact: fact.type)
async def test_every_fact_is_read_as_it_was_appended(store: SqlStore, fact: e.Fact) -> None:
    row = await begun(store)
    if isinstance(fact, e.InviteRedeemed):
        await appended(store, row, [e.InviteIssued(token_hash=fact.token_hash, expires_at=NOW)], after=1)
    if isinstance(fact, e.VerdictRevoked):
        await appended(store, row, [verdict(fact.verdict_id)], after=1)
    after = (await store.events(row.id))[-1].seq

    written = await store.append(change(row, fact, after=after))

    assert written[0].fact == fact
    assert await store.events(row.id, after=after) == written
    assert await store.verify_chain(row.id) == after + 1


async def test_facts_of_one_append_follow_each_other_in_order(store: SqlStore) -> None:
    row = await begun(store)

    await appended(store, row, [message(number=n) for n in range(1, 4)], after=1)

    log = await store.events(row.id)
    assert [event.seq for event in log] == [1, 2, 3, 4]
    assert [event.fact for event in log[1:]] == [message(number=n) for n in range(1, 4)]


async def test_events_after_a_number_leave_out_what_came_before(store: SqlStore) -> None:
    row = await begun(store)
    await appended(store, row, [message(number=n) for n in range(1, 4)], after=1)

    log = await store.events(row.id, after=3)

    assert [event.seq for event in log] == [4]
    assert await store.events(row.id, after=4) == ()


async def test_the_head_is_the_last_events_hash_while_there_is_something_to_read(
    store: SqlStore,
) -> None:
    row = await begun(store)
    first = await store.head(row.id)
    await appended(store, row, [message(number=1)], after=1)

    heads = [event.hash for event in await store.events(row.id)]
    assert [first, await store.head(row.id)] == heads
    await store.erase(row.candidate_id, Destroyed(NOW, "candidate"))
    assert (await store.head(row.id), await store.head("asm_none")) == (None, None)


async def test_a_log_that_was_never_begun_is_not_found(store: SqlStore) -> None:
    row = projection("asm_none", await store.candidate(TENANT.id, "ref"))

    for attempt in (
        store.events("asm_none"),
        store.verify_chain("asm_none"),
        store.append(change(row, message(), after=1)),
    ):
        with pytest.raises(NotFound):
            await attempt


@pytest.mark.parametrize("after", [0, 2, 99])
async def test_an_append_after_another_number_than_the_last_is_refused(store: SqlStore, after: int) -> None:
    row = await begun(store)

    with pytest.raises(SequenceTaken):
        await store.append(change(row, message(), after=after))

    assert len(await store.events(row.id)) == 1


async def test_of_twenty_appends_at_once_exactly_one_wins_each_place(store: SqlStore) -> None:
    row = await begun(store)
    losses = 0

    async def write(number: int) -> None:
        nonlocal losses
        while True:
            last = (await store.events(row.id))[-1].seq
            try:
                await store.append(change(row, message(number=number), after=last))
            except SequenceTaken:
                losses += 1
            else:
                return

    await asyncio.gather(*(write(number) for number in range(20)))

    texts = [event.fact for event in (await store.events(row.id))[1:]]
    assert sorted(fact.message_id for fact in texts if isinstance(fact, e.CandidateMessage)) == [
        f"message-{number:04}" for number in range(20)
    ]
    assert losses > 0, "the writers never met, so nothing was shown"
    assert await store.verify_chain(row.id) == 21


async def test_of_twenty_appends_after_the_same_number_one_is_kept(store: SqlStore) -> None:
    row = await begun(store)

    results = await asyncio.gather(
        *(store.append(change(row, message(number=number), after=1)) for number in range(20)),
        return_exceptions=True,
    )

    refused = [result for result in results if isinstance(result, BaseException)]
    assert len(refused) == 19
    assert all(isinstance(error, SequenceTaken) for error in refused)
    assert await store.verify_chain(row.id) == 2


async def test_an_append_with_one_impossible_fact_writes_none_of_them(store: SqlStore) -> None:
    row = await begun(store)
    twice = [e.InviteIssued(token_hash="t1", expires_at=NOW), e.InviteIssued(token_hash="t2", expires_at=NOW)]
    await appended(store, row, twice, after=1)

    with pytest.raises(Gone, match="was used or replaced"):
        await appended(store, row, [message(), e.InviteRedeemed(token_hash="t1")], after=3)

    assert len(await store.events(row.id)) == 3
    assert await store.verify_chain(row.id) == 3


async def appended_after_all(store: SqlStore, row: Projection) -> int:
    """Append behind appends that were cancelled: their threads may still be about to commit."""
    while True:
        last = len(await store.events(row.id))
        try:
            return (await store.append(change(row, message(number=999), after=last)))[-1].seq
        except SequenceTaken:
            await asyncio.sleep(0.05)


async def test_an_append_that_is_cancelled_anywhere_leaves_a_sound_log(store: SqlStore) -> None:
    row = await begun(store)

    for pause in range(40):
        last = (await store.events(row.id))[-1].seq
        task = asyncio.create_task(store.append(change(row, message(number=pause), after=last)))
        await asyncio.sleep(pause * 0.0001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    appended_last = await appended_after_all(store, row)
    assert await store.verify_chain(row.id) == appended_last


async def test_an_append_without_a_fact_or_with_another_row_is_a_programming_error(store: SqlStore) -> None:
    row = await begun(store)

    with pytest.raises(ValueError, match="at least one fact"):
        await store.append(change(row, after=1))
    with pytest.raises(ValueError, match="another assessment"):
        await store.append(replace(change(row, message(), after=1), assessment_id="asm_2"))


async def test_an_assessment_of_another_tenants_candidate_cannot_begin(store: SqlStore) -> None:
    candidate_id = await store.candidate(TENANT.id, "ref")
    row = projection("asm_1", candidate_id, tenant="other")

    with pytest.raises(NotFound):
        await store.begin(change(row, ordered_by("other", candidate_id)))


async def test_the_same_assessment_begins_once(store: SqlStore) -> None:
    row = await begun(store)

    with pytest.raises(Conflict):
        await store.begin(change(row, ordered_by()))


async def test_of_ten_orders_with_one_idempotency_key_one_is_kept_with_its_answer(store: SqlStore) -> None:
    candidate_id = await store.candidate(TENANT.id, "ref")
    rows = [projection(f"asm_{number}", candidate_id) for number in range(10)]

    results = await asyncio.gather(
        *(store.begin(change(row, ordered_by()), answer()) for row in rows), return_exceptions=True
    )

    assert sum(isinstance(result, Conflict) for result in results) == 9
    assert len(await store.assessments(TENANT.id)) == 1
    assert await store.answered(TENANT.id, "key-1", livemode=True) == answer()


async def test_an_idempotency_key_belongs_to_one_tenant(store: SqlStore) -> None:
    row = projection("asm_1", await store.candidate(TENANT.id, "ref"))
    await store.begin(change(row, ordered_by()), answer())

    assert await store.answered("other", "key-1", livemode=True) is None
    assert await store.answered(TENANT.id, "key-2", livemode=True) is None


async def test_appending_moves_the_row_and_leaves_its_origin(store: SqlStore) -> None:
    row = await begun(store)
    moved = projection(
        row.id,
        row.candidate_id,
        status=Status.IN_PROGRESS,
        deadline=NOW + timedelta(hours=1),
        open_criteria=3,
    )

    await store.append(change(moved, e.AssessmentStarted(deadline=NOW), after=1))

    assert await store.projection(row.id) == moved


async def test_a_time_without_a_zone_is_refused(store: SqlStore) -> None:
    row = await begun(store)

    with pytest.raises(ValueError, match="zone"):
        await store.append(change(row, message(), after=1, at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the point


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.datetimes(
        min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - Hypothesis adds the zone
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - as above
        timezones=st.sampled_from([timezone(timedelta(hours=h)) for h in (-11, 0, 14)]),
    )
)
def test_a_time_comes_back_exactly_whatever_its_zone(at: datetime) -> None:
    column = Instant()

    kept = column.process_bind_param(at, None)  # type: ignore[arg-type]
    without_zone = kept.replace(tzinfo=None) if kept else None
    read = column.process_result_value(without_zone, None)  # type: ignore[arg-type]

    assert read == at


@pytest.mark.parametrize("hours", [-11, 0, 5.5, 14])
async def test_the_time_of_an_event_survives_the_database(store: SqlStore, hours: float) -> None:
    row = await begun(store)
    at = NOW.astimezone(timezone(timedelta(hours=hours)))

    await store.append(change(row, message(), after=1, at=at))

    stored = (await store.events(row.id))[-1].at
    assert stored == at
    assert stored.utcoffset() == timedelta(0)
    assert await store.verify_chain(row.id) == 2
