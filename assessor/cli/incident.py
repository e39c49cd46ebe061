"""`audit incident`: what happened over a time, which verdicts it concerns and what was done, as one file."""

import asyncio
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import audits
from assessor.cli.audit import By, Reason, write_privately
from assessor.cli.output import Json, print_json, progress, settings
from assessor.domain.days import end_of, first_moment
from assessor.domain.errors import invalid

if TYPE_CHECKING:
    from assessor.services.audit_package import Made
    from assessor.services.incident import Account, Scope


@audits.command("incident")
def export_incident(
    what: Annotated[str, typer.Option(help="What happened, as far as it is known; names no candidate.")],
    done: Annotated[str, typer.Option(help="What was done about it.")],
    since: Annotated[str, typer.Option("--from", help="Its first day (UTC), as 2026-01-31.")],
    to: Annotated[str, typer.Option("--to", help="Its last day (UTC).")],
    output: Annotated[Path, typer.Option(help="Where the file goes; must not exist yet.")],
    reason: Reason,
    tenant: Annotated[str | None, typer.Option(help="Id of one platform; all by default.")] = None,
    assessment: Annotated[
        list[str] | None, typer.Option(help="Only this assessment; may be repeated.")
    ] = None,
    track: Annotated[str | None, typer.Option(help="Only this track.")] = None,
    model: Annotated[str | None, typer.Option(help="Only what this model replied about, by name.")] = None,
    prompts: Annotated[
        str | None, typer.Option(help="Only what was worked on with these prompts: their hash.")
    ] = None,
    references: Annotated[
        bool, typer.Option("--references", help="With the platform's references of candidates.")
    ] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Write an incident into one signed file for an authority or a customer, without words of candidates.

    An assessment is affected when something happened to it in that time. Who took the file, and why, is
    recorded before anything is written.
    """
    from assessor.services.incident import Account, Scope

    begins, ends = first_moment("--from", since), end_of("--to", to)
    if begins is None or ends is None:
        raise invalid("--from" if begins is None else "--to", "is empty", "Write a day like 2026-01-31.")
    if output.exists():
        raise invalid("--output", f"{output} exists already", "Give another name.")
    scope = Scope(begins, ends, tenant, tuple(assessment or ()), track, model, prompts)
    with progress("Collecting ...", quiet=as_json):
        made = asyncio.run(
            _made(scope, Account(what, done), by or getpass.getuser(), reason, references=references)
        )
    write_privately(output, made.content)
    if as_json:
        print_json({"file": str(output), "bytes": len(made.content), "name": made.name})
    else:
        typer.echo(f"{output}: {len(made.content)} bytes. Check it with `assessor audit verify {output}`.")


async def _made(scope: "Scope", account: "Account", by: str, reason: str, *, references: bool) -> "Made":
    from assessor.bootstrap import reporting_incidents

    async with reporting_incidents(settings()) as service:
        return await service.pack(scope, account, by, reason, with_references=references)
