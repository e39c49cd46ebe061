"""Rows for lists, queues and sweeps."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain.assessment import Status
from assessor.domain.errors import NotFound
from tests.adapters.store.samples import HOUR, NOW, appended, begun, message

pytestmark = pytest.mark.anyio

PAST, FUTURE = NOW - HOUR, NOW + HOUR


async def test_a_row_is_read_as_it_was_written(store: SqlStore) -> None:
    row = await begun(
        store,
        status=Status.DECIDED,
        deadline=NOW + timedelta(microseconds=1),
        submitted_at=NOW,
        decision="needs_review",
        open_criteria=4,
        needs_person=True,
        livemode=True,
        simulated=True,
    )

    assert await store.projection(row.id) == row
    assert (await store.projection(row.id)).status is Status.DECIDED


async def test_an_unknown_row_is_not_found(store: SqlStore) -> None:
    with pytest.raises(NotFound):
        await store.projection("asm_none")


async def test_a_tenants_assessments_come_newest_first_and_bounded(store: SqlStore) -> None:
    for number in range(4):
        await begun(store, f"asm_{number}", ordered_at=NOW + number * HOUR)

    listed = await store.assessments("acme", limit=3)

    assert [row.id for row in listed] == ["asm_3", "asm_2", "asm_1"]
    assert await store.assessments("other") == ()


async def test_an_appeal_waits_for_a_person_until_it_is_answered(store: SqlStore) -> None:
    row = await begun(store, "asm_appealed", appeal_due=NOW + HOUR)

    (waiting,) = await store.waiting("acme")
    await appended(store, replace(row, appeal_due=None), [message()], 1)

    assert (waiting.id, waiting.appeal_due) == ("asm_appealed", NOW + HOUR)
    assert await store.waiting("acme") == ()


async def test_what_waits_for_a_person_comes_in_the_order_of_submission(store: SqlStore) -> None:
    await begun(store, "asm_late", needs_person=True, submitted_at=NOW + 2 * HOUR)
    await begun(store, "asm_done", needs_person=False, submitted_at=NOW)
    await begun(store, "asm_early", needs_person=True, submitted_at=NOW + HOUR)
    await begun(store, "asm_held_before_submitting", needs_person=True)

    waiting = await store.waiting("acme")

    assert [row.id for row in waiting] == ["asm_held_before_submitting", "asm_early", "asm_late"]
    assert await store.waiting("other") == ()


@pytest.mark.parametrize("status", list(Status))
async def test_unscored_are_those_submitted_or_being_scored(store: SqlStore, status: Status) -> None:
    row = await begun(store, status=status, submitted_at=NOW)

    expected = {row.id} if status in {Status.SUBMITTED, Status.SCORING} else set()
    assert (await store.unscored()).keys() == expected
    assert (await store.unscored(begun=True)).keys() == expected - (
        {row.id} if status is Status.SUBMITTED else set()
    )


@pytest.mark.parametrize("status", list(Status))
async def test_past_the_invitation_only_what_has_not_begun_is_overdue(
    store: SqlStore, status: Status
) -> None:
    row = await begun(store, status=status, expires_at=PAST, deadline=FUTURE)

    not_begun = {Status.ORDERED, Status.OPENED, Status.IDENTITY}
    assert await store.overdue(NOW) == ((row.id,) if status in not_begun else ())


@pytest.mark.parametrize("status", list(Status))
async def test_past_the_deadline_only_what_is_in_progress_is_overdue(store: SqlStore, status: Status) -> None:
    row = await begun(store, status=status, expires_at=FUTURE, deadline=PAST)

    assert await store.overdue(NOW) == ((row.id,) if status is Status.IN_PROGRESS else ())


@pytest.mark.parametrize(
    "times",
    [
        {"status": Status.ORDERED, "expires_at": NOW},
        {"status": Status.IN_PROGRESS, "expires_at": PAST, "deadline": NOW},
    ],
    ids=["invitation", "deadline"],
)
async def test_time_runs_out_at_its_very_moment(store: SqlStore, times: dict[str, Any]) -> None:
    row = await begun(store, **times)

    assert await store.overdue(NOW - timedelta(microseconds=1)) == ()
    assert await store.overdue(NOW) == (row.id,)


async def test_in_progress_without_a_deadline_is_never_overdue(store: SqlStore) -> None:
    await begun(store, status=Status.IN_PROGRESS, expires_at=PAST, deadline=None)

    assert await store.overdue(NOW) == ()
