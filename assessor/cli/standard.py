"""`set-standard`: a cut score from the ratings of a panel."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, print_table
from assessor.domain.errors import invalid

if TYPE_CHECKING:
    from assessor.domain.standard_setting import JudgeRating, StandardSetting


@app.command("set-standard")
def set_standard(
    ratings: Annotated[Path, typer.Argument(help="CSV with the columns judge, round, item and rating.")],
    study: Annotated[str, typer.Option("--id", help="Name of the study, e.g. python-2026.")],
    track: Annotated[str, typer.Option(help="Track whose items were rated.")] = "python",
    held_on: Annotated[
        str | None, typer.Option("--on", help="Day on which it was held, as 2026-11-20; today by default.")
    ] = None,
    level: Annotated[
        str, typer.Option(help="Whose ratings these are: who only just is entry, specialist or expert.")
    ] = "entry",
    percent: Annotated[
        bool, typer.Option("--percent", help="Ratings are from 0 to 100 instead of 0 to 1.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="File for the record; it belongs into the track's folder standards/.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Work out a cut score by the modified Angoff method, with its standard error, and write its record.

    Each judge says of every item what share of it somebody who only just qualifies, or only just has the
    level, would get right.
    """
    from assessor.adapters.standards import read_ratings, write_study

    given = read_ratings(ratings, percent=percent)
    day = held_on or datetime.now(UTC).date().isoformat()
    found = asyncio.run(_held(track, study, day, given, level))
    if out is not None:
        write_study(found, out)
    if as_json:
        print_json({**found.model_dump(mode="json"), "warnings": found.warnings})
        return
    _print(found, out)


async def _held(
    track: str, study: str, day: str, ratings: "tuple[JudgeRating, ...]", level: str
) -> "StandardSetting":
    from assessor.bootstrap import library
    from assessor.services import standards

    try:
        held_on = date.fromisoformat(day)
    except ValueError:
        raise invalid("--on", f"{day!r} is no day", "Write it as 2026-11-20.") from None
    return standards.set_standard(await library(), track, study, held_on, ratings, level)


def _print(found: "StandardSetting", out: Path | None) -> None:
    rows = [
        (one.round, len(one.judges), f"{one.share:.1%}", f"{one.ability:+.3f}", f"{one.standard_error:.3f}")
        for one in found.rounds
    ]
    print_table(f"Cut of {found.track}", ("Round", "Judges", "Mean rating", "Cut (logits)", "Error"), rows)
    for warning in found.warnings:
        typer.echo(f"warning: {warning}.", err=True)
    typer.echo(f"Measurement error at the cut: {found.measurement_error:.3f}.")
    if out is not None:
        typer.echo(f"The record is {out}. In track.yaml:")
        typer.echo(_entry(found))


def _entry(found: "StandardSetting") -> str:
    """Return what belongs into `track.yaml`."""
    head, margin = ("cut:", "  ") if found.level == "entry" else (f"levels:\n  {found.level}:", "    ")
    lines = (
        f"ability: {found.ability}",
        "method: angoff",
        f"record: {found.id}",
        f"standard_error: {found.standard_error}",
        "rationale: ...",
    )
    return "\n".join([head, *(f"{margin}{line}" for line in lines)])
