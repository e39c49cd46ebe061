"""PostgreSQL ends a deadlock by rolling one transaction back: what it was to do is done all the same."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, update

from assessor.adapters.store import SqlStore
from assessor.adapters.store.engine import Database
from assessor.adapters.store.tables import TENANT as TENANTS
from assessor.domain.policy import Policy
from assessor.ports import Tenant
from tests.adapters.store.samples import NOW

pytestmark = pytest.mark.anyio

FIRST, SECOND = Tenant("first", "First", Policy()), Tenant("second", "Second", Policy())


@pytest.fixture(params=["postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """SQLite has one writer at a time: nobody there waits for anybody who waits."""
    return str(request.param)


def renaming(
    tenants: tuple[str, str], name: str, both_began: threading.Barrier
) -> Callable[[Connection], int]:
    """Change two rows one after the other; the first time, the other has the second row by then."""
    attempts = 0

    def work(connection: Connection) -> int:
        nonlocal attempts
        attempts += 1
        for tenant in tenants:
            connection.execute(update(TENANTS).where(TENANTS.c.id == tenant).values(name=name))
            if attempts == 1 and tenant == tenants[0]:
                both_began.wait(10)
        return attempts

    return work


async def test_two_writers_who_wait_for_each_other_both_get_their_turn(store: SqlStore, address: str) -> None:
    for tenant in (FIRST, SECOND):
        await store.add_tenant(tenant, NOW)
    database, both_began = Database(address), threading.Barrier(2)

    attempts = await asyncio.gather(
        database.write(renaming(("first", "second"), "forth", both_began)),
        database.write(renaming(("second", "first"), "back", both_began)),
    )
    await database.close()

    winner, loser = sorted(attempts)
    assert winner == 1 < loser  # on a busy machine they may meet a second time
    assert (await store.tenant("first")).name == (await store.tenant("second")).name
