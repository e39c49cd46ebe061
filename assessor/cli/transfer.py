"""`migrate-store`: from the embedded database to PostgreSQL."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, counting, print_json, settings
from assessor.domain.errors import invalid
from assessor.settings import Settings

if TYPE_CHECKING:
    from assessor.services.chain_checking import ChainsChecked

From = Annotated[
    str, typer.Option("--from", help="SQLite database: sqlite:///PATH, or `sqlite` for the embedded one.")
]
To = Annotated[
    str, typer.Option("--to", help="PostgreSQL database: its URL, or `postgres` for ASSESSOR_DATABASE_URL.")
]


@app.command("migrate-store")
def migrate_store(source: From = "sqlite", target: To = "postgres", as_json: Json = False) -> None:
    """Move everything from SQLite to PostgreSQL, and check it there. Stop the service first.

    The source stays as it is. Doing it twice is doing it once. Exit status 1 when a chain or a verdict does
    not hold.
    """
    from assessor.adapters.store.transfer import transferring

    chosen = settings()
    here, there = _source(source, chosen), _target(target, chosen)
    with transferring(here, there) as transfer:
        with counting("Copying", quiet=as_json) as moved:
            copied = transfer.copy(moved)
        with counting("Comparing", quiet=as_json) as moved:
            tables = transfer.compare(moved)
    found = asyncio.run(
        _checked(
            chosen.model_copy(update={"database_url": there, "database_replica_url": None}), quiet=as_json
        )
    )
    if as_json:
        checked = {**vars(found), "faults": [vars(one) for one in found.faults]}
        print_json({"copied": copied, "tables": tables, "checked": checked})
    else:
        _print(copied, tables, found, is_set=chosen.database_url == there)
    if found.faults:
        raise typer.Exit(1)


async def _checked(there: Settings, *, quiet: bool) -> "ChainsChecked":
    from assessor.bootstrap import checking_chains

    async with checking_chains(there) as service:
        with counting("Checking", quiet=quiet) as moved:
            return await service.check_all(moved)


def _source(given: str, chosen: Settings) -> str:
    if given == "sqlite":
        return chosen.embedded_database_url
    if not given.startswith("sqlite:///"):
        raise invalid("--from", "is no SQLite database", "Give sqlite:///PATH, or `sqlite`.")
    return given


def _target(given: str, chosen: Settings) -> str:
    named = given in {"postgres", "postgresql"}
    address = chosen.database_url if named else given
    if not address.startswith("postgresql://"):
        what = "stands for ASSESSOR_DATABASE_URL, which is" if named else "is"
        raise invalid("--to", f"{what} no PostgreSQL database", "Give postgresql://USER:PASSWORD@HOST/NAME.")
    return address


def _print(copied: int, tables: dict[str, int], found: "ChainsChecked", *, is_set: bool) -> None:
    rows = sum(tables.values())
    began = f"{copied} rows copied" if copied else "Everything was there already"
    typer.echo(f"{began}; {rows} rows in {len(tables)} tables are the same in both.")
    for fault in found.faults:
        typer.echo(f"{fault.where}: {fault.problem}", err=True)
    typer.echo(
        f"{found.assessments} assessments, {found.events} events, {found.verdicts} verdicts and "
        f"{found.records} audit records checked; {len(found.faults)} places do not hold."
    )
    if found.faults:
        typer.echo(
            "They are the same in the source: `assessor audit check --all` names them there.", err=True
        )
    elif not is_set:
        typer.echo("Set ASSESSOR_DATABASE_URL to the new database, and start the service.")
