"""Lookups read by the driver what SQLAlchemy would read, and go the long way when the short one fails."""

import asyncio
import sqlite3
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import Table, bindparam, select, text

from assessor.adapters.store import SqlStore
from assessor.adapters.store.engine import Database, create_engine
from assessor.adapters.store.lookup import Lookup
from assessor.adapters.store.tables import API_KEY, ASSESSMENT, SESSION, TENANT
from assessor.adapters.vault import Vault
from assessor.domain.errors import NotFound
from assessor.ports import ApiKey, Session
from tests.adapters.store.samples import NOW, begun
from tests.adapters.store.samples import TENANT as PLATFORM

pytestmark = pytest.mark.anyio

KEY = ApiKey("ak_1", PLATFORM.id, ("verdicts:read",), livemode=False)


@pytest.mark.parametrize("table", [TENANT, API_KEY, SESSION, ASSESSMENT], ids=lambda table: table.name)
async def test_a_lookup_reads_every_type_as_sqlalchemy_does(
    store: SqlStore, address: str, table: Table
) -> None:
    await store.add_key(KEY, "hash", NOW)
    await store.open_session(Session("hash", "reviewer", "rev_1", NOW))
    await begun(store)
    query = select(table)
    database = Database(address)

    found = await database.look_up(Lookup(query), {})
    row = await database.read(lambda connection: connection.execute(query).one())
    await database.close()

    assert found == tuple(row)
    assert found._asdict() == row._asdict()
    assert [type(value) for value in found] == [type(value) for value in row]


async def test_a_parameter_is_turned_into_what_the_column_holds(store: SqlStore, address: str) -> None:
    await store.open_session(Session("hash", "reviewer", "rev_1", NOW))
    lookup = Lookup(select(SESSION.c.subject).where(SESSION.c.expires_at == bindparam("at")))
    database = Database(address)

    at_that_moment = await database.look_up(lookup, {"at": NOW})
    at_another = await database.look_up(lookup, {"at": datetime(2020, 1, 1, tzinfo=UTC)})
    await database.close()

    assert (at_that_moment.subject, at_another) == ("rev_1", None)


async def test_what_was_committed_is_seen_by_the_next_lookup(store: SqlStore) -> None:
    await store.add_key(KEY, "hash", NOW)
    row = await begun(store)

    before = await store.asked_verdict(KEY.id, row.id)
    await store.revoke_key(KEY.id, NOW)

    assert (before.key, before.status, before.verdict) == (KEY, row.status, None)
    with pytest.raises(NotFound):
        await store.key(KEY.id)


async def test_lookups_work_from_several_event_loops_at_once(store: SqlStore) -> None:
    found: list[str] = []

    def ask() -> None:
        found.extend(asyncio.run(_names(store)))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)

    assert found == [PLATFORM.name] * 80


async def _names(store: SqlStore) -> list[str]:
    return [(await store.tenant(PLATFORM.id)).name for _ in range(20)]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_a_locked_file_is_waited_for_without_holding_up_the_event_loop(
    address: str, vault: Vault
) -> None:
    store = SqlStore(address, vault)
    holder = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")  # as while a log is recovered: no reader gets in
    holder.execute("BEGIN EXCLUSIVE")

    asked = asyncio.create_task(store.tenant(PLATFORM.id))
    await asyncio.sleep(0.1)
    waited = not asked.done()
    holder.close()

    assert waited
    with pytest.raises(NotFound):
        await asked
    await store.close()


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_a_connection_that_the_server_closed_is_replaced_without_anybody_noticing(
    store: SqlStore, address: str
) -> None:
    await store.tenant(PLATFORM.id)
    engine = create_engine(address)
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with engine.begin() as connection:
        ended = connection.execute(others).all()
    engine.dispose()

    answers = [await store.tenant(PLATFORM.id) for _ in range(8)]

    assert ended
    assert answers == [PLATFORM] * 8
