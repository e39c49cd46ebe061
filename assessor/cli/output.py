"""What commands print: prose for people, JSON for machines, errors on the error stream."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Annotated, Any

import typer

from assessor.domain.errors import AssessorError, InvalidInput
from assessor.settings import Settings, load_settings, unknown_variables, variables_given

PARTS = 20
"""Into so many parts a long run is divided where its progress goes to a log."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def settings() -> Settings:
    """Read the settings; a variable that nothing reads is named, with what was probably meant."""
    for name, suggestion in unknown_variables(variables_given()):
        hint = f"; did you mean {suggestion}?" if suggestion else ""
        typer.echo(f"warning: nothing reads {name}{hint}", err=True)
    return load_settings()


def print_json(document: Any) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, or that there is nothing."""
    from rich.console import Console
    from rich.table import Table

    if not rows:
        typer.echo(f"{title}: none yet.")
        return
    table = Table(title=title)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(str, row))
    Console().print(table)


@contextmanager
def progress(message: str, *, quiet: bool = False) -> Iterator[None]:
    """Show a spinner on the error stream while something takes longer than a moment."""
    from rich.console import Console

    console = Console(stderr=True, quiet=quiet)
    with console.status(message):
        yield


@contextmanager
def counting(message: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on the error stream, and yield what moves it: how many of how many are done.

    Where that is no terminal, a line is written for each twentieth instead, for logs.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    if not quiet and not sys.stderr.isatty():
        yield _lines(message)
        return
    columns = (TextColumn(message), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True, quiet=quiet)) as bar:
        task = bar.add_task(message)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(message: str) -> Callable[[int, int], None]:
    began, told = monotonic(), 0

    def tell(done: int, total: int) -> None:
        nonlocal told
        before, told = told, done * PARTS // total
        if told > before:
            typer.echo(f"{message}: {done} of {total}, after {monotonic() - began:.0f} s", err=True)

    return tell


def fail(error: AssessorError) -> None:
    """Print what was refused and the way out."""
    if isinstance(error, InvalidInput):
        for problem in error.problems:
            typer.echo(f"error: {problem}", err=True)
    else:
        typer.echo(f"error: {error}", err=True)
