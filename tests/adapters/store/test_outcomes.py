"""Outcomes in the database: once each, all or none, and the answer with them."""

import asyncio
from typing import Any

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain.errors import Conflict, NotFound
from assessor.domain.outcome import Outcome
from assessor.ports import Contradicted
from tests.adapters.store.samples import HOUR, NOW, TENANT, answer, appended, begun, verdict

pytestmark = pytest.mark.anyio


def outcome(number: int = 1, **changed: Any) -> Outcome:
    terms: dict[str, Any] = {
        "id": f"out_{number}",
        "assessment_id": "asm_1",
        "metric": "accepted",
        "value": 0.5,
        "observed_at": NOW - number * HOUR,
        "recorded_at": NOW,
    }
    return Outcome(**(terms | changed))


async def test_what_is_there_already_comes_back_in_its_place(store: SqlStore) -> None:
    await begun(store)
    old, new = outcome(1), outcome(2)
    await store.add_outcomes(TENANT.id, [old])

    kept = await store.add_outcomes(TENANT.id, [new, outcome(1, id="out_9"), outcome(2, id="out_8")])

    assert kept == (new, old, new)
    assert set(await store.outcomes(TENANT.id, livemode=False)) == {old, new}


async def test_contradictions_are_named_by_place_and_nothing_is_written(store: SqlStore) -> None:
    await begun(store)
    await store.add_outcomes(TENANT.id, [outcome(1)])

    with pytest.raises(Contradicted) as refused:
        await store.add_outcomes(
            TENANT.id, [outcome(2), outcome(1, value=0.6), outcome(2, id="out_3", value=0.7)]
        )

    assert list(refused.value.places) == [1, 2]
    assert await store.outcomes(TENANT.id, livemode=False) == (outcome(1),)


async def test_a_key_that_was_used_meanwhile_undoes_the_whole(store: SqlStore) -> None:
    await begun(store)
    await store.add_outcomes(TENANT.id, [outcome(1)], lambda _kept: answer())

    with pytest.raises(Conflict):
        await store.add_outcomes(TENANT.id, [outcome(2)], lambda _kept: answer())

    assert await store.outcomes(TENANT.id, livemode=False) == (outcome(1),)


async def test_two_at_once_record_an_observation_once(store: SqlStore) -> None:
    await begun(store)

    ends = await asyncio.gather(
        *(store.add_outcomes(TENANT.id, [outcome(1, id=f"out_{n}")]) for n in range(6)),
        return_exceptions=True,
    )

    assert all(isinstance(end, tuple | Conflict) for end in ends)
    assert len(await store.outcomes(TENANT.id, livemode=False)) == 1


async def test_more_assessments_than_a_query_may_name_are_found(store: SqlStore) -> None:
    await begun(store)
    many = [f"asm_{number}" for number in range(1, 40_000)]

    found = await store.assessments_named(TENANT.id, many, livemode=False)

    assert [row.id for row in found] == ["asm_1"]


async def test_going_on_behind_an_unknown_one_is_refused(store: SqlStore) -> None:
    await begun(store)
    await store.add_outcomes(TENANT.id, [outcome(1)])

    for tenant, livemode, after in (
        (TENANT.id, False, "out_9"), (TENANT.id, True, "out_1"), ("other", False, "out_1"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await store.outcomes(tenant, livemode=livemode, after=after)


async def test_attempts_carry_the_verdict_that_holds_and_those_before(store: SqlStore) -> None:
    row = await begun(store)
    await begun(store, "asm_2", livemode=True)
    await appended(store, row, [verdict("vrd_1"), verdict("vrd_2", supersedes="vrd_1")], after=1)

    (attempt,) = await store.attempts(TENANT.id, livemode=False)

    assert attempt.row.id == row.id
    assert attempt.live is not None
    assert b'"id":"vrd_2"' in attempt.live
    assert [b'"id":"vrd_1"' in one for one in attempt.earlier] == [True]
    assert await store.attempts("other", livemode=False) == ()
