"""The cost ledger in the database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import AutoString

from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import MODEL_CALL
from assessor.ports import ModelCall, Usage, UsageOf, UsageSum
from tests.adapters.store.samples import NOW, TENANT, begun

pytestmark = pytest.mark.anyio

PAID = ModelCall(
    at=NOW,
    assessment_id=None,
    tenant=TENANT.id,
    purpose="turn",
    model="openai/m",
    outcome="ok",
    prompt_tokens=100,
    cached_tokens=60,
    completion_tokens=10,
    cost=250,
    latency_ms=700,
    attempt=1,
)
FAILED = replace(
    PAID, outcome="timeout", prompt_tokens=None, cached_tokens=None, completion_tokens=None, cost=None
)


async def test_calls_add_up_and_what_is_not_known_is_counted_apart(store: SqlStore) -> None:
    for call in (PAID, FAILED, PAID):
        await store.record(call)

    assert await store.usage() == (
        Usage(
            model="openai/m",
            purpose="turn",
            assessment_id=None,
            calls=3,
            failed=1,
            prompt_tokens=200,
            cached_tokens=120,
            completion_tokens=20,
            cost=500,
            unpriced=1,
        ),
    )


async def test_models_and_purposes_are_kept_apart(store: SqlStore) -> None:
    await store.record(PAID)
    await store.record(replace(PAID, purpose="judge"))
    await store.record(replace(PAID, model="anthropic/m"))

    assert [(usage.model, usage.purpose) for usage in await store.usage()] == [
        ("anthropic/m", "turn"),
        ("openai/m", "judge"),
        ("openai/m", "turn"),
    ]


async def test_an_empty_ledger_adds_up_to_nothing(store: SqlStore) -> None:
    assert await store.usage() == ()


def test_the_ledger_has_no_column_for_text() -> None:
    words = {column.name for column in MODEL_CALL.columns if isinstance(column.type, AutoString)}

    assert words == {"assessment_id", "tenant_id", "purpose", "model", "outcome"}


@pytest.mark.parametrize(
    ("by_month", "periods"), [(False, ["2026-03-01", "2026-03-02"]), (True, ["2026-03"])]
)
async def test_a_tenants_usage_adds_up_by_day_or_month_of_its_own_mode(
    store: SqlStore, *, by_month: bool, periods: list[str]
) -> None:
    mine = (await begun(store)).id
    live = (await begun(store, "asm_live", livemode=True)).id
    midnight = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    for call in (
        replace(PAID, assessment_id=mine),
        replace(FAILED, assessment_id=mine, at=midnight + timedelta(days=1)),
        replace(PAID, assessment_id=mine, at=midnight - timedelta(seconds=1)),
        replace(PAID, assessment_id=mine, at=midnight + timedelta(days=2)),
        replace(PAID, assessment_id=live),
        PAID,
    ):
        await store.record(call)
    days = (NOW.date(), NOW.date() + timedelta(days=1))

    found = await store.usage_of(
        UsageOf(TENANT.id, livemode=False, since=days[0], until=days[1], by_month=by_month)
    )

    assert [one.period for one in found] == periods
    assert sum(one.calls for one in found) == 2
    assert sum(one.cost for one in found) == 250
    assert sum(one.unpriced for one in found) == 1
    if by_month:
        assert found == (UsageSum("2026-03", "turn", 2, 1, 100, 60, 10, 250, 1),)
    other = UsageOf("other", livemode=False, since=days[0], until=days[1], by_month=by_month)
    assert await store.usage_of(other) == ()
