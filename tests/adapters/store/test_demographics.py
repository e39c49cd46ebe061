"""Declarations on the disk: sealed, and gone with the key."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import CANDIDATE, DEMOGRAPHICS
from assessor.domain.demographics import Declaration, Race, Sex
from assessor.domain.errors import DocumentRefused, Gone, NotFound
from tests.adapters.store.samples import HOUR, NOW, TENANT, begun

pytestmark = pytest.mark.anyio

SAID = Declaration(sex=Sex.FEMALE, race=Race.PACIFIC)


async def test_a_declaration_comes_back_and_takes_the_place_of_the_one_before(store: SqlStore) -> None:
    row = await begun(store)

    await store.declare(row.id, Declaration(sex=Sex.MALE), NOW)
    await store.declare(row.id, SAID, NOW + HOUR)

    declared = await store.declared(row.id)
    assert declared is not None
    assert (declared.declaration, declared.at) == (SAID, NOW + HOUR)
    assert await store.declarations(TENANT.id, livemode=row.livemode) == {row.candidate_id: SAID}
    assert await store.declarations(TENANT.id, livemode=not row.livemode) == {}
    assert await store.declarations("other", livemode=row.livemode) == {}


async def test_nothing_of_it_can_be_read_in_the_files(store: SqlStore, stored_in: Callable[[], Path]) -> None:
    row = await begun(store)

    await store.declare(row.id, SAID, NOW)

    files = b"".join(path.read_bytes() for path in stored_in().rglob("*") if path.is_file())
    assert b"worker-17" in files, "the files that were searched are not the database's"
    assert b"pacific_islander" not in files


async def test_a_declaration_does_not_open_for_another_person(store: SqlStore) -> None:
    one, other = await begun(store, "asm_1"), await begun(store, "asm_2")
    await store.declare(one.id, SAID, NOW)
    await store.declare(other.id, SAID, NOW)
    taken = await store._first(
        select(DEMOGRAPHICS.c.ciphertext).where(DEMOGRAPHICS.c.candidate_id == one.candidate_id)
    )
    assert taken is not None

    await store._execute(
        update(DEMOGRAPHICS)
        .where(DEMOGRAPHICS.c.candidate_id == other.candidate_id)
        .values(ciphertext=taken.ciphertext)
    )

    with pytest.raises(DocumentRefused, match=f"What {other.candidate_id} declared"):
        await store.declared(other.id)


async def test_who_is_erased_takes_their_declaration_along(store: SqlStore) -> None:
    row = await begun(store)
    await store.declare(row.id, SAID, NOW)

    await store._execute(update(CANDIDATE).values(wrapped_key=None))

    assert await store.declarations(TENANT.id, livemode=row.livemode) == {}
    with pytest.raises(Gone):
        await store.declared(row.id)


async def test_deleting_leaves_no_row_and_may_be_done_twice(store: SqlStore) -> None:
    row = await begun(store)
    await store.declare(row.id, SAID, NOW)

    await store.forget_declaration(row.id)
    await store.forget_declaration(row.id)

    assert await store._all(select(DEMOGRAPHICS)) == []
    assert await store.declared(row.id) is None


async def test_an_unknown_assessment_is_told(store: SqlStore) -> None:
    with pytest.raises(NotFound):
        await store.declare("asm_9", SAID, NOW)
