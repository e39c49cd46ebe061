"""The schema: what a database is brought to, and how the program knows."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from assessor.adapters.jobs import migrate_jobs
from assessor.adapters.store import SqlStore, migrate
from assessor.adapters.store.engine import create_engine
from assessor.adapters.store.schema import HEAD, alembic_config
from assessor.adapters.store.tables import Row
from assessor.adapters.vault import Vault
from assessor.domain.errors import Conflict
from tests.adapters.store.samples import TENANT
from tests.postgres import Databases

pytestmark = pytest.mark.anyio


def test_the_code_names_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


def test_a_migrated_database_has_exactly_the_declared_tables(empty_address: str) -> None:
    migrate(empty_address)

    engine = create_engine(empty_address)
    with engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Row.metadata
        )
    engine.dispose()

    assert differences == []


async def test_migrating_again_changes_nothing(store: SqlStore, address: str) -> None:
    migrate(address)

    await store.ping()
    assert await store.tenants() == (TENANT,)


def test_the_owner_of_a_database_needs_no_other_right(postgres: Databases) -> None:
    address = postgres.owned()
    url = create_engine(address).url

    migrate(address)
    migrate_jobs(address)

    assert url.username is not None
    assert url.username.startswith("owner_")


def test_processes_that_migrate_at_once_do_it_once(empty_address: str) -> None:
    program = "import sys; from assessor.adapters.store import migrate; migrate(sys.argv[1])"
    command = [sys.executable, "-c", program, empty_address]

    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    ended = [process.communicate(timeout=60) for process in started]

    assert [process.returncode for process in started] == [0, 0, 0], ended


async def test_a_database_that_was_never_migrated_is_refused(empty_address: str, vault: Vault) -> None:
    store = SqlStore(empty_address, vault)

    with pytest.raises(Conflict, match="has schema none"):
        await store.ping()
    await store.close()


async def test_a_database_of_another_version_is_refused(store: SqlStore) -> None:
    await store._execute(text("UPDATE alembic_version SET version_num = '9999'"))  # type: ignore[arg-type]

    with pytest.raises(Conflict, match="has the newer schema 9999"):
        await store.ping()


def test_alembic_is_loaded_by_a_migration_only() -> None:
    program = "import sys, assessor.adapters.store; sys.exit('alembic' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    file = tmp_path / "a folder with 100% in its name" / "below" / "assessor.db"

    migrate(f"sqlite:///{file}")

    assert file.is_file()


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_a_database_that_cannot_keep_a_promise_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"give a path|use sqlite"):
        migrate(address)


def test_an_address_of_postgresql_gets_our_driver() -> None:
    engine = create_engine("postgresql://assessor@localhost/assessor")

    assert engine.url.drivername == "postgresql+psycopg"
