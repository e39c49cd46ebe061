"""What is on the disk: sealed words, a chain that shows tampering, and nothing after an erasure."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import CANDIDATE, DRAFT, EVENT, IDEMPOTENCY
from assessor.adapters.vault import Vault
from assessor.domain import events as e
from assessor.domain.errors import DocumentRefused, Gone
from assessor.domain.response import SftResponse
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
)

pytestmark = pytest.mark.anyio

WORDS = "A sentence of the candidate about zeugmatic ptarmigans"


async def _five_events(store: SqlStore) -> str:
    row = await begun(store)
    await appended(store, row, [message(f"words {n}", n) for n in range(2, 6)], after=1)
    return row.id


async def _change_one(store: SqlStore, seq: int, **values: Any) -> None:
    await store._execute(update(EVENT).where(EVENT.c.seq == seq).values(**values))


def _bytes_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_no_words_of_a_candidate_are_readable_in_the_files(
    store: SqlStore, stored_in: Callable[[], Path]
) -> None:
    row = projection("asm_1", await store.candidate(TENANT.id, "ref"))
    answered = answer()
    await store.begin(change(row, ordered_by()), answered)
    response = SftResponse(text=WORDS)
    await appended(
        store, row, [message(WORDS), e.ResponseHandedIn(item_id="task-1", response=response)], after=1
    )
    await store.save_draft(row.id, "task-1", {"text": WORDS}, 0, NOW)

    stored = _bytes_below(stored_in())

    assert b"worker-17" in stored, "the files that were searched are not the database's"
    assert b"zeugmatic" not in stored
    assert b"secret-link" not in stored


async def test_an_event_does_not_open_in_another_place(store: SqlStore) -> None:
    assessment_id = await _five_events(store)
    second = await store._first(select(EVENT.c.ciphertext).where(EVENT.c.seq == 2))
    assert second is not None

    await _change_one(store, 3, ciphertext=second.ciphertext)

    with pytest.raises(DocumentRefused, match=f"Event 3 of {assessment_id}"):
        await store.events(assessment_id)


async def test_a_draft_and_an_answer_do_not_open_after_a_change(store: SqlStore) -> None:
    row = projection("asm_1", await store.candidate(TENANT.id, "ref"))
    await store.begin(change(row, ordered_by()), answer())
    await store.save_draft(row.id, "task-1", {"text": "x"}, 0, NOW)

    await store._execute(update(DRAFT).values(revision=2))
    await store._execute(update(IDEMPOTENCY).values(status=200))

    with pytest.raises(DocumentRefused, match="draft of task-1"):
        await store.draft(row.id, "task-1")
    with pytest.raises(DocumentRefused, match="stored answer"):
        await store.answered(TENANT.id, "key-1", livemode=True)


async def test_another_master_key_opens_nothing(store: SqlStore, address: str) -> None:
    assessment_id = await _five_events(store)

    other = SqlStore(address, Vault(bytes(32)))

    with pytest.raises(DocumentRefused, match="data key"):
        await other.events(assessment_id)
    await other.close()


@pytest.mark.parametrize("seq", range(1, 6))
async def test_one_flipped_byte_is_named(store: SqlStore, seq: int) -> None:
    assessment_id = await _five_events(store)
    row = await store._first(select(EVENT.c.ciphertext).where(EVENT.c.seq == seq))
    assert row is not None

    await _change_one(store, seq, ciphertext=row.ciphertext[:-1] + bytes([row.ciphertext[-1] ^ 1]))

    with pytest.raises(DocumentRefused, match=f"Event {seq} of {assessment_id} was changed"):
        await store.verify_chain(assessment_id)


@pytest.mark.parametrize("column", ["type", "hash"])
async def test_a_changed_column_is_named(store: SqlStore, column: str) -> None:
    assessment_id = await _five_events(store)

    await _change_one(store, 4, **{column: "something.else"})

    with pytest.raises(DocumentRefused, match=f"Event 4 of {assessment_id} was changed"):
        await store.verify_chain(assessment_id)


async def test_a_changed_time_is_named(store: SqlStore) -> None:
    assessment_id = await _five_events(store)

    await _change_one(store, 2, at=NOW.replace(microsecond=NOW.microsecond + 1))

    with pytest.raises(DocumentRefused, match=f"Event 2 of {assessment_id} was changed"):
        await store.verify_chain(assessment_id)


@pytest.mark.parametrize("seq", range(1, 6))
async def test_a_missing_event_is_named(store: SqlStore, seq: int) -> None:
    assessment_id = await _five_events(store)

    await store._execute(delete(EVENT).where(EVENT.c.seq == seq))

    with pytest.raises(DocumentRefused, match=f"Event {seq} of {assessment_id} is missing"):
        await store.verify_chain(assessment_id)


async def test_two_swapped_events_are_named(store: SqlStore) -> None:
    assessment_id = await _five_events(store)

    for old, new in ((3, 99), (4, 3), (99, 4)):
        await store._execute(update(EVENT).where(EVENT.c.seq == old).values(seq=new))

    with pytest.raises(DocumentRefused, match=f"Event 3 of {assessment_id} was changed or moved"):
        await store.verify_chain(assessment_id)


async def test_an_event_that_was_slipped_in_at_the_end_is_named(store: SqlStore) -> None:
    assessment_id = await _five_events(store)
    row = await store._first(select(EVENT).where(EVENT.c.seq == 5))
    assert row is not None

    await store._execute(EVENT.insert().values({**row._mapping, "seq": 6}))

    with pytest.raises(DocumentRefused, match=f"Event 6 of {assessment_id}"):
        await store.verify_chain(assessment_id)


async def test_a_destroyed_key_takes_the_words_and_leaves_a_chain_that_verifies(store: SqlStore) -> None:
    assessment_id = await _five_events(store)
    await store.save_draft(assessment_id, "task-1", {"text": "x"}, 0, NOW)
    await store.events(assessment_id)

    await store._execute(update(CANDIDATE).values(wrapped_key=None))

    for attempt in (
        store.events(assessment_id),
        store.draft(assessment_id, "task-1"),
        store.save_draft(assessment_id, "task-1", {}, 1, NOW),
        store.append(change(await store.projection(assessment_id), message(), after=5)),
    ):
        with pytest.raises(Gone, match="was erased"):
            await attempt
    assert await store.verify_chain(assessment_id) == 5


async def test_the_same_words_are_never_stored_alike(store: SqlStore) -> None:
    row = await begun(store)

    await appended(store, row, [message(), message()], after=1)

    rows = await store._all(select(EVENT.c.ciphertext))
    assert len({row.ciphertext[13:] for row in rows}) == 3
