"""`doctor`: whether an installation can serve, and with `--security` what is weak in it."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, print_table, settings
from assessor.domain.errors import SettingsInvalid

if TYPE_CHECKING:
    from assessor.bootstrap.examining import Finding


@app.command()
def doctor(
    security: Annotated[
        bool, typer.Option("--security", help="Look for weaknesses, as before opening it to the world.")
    ] = False,
    models: Annotated[
        bool, typer.Option("--models", help="Also send a word to each model, which may cost a little.")
    ] = False,
    processes: Annotated[
        int | None,
        typer.Option(
            min=1, help="How many processes will run, for connections; otherwise as many as do now."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Look whether this installation can serve, and name each problem with its way out.

    The exit status is 1 when there is one. Nothing is made or changed, and no secret is printed.
    """
    from assessor.bootstrap.examining import examine, refused_settings
    from assessor.bootstrap.hardening import weaknesses
    from assessor.bootstrap.reaching import reach

    async def looked_at() -> "list[Finding]":
        try:
            chosen = settings()
        except SettingsInvalid as refused:
            return refused_settings(refused)
        if security:
            return list(weaknesses(chosen))
        here = [one async for one in examine(chosen, processes)]
        return here + [one async for one in reach(chosen, models=models)]

    found = asyncio.run(looked_at())
    if as_json:
        print_json([vars(one) for one in found])
    else:
        rows = [("ok" if one.is_well else "PROBLEM", one.what, _told(one)) for one in found]
        print_table("Security" if security else "Installation", ("", "What", "Problem and remedy"), rows)
        wrong = sum(not one.is_well for one in found)
        typer.echo(f"{wrong} to see to." if wrong else f"All {len(found)} are well.")
    if not all(one.is_well for one in found):
        raise typer.Exit(1)


def _told(one: "Finding") -> str:
    return "" if one.is_well else f"{one.problem}. {one.remedy}"
