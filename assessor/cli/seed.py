"""`seed`: a simulated past, so that lists, queues and charts have something to show."""

import asyncio
from typing import Annotated

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, counting, print_json, print_table, settings


@app.command()
def seed(
    assessments: Annotated[int, typer.Option(min=1, max=100_000, help="How many.")] = 1000,
    platform: Annotated[
        str, typer.Option(help="Id of the platform; made when there is none.")
    ] = "simulation",
    days: Annotated[int, typer.Option(min=1, max=730, help="Over so many past days.")] = 90,
    track: Annotated[list[str] | None, typer.Option(help="Which tracks; all when none is named.")] = None,
    number: Annotated[int, typer.Option("--seed", help="The same number sows the same.")] = 1,
    outside_development: Annotated[
        bool, typer.Option("--outside-development", help="Sow into a database that is not for development.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Sow simulated assessments, marked as such everywhere, with reviews, second looks and appeals."""
    from assessor.adapters.clock import SystemClock
    from assessor.adapters.logs import configure_logs
    from assessor.adapters.store import migrate
    from assessor.domain.errors import Conflict
    from assessor.simulation.seeding import SeedPlan
    from assessor.simulation.seeding import seed as sow

    chosen = settings()
    if chosen.environment != "development" and not outside_development:
        raise Conflict(
            f"This database is for {chosen.environment}, not for development",
            "Add --outside-development if simulated assessments may lie in it.",
        )
    configure_logs("ERROR", for_machines=False)
    migrate(chosen.database_url)
    plan = SeedPlan(assessments, platform, days, number, SystemClock().now(), track or ())
    with counting("Assessments", quiet=as_json) as tell:
        counts = asyncio.run(sow(chosen, plan, lambda done: tell(done, assessments)))
    if as_json:
        print_json({"platform": platform, "seed": number, "days": days, **counts})
        return
    print_table(f"Sown for {platform}, seed {number}", ("What", "How many"), list(counts.items()))
