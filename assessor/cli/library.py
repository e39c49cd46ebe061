"""`check-library`: every mistake in the banks and rubrics at once."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, print_table, settings


@app.command("check-library")
def check_library(
    banks: Annotated[
        Path | None, typer.Option(help="Folder of question banks; the shipped one by default.")
    ] = None,
    rubrics: Annotated[
        Path | None, typer.Option(help="Folder of rubrics; the shipped one by default.")
    ] = None,
    run_code: Annotated[
        bool, typer.Option("--run-code", help="Run the code in keys too: about a second for each ten calls.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check the question banks and rubrics; exit status 1 when there is an error."""
    from assessor.adapters.code import JailedCode
    from assessor.adapters.content import check
    from assessor.adapters.shipped import shipped

    runner = JailedCode(settings().code_isolation) if run_code else None
    report = check(banks or shipped("question_banks"), rubrics or shipped("rubrics"), runner)
    if as_json:
        print_json(
            {
                "tracks": report.counts,
                "errors": [vars(problem) for problem in report.errors],
                "warnings": [vars(problem) for problem in report.warnings],
                "statistics": {track: asdict(figures) for track, figures in report.statistics.items()},
            }
        )
    else:
        rows = [
            (track, category, count)
            for track, counts in report.counts.items()
            for category, count in counts.items()
        ]
        print_table("Items", ("Track", "Category", "Items"), rows)
        for problem in report.errors:
            typer.echo(f"error: {problem}", err=True)
        for problem in report.warnings:
            typer.echo(f"warning: {problem}", err=True)
        typer.echo(f"{len(report.errors)} errors, {len(report.warnings)} warnings.")
    if report.errors:
        raise typer.Exit(1)
