"""Reads that may be seconds old: by a real streaming replica, by the primary where that one will not do."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import LargeBinary, event

from assessor.adapters.store import Replica, ServerLimits, SqlStore
from assessor.adapters.store.replica import ReplicatedDatabase, examine_replica
from assessor.adapters.store.tables.row import Row
from assessor.adapters.vault import Vault
from assessor.domain.errors import Conflict, Erased
from assessor.ports import Destroyed, Page, QualityWindow, Sample, UsageOf, VerdictFilter
from tests.adapters.store.samples import NOW, TENANT, appended, begun, change, message, verdict
from tests.faulty_wire import Wire, wired_database
from tests.patience import PATIENCE_SECONDS
from tests.postgres import Databases, Follower

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("kind", ["postgresql"], indirect=True)]

LONG = 300.0
QUICK = ServerLimits(connections=4, statement_seconds=0.5)
WINDOW = QualityWindow(TENANT.id, "test", NOW)
LIST = Page(TENANT.id, livemode=False, limit=10)
VERDICTS = VerdictFilter(TENANT.id, livemode=False)
STALE: dict[str, Callable[[SqlStore], Awaitable[Any]]] = {
    "assessments": lambda store: store.page(LIST),
    "verdicts": lambda store: store.listed_verdicts(VERDICTS, None, 10),
    "decisions": lambda store: store.decisions(VERDICTS, None, 10),
    "attempts": lambda store: store.attempts(TENANT.id, livemode=False),
    "backlog": lambda store: store.backlog(NOW),
    "passages": lambda store: store.passages(WINDOW),
    "looked twice": lambda store: store.looked_twice(WINDOW),
    "spent": lambda store: store.spent(WINDOW),
    "whether anything was ordered": lambda store: store.is_empty(WINDOW),
    "usage": lambda store: store.usage(),
    "usage by day": lambda store: store.usage_of(
        UsageOf(TENANT.id, livemode=False, since=NOW.date(), until=NOW.date(), by_month=False)
    ),
    "forms": lambda store: store.forms("python", Sample(livemode=False)),
    "exposures": lambda store: store.exposures("python", Sample(livemode=False)),
}


@asynccontextmanager
async def opened(
    address: str, replica: str, *, lag: float = LONG, limits: ServerLimits = QUICK
) -> AsyncIterator[SqlStore]:
    """A store with one tenant, whose replica was asked already."""
    store = SqlStore(address, Vault(bytes(32)), limits=limits, replica=Replica(replica, lag))
    try:
        with suppress(Conflict):  # it was opened before
            await store.add_tenant(TENANT, NOW)
        await until(lambda: problem(store) != "was not asked yet")
        yield store
    finally:
        await store.close()


def problem(store: SqlStore) -> str:
    assert store.replica is not None
    return store.replica.problem


async def until(holds: Callable[[], bool]) -> None:
    async def told() -> bool:
        return holds()

    await until_told(told)


async def until_told(ask: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if await ask():
                return
            await asyncio.sleep(0.02)


async def shown(store: SqlStore, assessment_id: str) -> None:
    """Wait until lists have it, whoever answers them."""

    async def told() -> bool:
        return await listed(store) == [assessment_id]

    await until_told(told)


async def listed(store: SqlStore) -> list[str]:
    return [row.id for row in await store.page(LIST)]


async def test_lists_are_read_from_the_replica_and_what_must_be_true_now_is_not(
    address: str, follower: Follower
) -> None:
    async with opened(address, follower.address(address)) as store:
        await until(lambda: not problem(store))
        with follower.held_up():
            row = await begun(store)

            seen, by_id, queue = (
                await listed(store),
                await store.projection(row.id),
                await store.events(row.id),
            )
        await shown(store, row.id)

    assert (seen, by_id) == ([], row)
    assert len(queue) == 1


async def test_a_replica_that_falls_behind_is_left_out_and_read_again_when_it_has_come_up(
    address: str, follower: Follower
) -> None:
    async with opened(address, follower.address(address), lag=2) as store:
        await until(lambda: not problem(store))
        with follower.held_up():
            row = await begun(store)
            await until(lambda: bool(problem(store)))

            seen, why = await listed(store), problem(store)
        await until(lambda: not problem(store))

    assert seen == [row.id]
    assert why == "is behind by more than 2 s"


async def test_a_replica_whose_connections_are_reset_costs_nobody_an_error(
    address: str, follower: Follower
) -> None:
    with wired_database(follower.address(address)) as (wire, near):
        async with opened(address, near) as store:
            row = await begun(store)
            await shown(store, row.id)

            wire.drop_in_answer()
            seen = [await listed(store) for _ in range(3)]
            await until(lambda: "cannot be reached" in problem(store))
            wire.mend()
            await until(lambda: not problem(store))

    assert seen == [[row.id]] * 3


@pytest.mark.deep
@pytest.mark.parametrize("fault", [Wire.stall, Wire.half_open], ids=lambda fault: fault.__name__)
async def test_nobody_waits_for_a_replica_that_takes_everything_and_says_nothing(
    address: str, follower: Follower, fault: Callable[[Wire], None]
) -> None:
    with wired_database(follower.address(address)) as (wire, near):
        async with opened(address, near, limits=ServerLimits(connections=4)) as store:
            row = await begun(store)
            await shown(store, row.id)

            fault(wire)
            async with asyncio.timeout(20):  # a statement may take thirty seconds
                seen = await asyncio.gather(*(listed(store) for _ in range(20)))
            wire.mend()
            await until(lambda: not problem(store))

    assert seen == [[row.id]] * 20


async def test_what_is_no_replica_of_this_database_is_never_read(
    address: str, follower: Follower, postgres: Databases
) -> None:
    with postgres.lent(postgres.migrated()) as other:
        for wrong in (address, follower.address(other), other):
            async with opened(address, wrong) as store:
                why = problem(store)
            assert why == "is no streaming replica of the database", wrong


async def test_a_replica_that_cannot_be_reached_is_left_out(address: str) -> None:
    nowhere = Replica("postgresql://assessor:9w8e7r@127.0.0.1:1/assessor", LONG)
    async with opened(address, nowhere.address) as store:
        row = await begun(store)
        seen = await listed(store)
        why = problem(store)
        examined = await asyncio.to_thread(examine_replica, address, nowhere)

    assert seen == [row.id]
    assert why == examined.problem == "cannot be reached (OperationalError)"
    assert "9w8e7r" not in repr(nowhere)


async def test_looking_once_tells_how_far_a_replica_is_behind(address: str, follower: Follower) -> None:
    copy = Replica(follower.address(address), 2)
    async with opened(address, copy.address) as store:
        sound = await asyncio.to_thread(examine_replica, address, copy)
        with follower.held_up():
            await begun(store)
            held_up = await asyncio.to_thread(examine_replica, address, copy)

    assert not sound.problem
    assert sound.lag_seconds < PATIENCE_SECONDS
    assert held_up.problem == "is behind by more than 2 s"


@pytest.mark.usefixtures("kind")
async def test_a_role_that_only_owns_the_database_may_ask_how_far_the_replica_is(
    follower: Follower, postgres: Databases
) -> None:
    from assessor.adapters.store import migrate

    with postgres.lent(postgres.owned()) as address:
        role = address.partition("//")[2].partition(":")[0]
        await asyncio.to_thread(migrate, address)
        copy = follower.address(address).replace("//postgres:", f"//{role}:")
        async with opened(address, copy) as store:
            await until(lambda: not problem(store))


async def test_what_was_erased_is_not_brought_back_by_a_replica_that_has_it_still(
    address: str, follower: Follower
) -> None:
    async with opened(address, follower.address(address)) as store:
        row = await begun(store)
        await appended(store, row, [message("I was born in Trier.")], 1)
        await until(lambda: not problem(store))
        with follower.held_up():
            await store.erase(row.candidate_id, Destroyed(NOW, "candidate"))

            with pytest.raises(Erased):
                await store.events(row.id)
            with pytest.raises(Erased):
                await store.sealed_events(row.id)
            told = repr([await read(store) for read in STALE.values()])

    assert "Trier" not in told


async def test_no_read_of_the_replica_touches_a_key_or_anything_sealed(
    address: str, follower: Follower
) -> None:
    sealed = {
        f"{table.name}.{column.name}"
        for table in Row.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and (table.name, column.name) != ("verdict", "document")
    }
    async with opened(address, follower.address(address)) as store:
        row = await begun(store, livemode=False)
        await store.append(change(replace(row), verdict("ver_1"), after=1))
        await until(lambda: not problem(store))
        for name, read in STALE.items():
            asked = statements(store)
            await read(store)
            assert asked, f"{name} was not read from the replica"
            touched = {one for said in asked for one in re.findall(r"\w+\.\w+", said)}
            assert not touched & sealed, name

    assert {"candidate.wrapped_key", "event.ciphertext"} <= sealed


def statements(store: SqlStore) -> list[str]:
    """What reads of lists are answered with on the replica from now on."""
    database = store._database
    assert isinstance(database, ReplicatedDatabase)
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(database._replica.engine, "before_cursor_execute", hear)
    return said
