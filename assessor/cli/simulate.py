"""`simulate`: what the service does with simulated people, in numbers."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor.cli.app import simulations
from assessor.cli.output import Json, print_json, print_table, settings

if TYPE_CHECKING:
    from assessor.simulation.interviews import Plan

MODELS = ("scripted", "gullible", "faulty", "live")
_COLUMNS = {
    "finished": "Ended",
    "core_asked": "Asked",
    "turns": "Turns",
    "minutes": "Min",
    "coverage": "Cover",
}
_NEVER = ("unapproved", "leaks", "lost", "doubled")


@simulations.command()
def interviews(
    track: Annotated[str, typer.Option(help="Which track.")] = "python",
    n: Annotated[int, typer.Option("--n", min=1, help="How many interviews.")] = 20,
    model: Annotated[str, typer.Option(help=f"One of {', '.join(MODELS)}.")] = "scripted",
    seed: Annotated[int, typer.Option(help="The same seed holds the same interviews.")] = 1,
    fault_rate: Annotated[
        float, typer.Option(min=0, max=1, help="Faulty model: share of its calls that fail.")
    ] = 0.2,
    form: Annotated[str, typer.Option(help="full or short.")] = "full",
    as_json: Json = False,
) -> None:
    """Hold interviews with simulated people, and count what must never happen."""
    from assessor.adapters.logs import configure_logs
    from assessor.domain.errors import invalid
    from assessor.simulation.interviews import Plan

    configure_logs("WARNING", for_machines=False)  # what a simulated provider does wrong is no news

    if model not in MODELS:
        raise invalid("--model", f"{model!r} is none", f"Use one of: {', '.join(MODELS)}.")
    plan = Plan(track, n, model, seed, fault_rate, form)  # type: ignore[arg-type]  # checked above
    with _counting(n) as tell:
        result = asyncio.run(_simulated(plan, tell))
    if as_json:
        print_json(result)
        return
    print_table(
        f"{n} interviews, {track}, {model} model, seed {seed}",
        ("Measure", "Value"),
        list(result["summary"].items()),
    )
    headings = ("Persona", "Held", *_COLUMNS.values(), "Wrong")
    print_table("By persona", headings, _by_persona(result["interviews"]))


async def _simulated(plan: "Plan", tell: Callable[[int], None]) -> dict[str, Any]:
    from assessor.simulation.interviews import simulate

    if plan.model != "live":
        return await simulate(plan, tell=tell)
    from assessor.adapters.store import migrate
    from assessor.bootstrap import interviewing_model, stored
    from assessor.domain.errors import ModelFault

    chosen = settings()
    await asyncio.to_thread(migrate, chosen.database_url)
    async with stored(chosen) as store, interviewing_model(chosen, store) as live:
        if live is None:
            raise ModelFault("not_configured", "set ASSESSOR_MODEL to the model to interview with")
        return await simulate(plan, live, tell)


@contextmanager
def _counting(n: int) -> Iterator[Callable[[int], None]]:
    """Show on the error stream how many of the interviews were held."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Interviews"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("interviews", total=n)
        yield lambda held: progress.update(task, completed=held)


def _by_persona(interviews: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    held: dict[str, list[dict[str, Any]]] = {}
    for one in interviews:
        held.setdefault(one["persona"], []).append(one)
    return [(name, len(ones), *_means(ones), _wrong(ones)) for name, ones in held.items()]


def _means(ones: list[dict[str, Any]]) -> list[float]:
    return [round(sum(one[column] for one in ones) / len(ones), 2) for column in _COLUMNS]


def _wrong(ones: list[dict[str, Any]]) -> int:
    """Add up what must never happen."""
    return sum(one[column] for one in ones for column in _NEVER)
