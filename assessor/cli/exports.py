"""`export`: the decisions of a platform as a file."""

import asyncio
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from assessor.cli.app import app
from assessor.cli.output import settings
from assessor.domain.days import end_of, first_moment
from assessor.domain.errors import invalid

if TYPE_CHECKING:
    from assessor.services.exporting import Wanted


@app.command("export")
def export_decisions(
    tenant: Annotated[str, typer.Option(help="Id of the platform.")],
    reason: Annotated[str, typer.Option(help="What it is for; recorded in the audit log.")],
    format_: Annotated[str, typer.Option("--format", help="csv, jsonl or pdf.")] = "csv",
    track: Annotated[str | None, typer.Option(help="Only this track.")] = None,
    since: Annotated[str, typer.Option("--from", help="Decided on this day or later, as 2026-01-31.")] = "",
    to: Annotated[str, typer.Option("--to", help="Decided on this day or earlier.")] = "",
    output: Annotated[Path | None, typer.Option(help="A new file; the terminal by default.")] = None,
    by: Annotated[
        str | None, typer.Option(help="Who wants it; your name on this machine by default.")
    ] = None,
) -> None:
    """Write a line for each assessment that was decided, with the verdict that stands now.

    Who exported it and why is recorded before anything is written.
    """
    from assessor.services.exporting import Wanted

    wanted = Wanted(format_, track, first_moment("from", since), end_of("to", to))
    with _opened(output) as file:
        size = asyncio.run(_written(file, tenant, wanted, by or getpass.getuser(), reason))
    typer.echo(f"{output or 'Exported'}: {size} bytes.", err=True)


async def _written(file: BinaryIO, tenant: str, wanted: "Wanted", by: str, reason: str) -> int:
    from assessor.bootstrap import exporting

    size = 0
    async with exporting(settings()) as service:
        async for piece in await service.decisions(tenant, wanted, by=by, reason=reason):
            size += file.write(piece)
    return size


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    """Open a new file that nobody else can read, and take it away again when nothing could be exported."""
    if output is None:
        yield sys.stdout.buffer
        return
    try:
        output.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise invalid("--output", f"{output} cannot be made ({error.strerror})", "Give another.") from None
    try:
        with output.open("wb") as file:
            yield file
    except BaseException:
        output.unlink()
        raise
