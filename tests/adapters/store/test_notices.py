"""Public events for those who poll: nothing is missed, whoever writes at the same time."""

import asyncio
from datetime import timedelta

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain import events as e
from assessor.domain.errors import Conflict
from assessor.domain.notification import EventType
from tests.adapters.store.samples import NOW, TENANT, appended, begun, change, message, verdict
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.anyio


async def told(store: SqlStore, after: int = 0, *types: EventType) -> list[tuple[int, str]]:
    found = await store.notices(TENANT.id, after, types, 100, livemode=False)
    return [(place, notice.type.removeprefix("assessor.")) for place, notice in found]


async def test_public_facts_stand_in_their_order_without_gaps_also_where_nobody_has_an_endpoint(
    store: SqlStore,
) -> None:
    row = await begun(store)
    deadline = NOW + timedelta(hours=1)
    await appended(store, row, [message(), e.AssessmentStarted(deadline=deadline)], after=1)
    await appended(store, row, [e.AssessmentSubmitted(), verdict("ver_1")], after=3)

    everything = await told(store)

    assert everything == [
        (1, "assessment.created"),
        (2, "assessment.started"),
        (3, "assessment.submitted"),
        (4, "verdict.issued"),
    ]
    assert await told(store, 2) == everything[2:]
    assert await told(store, 0, EventType.VERDICT_ISSUED, EventType.ASSESSMENT_CREATED) == [
        everything[0],
        everything[3],
    ]
    assert await store.notices("other", 0, (), 10, livemode=False) == ()


async def test_what_is_not_committed_takes_no_place(store: SqlStore) -> None:
    row = await begun(store)

    with pytest.raises(Conflict):
        await appended(store, row, [e.AssessmentSubmitted(), verdict("ver_2", "ver_1")], after=1)
    await appended(store, row, [e.AssessmentCancelled()], after=1)

    assert await told(store) == [(1, "assessment.created"), (2, "assessment.cancelled")]


async def test_who_polls_while_many_write_misses_nothing(store: SqlStore) -> None:
    count, seen = 12, list[int]()

    async def poll() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(seen) < count:
                seen.extend(place for place, _ in await told(store, seen[-1] if seen else 0))
                await asyncio.sleep(0)

    await asyncio.gather(poll(), *(begun(store, f"asm_{number}") for number in range(count)))

    assert seen == list(range(1, count + 1))


async def test_a_month_is_kept_and_places_go_on_where_they_were(store: SqlStore) -> None:
    row = await begun(store)

    assert await store.forget_notices(NOW) == 0
    assert await store.forget_notices(NOW + timedelta(seconds=1)) == 1
    await store.append(change(row, e.AssessmentCancelled(), after=1))

    assert await told(store) == [(2, "assessment.cancelled")]
