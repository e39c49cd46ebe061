"""A schema that only grew: processes of the version before go on while others are replaced."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from assessor.adapters.store import SqlStore, migrate
from assessor.adapters.store.transfer import transferring
from assessor.adapters.vault import Vault
from assessor.domain.assessment import Status
from assessor.domain.errors import Conflict
from tests.services import plays
from tests.world import world

pytestmark = pytest.mark.anyio

GROWN = (
    "ALTER TABLE assessment ADD COLUMN later TEXT",
    "ALTER TABLE event ADD COLUMN later INTEGER DEFAULT 7",
    "CREATE TABLE later (id TEXT PRIMARY KEY)",
    "CREATE INDEX ix_verdict_later ON verdict (status, issued_at)",
)


def changed(address: str, *statements: str) -> None:
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return
    with psycopg.connect(address) as server:
        for statement in statements:
            server.execute(statement.encode())


def becomes(revision: str) -> str:
    return f"UPDATE alembic_version SET version_num = '{revision}'"  # noqa: S608 - written below


@pytest.fixture
def grown(address: str) -> str:
    """A database one revision ahead, which only added to it."""
    changed(address, *GROWN, becomes("0002.0001"))
    return address


async def test_an_assessment_goes_from_its_order_to_its_decision_on_a_schema_that_grew(
    grown: str, tmp_path: Path
) -> None:
    async with world(tmp_path, grown) as there:
        assessment = await plays.submitted(there)
        await plays.reviewed(there, assessment, await plays.reviewer(there))

        decided = await there.log.load(assessment.id)
        events = await there.store.verify_chain(assessment.id)

    assert decided.status is Status.DECIDED
    assert events == decided.seq


async def test_starting_leaves_a_later_schema_as_it_is(grown: str) -> None:
    migrate(grown)

    store = SqlStore(grown, Vault(bytes(32)))
    await store.ping()
    await store.close()


@pytest.mark.parametrize("revision", ["0002", "0003.0002"])
async def test_a_schema_that_took_something_away_is_refused(address: str, revision: str) -> None:
    changed(address, becomes(revision))
    store = SqlStore(address, Vault(bytes(32)))

    with pytest.raises(Conflict, match=f"has the newer schema {revision}"):
        await store.ping()
    with pytest.raises(Conflict, match=f"has the newer schema {revision}"):
        migrate(address)
    await store.close()


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_later_schema_is_not_moved_by_a_program_that_does_not_know_its_columns(grown: str) -> None:
    with (
        pytest.raises(Conflict, match="a later schema than this program"),
        transferring(grown, "postgresql://nobody@127.0.0.1:1/nothing"),
    ):
        pass
