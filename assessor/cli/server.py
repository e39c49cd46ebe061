"""`serve`, `worker`, `migrate`, `openapi`, `settings`."""

import asyncio
import json
import signal
import time
from typing import Annotated, Final

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, print_table, progress, settings
from assessor.domain.errors import StoreUnavailable
from assessor.settings import Settings, setting_rows

DATABASE_PATIENCE_SECONDS: Final = 60
DATABASE_PAUSE_SECONDS: Final = 1


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    works: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Also score and deliver, or leave that to workers.")
    ] = True,
) -> None:
    """Migrate the database and serve until stopped."""
    from assessor.bootstrap import check_models
    from assessor.simulation.outcomes import simulating
    from assessor.web.app import create_app
    from assessor.web.serving import run

    chosen = settings()
    overrides = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    chosen = chosen.model_copy(update=overrides)
    check_models(chosen)
    _migrate_when_reachable(chosen.database_url)
    run(create_app(chosen, works=works, simulating=simulating), chosen)


@app.command()
def worker() -> None:
    """Migrate the database, score and deliver until stopped; serves no HTTP."""
    chosen = settings()
    _migrate_when_reachable(chosen.database_url)
    asyncio.run(_work(chosen))


def _migrate_when_reachable(address: str) -> None:
    """Wait for a database that comes up later than we do. Raises StoreUnavailable when it stays away."""
    from assessor.adapters.store import migrate as migrate_store

    until = time.monotonic() + DATABASE_PATIENCE_SECONDS
    while True:
        try:
            migrate_store(address)
        except StoreUnavailable:
            if time.monotonic() > until:
                raise
            typer.echo("Waiting for the database ...", err=True)
            time.sleep(DATABASE_PAUSE_SECONDS)
        else:
            return


async def _work(chosen: Settings) -> None:
    from assessor.bootstrap import running

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with running(chosen):
        typer.echo(f"Worker {chosen.executor_id} runs. Stop with Ctrl+C.")
        await stopped.wait()
        typer.echo("Finishing what was begun ...")


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version. Doing it twice is doing it once."""
    from assessor.adapters.jobs import migrate_jobs
    from assessor.adapters.store import migrate as migrate_store

    chosen = settings()
    with progress("Migrating ..."):
        migrate_store(chosen.database_url)
        migrate_jobs(chosen.jobs_database_url)
    typer.echo("The database is up to date.")


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the HTTP API."""
    from assessor.web.app import create_app

    typer.echo(json.dumps(create_app(settings()).openapi(), indent=2))


@app.command("settings")
def show_settings(as_json: Json = False) -> None:
    """List every environment variable with its default."""
    settings()  # refuses what is wrong with them
    rows = setting_rows()
    if as_json:
        print_json([row._asdict() for row in rows])
    else:
        shown = [(row.name, row.default, row.description) for row in rows]
        print_table("Settings", ("Variable", "Default", "What it decides"), shown)
