"""Replacing the master key: everything stays readable, and the former key opens nothing any more."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import CANDIDATE
from assessor.adapters.vault import Vault
from assessor.domain.errors import DocumentRefused, Erased
from assessor.ports import Destroyed
from assessor.services import rewrapping
from assessor.services.rewrapping import Rewrapped, rewrap
from tests.adapters.store.conftest import MASTER_KEY
from tests.adapters.store.samples import NOW, TENANT, answer, begun, change, ordered_by, projection

pytestmark = pytest.mark.anyio

NEW_KEY = bytes(reversed(MASTER_KEY))
PEOPLE = 7


@pytest.fixture
async def both(address: str) -> AsyncIterator[SqlStore]:
    """A store that wraps with a new master key and opens with the former one, too."""
    store = SqlStore(address, Vault(NEW_KEY, MASTER_KEY))
    yield store
    await store.close()


@pytest.fixture
async def new(address: str) -> AsyncIterator[SqlStore]:
    store = SqlStore(address, Vault(NEW_KEY))
    yield store
    await store.close()


async def rotated(store: SqlStore) -> Rewrapped:
    vault = store._vault
    return await rewrap(store, vault.newest, vault.others, lambda _done, _total: None)


async def people(store: SqlStore) -> list[str]:
    """Several candidates with one assessment each, one of them erased."""
    for number in range(PEOPLE):
        owner = await store.candidate(TENANT.id, f"ref-{number}")
        await store.begin(change(projection(f"asm_{number}", owner), ordered_by(candidate_id=owner)))
    await store.erase(await store.candidate(TENANT.id, "ref-0"), Destroyed(NOW, "candidate"))
    return [f"asm_{number}" for number in range(1, PEOPLE)]


async def test_what_was_sealed_before_stays_readable_and_the_former_key_opens_nothing(
    store: SqlStore, both: SqlStore, new: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 3)
    written = {name: await store.events(name) for name in await people(store)}
    link_key = await store.derived_key("links")
    await store.begin(
        change(projection("asm_a", await store.candidate(TENANT.id, "a")), ordered_by()), answer()
    )

    done = await rotated(both)

    assert done.done == PEOPLE + 1  # six people and the one just ordered, and the installation
    assert dict(done.wraps) == {done.newest: PEOPLE + 1}
    assert {name: await new.events(name) for name in written} == written
    assert await new.derived_key("links") == link_key
    assert await new.answered(TENANT.id, "key-1", livemode=True) == answer()
    with pytest.raises(Erased):
        await new.events("asm_0")
    for name in written:
        with pytest.raises(DocumentRefused, match="which is not set"):
            await store.events(name)


async def test_a_new_key_takes_new_wraps_at_once(store: SqlStore, both: SqlStore) -> None:
    await begun(store)

    await both.candidate(TENANT.id, "new")

    counts = await both.wraps()
    assert counts[both._vault.newest] == 1
    assert sum(counts[name] for name in both._vault.others) == 2


async def test_a_run_that_was_cut_off_goes_on(
    store: SqlStore, both: SqlStore, new: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    names = await people(store)

    def cut_off(done: int, _total: int) -> None:
        if done > 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rewrap(both, both._vault.newest, both._vault.others, cut_off)
    halfway = await both.wraps()
    readable = [await both.events(name) for name in names]
    done = await rotated(both)
    again = await rotated(both)

    assert len(halfway) == 2
    assert len(readable) == len(names)
    assert (done.left, again.done) == ({}, 0)
    assert all([await new.events(name) for name in names])


async def test_what_no_known_key_opens_is_left_and_told(store: SqlStore, both: SqlStore) -> None:
    owner = await store.candidate(TENANT.id, "stranger")
    strange = Vault(b"another master key, 32 bytes lon")
    await store._execute(
        update(CANDIDATE).where(CANDIDATE.c.id == owner).values(wrapped_key=strange.new_key(owner))
    )

    done = await rotated(both)

    assert dict(done.left) == {strange.newest: 1}


async def test_a_key_that_is_destroyed_meanwhile_stays_destroyed(store: SqlStore, both: SqlStore) -> None:
    names = await people(store)
    owner = await store.candidate(TENANT.id, "ref-3")

    await asyncio.gather(rotated(both), store.erase(owner, Destroyed(NOW, "candidate")), rotated(both))

    row = await store._first(select(CANDIDATE.c.wrapped_key).where(CANDIDATE.c.id == owner))
    assert row is not None
    assert row.wrapped_key is None
    assert len(names) == PEOPLE - 1


async def test_stores_that_begin_at_once_share_one_key(address: str) -> None:
    stores = [SqlStore(address, Vault(MASTER_KEY)) for _ in range(4)]

    keys = await asyncio.gather(*(store.derived_key("links") for store in stores))

    assert len(set(keys)) == 1
    for store in stores:
        await store.close()
