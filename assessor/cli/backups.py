"""`backup` and `restore-drill`: copies of the databases, and whether one can be lived on."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, counting, print_json, print_table, progress, settings

if TYPE_CHECKING:
    from assessor.bootstrap.backing_up import Drill


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Where the copies go, with the time in their names.")],
    as_json: Json = False,
) -> None:
    """Copy the databases while the service runs. Keys and the ledger of destroyed keys are not part of it."""
    from assessor.bootstrap.backing_up import back_up

    with progress("Copying ...", quiet=as_json):
        made = back_up(settings(), folder)
    if as_json:
        print_json([{"file": str(one), "bytes": one.stat().st_size} for one in made])
    else:
        for one in made:
            typer.echo(f"{one}: {one.stat().st_size} bytes")
        typer.echo(f"Try it: assessor restore-drill {made[0]}")


@app.command("restore-drill")
def restore_drill(
    backup: Annotated[Path, typer.Argument(help="A file that `assessor backup` or pg_dump made.")],
    into: Annotated[
        str | None, typer.Option(help="An empty PostgreSQL database, for a backup of one: postgresql://...")
    ] = None,
    as_json: Json = False,
) -> None:
    """Restore a backup where nobody works, check all of it, and say what would be lost and how long it took.

    The exit status is 1 when anything is wrong with it. The live database is only read.
    """
    from assessor.bootstrap.backing_up import drill

    async def run() -> "Drill":
        with counting("Checking", quiet=as_json) as moved:
            return await drill(settings(), backup, into, moved)

    found = asyncio.run(run())
    if as_json:
        print_json(_document(found))
    else:
        print_table("Restore drill", ("", ""), _rows(found))
        for trouble in found.troubles:
            typer.echo(trouble, err=True)
    if found.troubles:
        raise typer.Exit(1)


def _document(found: "Drill") -> dict[str, object]:
    seen = found.examined
    return {
        **vars(found),
        "lost": vars(found.lost) if found.lost else None,
        "examined": {**vars(seen), "chains": {**vars(seen.chains), "faults": len(seen.chains.faults)}}
        if seen
        else None,
    }


def _rows(found: "Drill") -> list[tuple[str, str]]:
    lost, seen = found.lost, found.examined
    rows = [
        ("Newest event of the backup", str(found.newest_event or "none")),
        ("Lost", f"{lost.events} events, {lost.minutes:g} minutes" if lost else "the live database is away"),
        ("Restored in", f"{found.restore_seconds:.1f} s"),
        ("Checked in", f"{found.check_seconds:.1f} s"),
    ]
    if seen:
        chains = seen.chains
        told = f"{chains.assessments} assessments, {chains.events} events, {chains.verdicts} verdicts"
        rows += [
            ("Checked", f"{told}, {chains.records} audit records"),
            ("Keys destroyed again", str(seen.destroyed_again)),
            ("Opened with the master key", seen.opened or seen.unopened or "nothing to open"),
        ]
    return [*rows, ("Troubles", str(len(found.troubles)))]
