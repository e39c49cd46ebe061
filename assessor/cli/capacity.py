"""`simulate capacity`: what so many assessments a day need."""

from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import simulations
from assessor.cli.output import Json, print_json, print_table

if TYPE_CHECKING:
    from assessor.simulation.capacity import Assumptions

_MOST = 10_000_000


@simulations.command()
def capacity(
    per_day: Annotated[int, typer.Option(min=1, max=_MOST, help="Assessments a day.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed simulates the same morning.")] = 1,
    assume: Annotated[
        list[str] | None,
        typer.Option(help="NAME=NUMBER in place of an assumption of docs/capacity.md; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Work out cores, memory, database, tokens and money, and simulate the morning's peak."""
    from assessor.simulation.capacity import planned, rows

    plan = planned(per_day, seed, _assumed(assume or []))
    if as_json:
        print_json(plan)
    else:
        print_table(f"{per_day:,} assessments a day, seed {seed}", ("Needed", "Number"), list(rows([plan])))


def _assumed(given: list[str]) -> "Assumptions":
    from pydantic import ValidationError

    from assessor.domain.errors import invalid
    from assessor.simulation.capacity import Assumptions

    pairs = dict(one.partition("=")[::2] for one in given)
    try:
        return Assumptions.model_validate(pairs)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        names = ", ".join(Assumptions.model_fields)
        raise invalid(
            "--assume", f"{first['loc'][0]}: {first['msg']}", f"Give NAME=NUMBER with one of: {names}."
        ) from None
