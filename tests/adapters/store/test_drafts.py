"""Work in progress: saved as one works, in one tab or two."""

import asyncio
from typing import Any

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain.errors import NotFound, StaleRevision
from assessor.ports import Draft
from tests.adapters.store.samples import HOUR, NOW, begun

pytestmark = pytest.mark.anyio


async def test_a_draft_that_was_never_saved_is_empty(store: SqlStore) -> None:
    row = await begun(store)

    assert await store.draft(row.id, "task-1") == Draft("task-1", 0)


async def test_a_saved_draft_is_read_as_it_was_saved(store: SqlStore) -> None:
    row = await begun(store)
    await store.save_draft(row.id, "task-1", {"text": "first"}, 0, NOW)

    saved = await store.save_draft(row.id, "task-1", {"text": "Zoë 🙂", "n": [1, None]}, 1, NOW + HOUR)

    assert saved == Draft("task-1", 2, {"text": "Zoë 🙂", "n": [1, None]}, NOW + HOUR)
    assert await store.draft(row.id, "task-1") == saved


async def test_half_a_surrogate_pair_does_not_cost_the_draft(store: SqlStore) -> None:
    row = await begun(store)

    saved = await store.save_draft(row.id, "task-1", {"text": "almost an emoji \ud83d"}, 0, NOW)

    assert await store.draft(row.id, "task-1") == saved


@pytest.mark.parametrize("base_revision", [0, 2, 4])
async def test_a_save_on_another_revision_is_refused_with_what_is_stored(
    store: SqlStore, base_revision: int
) -> None:
    row = await begun(store)
    for revision in range(3):
        await store.save_draft(row.id, "task-1", {"text": f"version {revision + 1}"}, revision, NOW)

    with pytest.raises(StaleRevision) as refused:
        await store.save_draft(row.id, "task-1", {"text": "mine"}, base_revision, NOW)

    assert refused.value.stored_revision == 3
    assert refused.value.stored_payload == {"text": "version 3"}
    assert (await store.draft(row.id, "task-1")).revision == 3


async def test_a_save_of_what_is_stored_already_is_no_conflict_and_no_new_revision(store: SqlStore) -> None:
    row = await begun(store)
    stored = await store.save_draft(row.id, "task-1", {"text": "mine"}, 0, NOW)

    again = await store.save_draft(row.id, "task-1", {"text": "mine"}, 0, NOW)

    assert again == stored
    assert (await store.draft(row.id, "task-1")).revision == 1


async def test_a_save_on_a_revision_that_never_was_is_refused(store: SqlStore) -> None:
    row = await begun(store)

    with pytest.raises(StaleRevision) as refused:
        await store.save_draft(row.id, "task-1", {}, 1, NOW)

    assert (refused.value.stored_revision, refused.value.stored_payload) == (0, {})


async def test_of_two_tabs_that_save_at_once_one_is_told(store: SqlStore) -> None:
    row = await begun(store)
    payloads: list[dict[str, Any]] = [{"tab": number} for number in range(2)]

    results = await asyncio.gather(
        *(store.save_draft(row.id, "task-1", payload, 0, NOW) for payload in payloads), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == ["Draft", "StaleRevision"]


async def test_drafts_are_apart_by_item_and_assessment(store: SqlStore) -> None:
    row, other = await begun(store, "asm_1"), await begun(store, "asm_2")

    await store.save_draft(row.id, "task-1", {"text": "x"}, 0, NOW)

    assert (await store.draft(row.id, "task-2")).revision == 0
    assert (await store.draft(other.id, "task-1")).revision == 0


async def test_a_draft_of_an_unknown_assessment_is_not_found(store: SqlStore) -> None:
    for attempt in (store.draft("asm_none", "task-1"), store.save_draft("asm_none", "task-1", {}, 0, NOW)):
        with pytest.raises(NotFound):
            await attempt
