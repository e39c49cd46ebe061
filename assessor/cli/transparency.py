"""`model-card` and `instructions-for-use`: what a release and an installation tell of themselves."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, counting, print_json, settings

if TYPE_CHECKING:
    from assessor.domain.library import Library
    from assessor.services.transparency import Known, Measured, Page

Provider = Annotated[str, typer.Option(help="Who answers for the system: name, address, contact.")]
People = Annotated[
    int,
    typer.Option(
        min=0,
        max=100_000,
        help="Simulated people by track, to measure error rates with; 0 leaves them out.",
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed simulates the same people.")]
LEAST_PEOPLE = 10


@app.command("model-card")
def print_model_card(
    provider: Provider = "", people: People = 200, seed: Seed = 1, as_json: Json = False
) -> None:
    """Print the model card of this release, as it is set up here, as Markdown."""
    from assessor.services.transparency import model_card

    _print(model_card, provider, people, seed, as_json=as_json)


@app.command("instructions-for-use")
def print_instructions(
    provider: Provider = "", people: People = 200, seed: Seed = 1, as_json: Json = False
) -> None:
    """Print instructions for use of this release, as it is set up here, as Markdown."""
    from assessor.services.transparency import instructions_for_use

    _print(instructions_for_use, provider, people, seed, as_json=as_json)


def _print(page: "Callable[[Known], Page]", provider: str, people: int, seed: int, *, as_json: bool) -> None:
    from assessor.bootstrap import library
    from assessor.bootstrap.transparency import known
    from assessor.services.transparency import document, markdown

    chosen = settings()
    measured = _measured(asyncio.run(library()), people, seed, quiet=as_json) if people else ()
    made = page(asyncio.run(known(chosen, provider=provider, measured=measured)))
    if as_json:
        print_json(document(made))
    else:
        typer.echo(markdown(made))


def _measured(library: "Library", people: int, seed: int, *, quiet: bool) -> "tuple[Measured, ...]":
    from assessor.domain.errors import invalid
    from assessor.services.transparency import Measured
    from assessor.simulation.decisions import Plan, simulate

    if people < LEAST_PEOPLE:
        raise invalid("--people", f"is {people}", f"Give {LEAST_PEOPLE} at least, or 0 for none.")
    found = []
    with counting("Simulating decisions", quiet=quiet) as moved:
        for number, track in enumerate(sorted(library.tracks), 1):
            plan = Plan(track, people, seed, scenarios=("baseline",), library=library)
            found.append(Measured(track, people, seed, simulate(plan)["summary"]))
            moved(number, len(library.tracks))
    return tuple(found)
