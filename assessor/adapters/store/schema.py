"""The schema's revision: bringing a database to it, and checking that it is there."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, column, func, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

from assessor.adapters.store.engine import create_engine, writing
from assessor.adapters.store.limits import UNHURRIED
from assessor.adapters.store.outages import outages_told
from assessor.domain.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0001"
"""The revision that this code reads and writes; a test holds it equal to Alembic's head.

It is a number, or `NUMBER.OLDEST` where it only added to the schema: then code for revision OLDEST and later
goes on working, so that processes can be replaced one after the other (docs/running.md).
"""

MIGRATIONS: Final = Path(__file__).with_name("migrations")

_MIGRATION_LOCK: Final = 0x736368656D61
"""The number that migrating processes lock; any that no one else locks would do."""

_VERSION: Final = table("alembic_version", column("version_num"))


def migrate(address: str) -> None:
    """Bring the database to the newest schema, in one transaction; make it when there is none.

    A later one that this code can work on stays. Raises Conflict for one that it cannot, StoreUnavailable.
    """
    engine = create_engine(address, limits=UNHURRIED)
    try:
        with outages_told(), writing(engine).begin() as connection:
            _wait_for_others(connection)
            stored = _revision(connection)
            if _is_later(stored):
                check_revision(connection)
            elif stored != HEAD:  # importing Alembic is a tenth of what a start takes
                _upgrade(connection)
    finally:
        engine.dispose()


def _wait_for_others(connection: Connection) -> None:
    """Let one process migrate at a time; whoever comes second finds the work done.

    On SQLite the lock of every writer does that already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))


def alembic_config() -> "Config":
    """Return what Alembic needs to find the migrations; there is no ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _upgrade(connection: Connection) -> None:
    # Alembic takes long to import, and only a migration needs it.
    from alembic import command

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def check_revision(connection: Connection) -> None:
    """Raise Conflict unless this code can work on the schema: its own, or a later one that allows it."""
    stored = _revision(connection)
    is_newer = _is_later(stored)
    if stored == HEAD or (stored and is_newer and _oldest(stored) <= _number(HEAD)):
        return
    raise Conflict(
        f"The database has {'the newer ' if is_newer else ''}schema {stored or 'none'}, and this program "
        f"needs {HEAD}",
        "Run the version of the program that made it, or a newer one."
        if is_newer
        else "Run `assessor migrate` with this version of the program.",
    )


def why_unusable(address: str) -> str:
    """Say why this code cannot work on a database, in words without its address; empty when it can."""
    if address.startswith("sqlite:///") and not Path(address.removeprefix("sqlite:///")).exists():
        return "is not there yet"  # and looking would make it
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            check_revision(connection)
    except SQLAlchemyError as fault:
        return f"cannot be reached ({type(fault).__name__})"
    except Conflict as other:
        return str(other)
    finally:
        engine.dispose()
    return ""


def has_own_schema(connection: Connection) -> bool:
    """Whether the schema is exactly this code's: it knows every column then."""
    return _revision(connection) == HEAD


def _is_later(stored: str | None) -> bool:
    return stored is not None and _number(stored) > _number(HEAD)


def _number(revision: str) -> str:
    return revision.partition(".")[0]


def _oldest(revision: str) -> str:
    """Return the revision from which on code can work on this one."""
    return revision.rpartition(".")[2]


def is_migrated(connection: Connection) -> bool:
    """Whether our tables are there, of any version."""
    return _revision(connection) is not None


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(select(_VERSION.c.version_num)).scalar()
