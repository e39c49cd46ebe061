"""The schema's revision: bringing a database to it, and checking that it is there."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, column, inspect, select, table

from assessor.adapters.store.engine import create_engine, writing
from assessor.domain.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0001"
"""The revision that this code reads and writes; a test holds it equal to Alembic's head."""

MIGRATIONS: Final = Path(__file__).with_name("migrations")

_VERSION: Final = table("alembic_version", column("version_num"))


def migrate(address: str) -> None:
    """Bring the database to the newest schema, in one transaction; make it when there is none."""
    engine = create_engine(address)
    try:
        with writing(engine).begin() as connection:
            _upgrade(connection)
    finally:
        engine.dispose()


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
    """Raise Conflict unless the schema is the one that this code was written for."""
    stored = None
    if inspect(connection).has_table(_VERSION.name):
        stored = connection.execute(select(_VERSION.c.version_num)).scalar()
    if stored != HEAD:
        raise Conflict(
            f"The database has schema {stored or 'none'}, and this program needs {HEAD}",
            "Run `assessor migrate` with this version of the program.",
        )
