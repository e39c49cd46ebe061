"""`simulate decisions` and `simulate frontier`: how often the rule that decides would be right."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor.cli.app import simulations
from assessor.cli.output import Json, print_json, print_table

if TYPE_CHECKING:
    from assessor.domain.library import Library

_REFERENCE = "reference"
# As many columns as a terminal of 80 characters shows; the JSON has all the numbers.
_SCENARIO = {
    "right_of_decided": "Right",
    "referred": "Referred",
    "wrong_pass": "W. pass",
    "wrong_fail": "W. fail",
}
_WAY = {"items_mean": "Items", "right_of_decided": "Right", "referred": "Referred", "exposure_max": "Exposed"}
Count = Annotated[int, typer.Option("--n", min=10, max=100_000, help="How many people.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed simulates the same people.")]
Seeds = Annotated[
    int, typer.Option(min=1, max=1000, help="How many seeds, from --seed on; the summary is their mean.")
]


@simulations.command()
def decisions(
    bank: Annotated[str, typer.Option(help="`reference` (200 items, sequential), or a track.")] = _REFERENCE,
    n: Annotated[
        int | None,
        typer.Option("--n", min=10, max=100_000, help="How many people: by default 3000, on a track 500."),
    ] = None,
    seed: Seed = 1,
    seeds: Seeds = 1,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Only this scenario beside the baseline; may be repeated.")
    ] = None,
    form: Annotated[str, typer.Option(help="Of a track: full or short.")] = "full",
    as_json: Json = False,
) -> None:
    """Decide about simulated people whose ability is known, and count how often that is right."""
    from assessor.simulation.decisions import SCENARIOS, Plan, simulate

    library = None if bank == _REFERENCE else asyncio.run(_library())
    people = n or (3000 if library is None else 500)
    names = tuple(dict.fromkeys(("baseline", *(scenario or SCENARIOS))))
    plan = Plan(bank, people, seed, seeds, form, names, library=library)
    with _counting(plan.runs) as tell:
        result = simulate(plan, tell)
    if as_json:
        print_json(result)
        return
    print_table(
        f"{people} people, bank {bank}, {seeds} seeds from {seed}",
        ("Measure", "Value"),
        list(result["summary"].items()),
    )
    print_table(
        f"Scenarios, seed {seed}",
        ("Scenario", *_SCENARIO.values(), "Groups"),
        [
            (name, *_row(found, _SCENARIO), _difference(found["groups"]))
            for name, found in result["scenarios"].items()
        ],
    )


@simulations.command()
def frontier(
    n: Count = 3000,
    seed: Seed = 1,
    seeds: Seeds = 20,
    chart: Annotated[Path | None, typer.Option(help="Draw it into this SVG file.")] = None,
    as_json: Json = False,
) -> None:
    """Compare ways to end a test on the reference bank: who is referred against who is decided wrongly."""
    from assessor.simulation.decisions import POINTS, compare, draw

    with _counting(len(POINTS) * seeds) as tell:
        found = compare(n, range(seed, seed + seeds), tell)
    if chart is not None:
        chart.write_text(draw(found), encoding="utf-8")
    if as_json:
        print_json(found)
        return
    rows = [(point["name"], *_row(point["summary"], _WAY)) for point in found]
    print_table(f"{n} people, {seeds} seeds from {seed}", ("Way", *_WAY.values()), rows)


async def _library() -> "Library":
    from assessor.adapters.content import shipped_content

    return await shipped_content().library()


def _row(found: dict[str, Any], columns: Iterable[str]) -> list[object]:
    return [found[name] for name in columns]


def _difference(groups: dict[str, Any]) -> str:
    return f"{groups['difference']:+.2f}±{groups['error']:.2f}"


@contextmanager
def _counting(runs: int) -> Iterator[Callable[[], None]]:
    """Show on the error stream how many simulations are done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Simulations"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("simulations", total=runs)
        yield lambda: progress.advance(task)
