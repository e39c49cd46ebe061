"""`simulate forms`: whether the forms of many candidates keep to their plan and share few items."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from assessor.cli.app import simulations
from assessor.cli.output import Json, print_json, print_table, progress

_COLUMNS = ("Track", "For", "Minutes", "Exposure", "Overlap", "Result")


@simulations.command()
def forms(
    track: Annotated[str | None, typer.Option(help="Only this track; all of them by default.")] = None,
    form: Annotated[str, typer.Option(help="full or short.")] = "full",
    n: Annotated[
        int, typer.Option("--n", min=2, max=100_000, help="So many forms of each are drawn.")
    ] = 1000,
    banks: Annotated[
        Path | None, typer.Option(help="Folder of question banks; the shipped one by default.")
    ] = None,
    rubrics: Annotated[
        Path | None, typer.Option(help="Folder of rubrics; the shipped one by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Draw the forms of many candidates; exit status 1 when one breaks its plan or a limit is passed."""
    from assessor.adapters.content import FileContent
    from assessor.adapters.shipped import shipped
    from assessor.simulation.exposure import draws_of, exposure

    content = FileContent(banks or shipped("question_banks"), rubrics or shipped("rubrics"))
    library = asyncio.run(content.library())
    found: list[dict[str, Any]] = []
    for name in [library.track(track).id] if track else sorted(library.tracks):
        own = library.track(name)
        for where in own.jurisdictions or (None,):
            with progress(f"Drawing {n} forms of {name} ..."):
                drawn = draws_of(library, own, form, n, where)
                one = exposure(own, form, drawn, library.items[name], where)
            found.append({"track": name, **asdict(one), "holds": one.holds})
    if as_json:
        print_json({"forms": found})
    else:
        print_table(f"The {form} forms of {n} candidates each", _COLUMNS, [_row(one) for one in found])
    if not all(one["holds"] for one in found):
        raise typer.Exit(1)


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    return (
        one["track"],
        one["jurisdiction"] or "any",
        f"{one['longest_minutes']:g}/{one['promised_minutes']}",
        f"{one['highest']:.3f}",
        f"{one['overlap']:.3f}",
        "holds" if one["holds"] else "; ".join(one["broken"]) or "the bank is too small",
    )
