"""The cost ledger in the database."""

from dataclasses import replace

import pytest
from sqlmodel import AutoString

from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import MODEL_CALL
from assessor.ports import ModelCall, Usage
from tests.adapters.store.samples import NOW, TENANT

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
