"""`serve`, `migrate`, `openapi`, `settings`."""

import json
from typing import Annotated

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, print_table, progress, settings


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
) -> None:
    """Migrate the database and serve until stopped."""
    from assessor.adapters.store import migrate as migrate_store
    from assessor.web.app import create_app
    from assessor.web.serving import run

    chosen = settings()
    overrides = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    chosen = chosen.model_copy(update=overrides)
    migrate_store(chosen.database_url)
    run(create_app(chosen), chosen)


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version. Doing it twice is doing it once."""
    from assessor.adapters.store import migrate as migrate_store

    with progress("Migrating ..."):
        migrate_store(settings().database_url)
    typer.echo("The database is up to date.")


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the HTTP API."""
    from assessor.web.app import create_app

    typer.echo(json.dumps(create_app(settings()).openapi(), indent=2))


@app.command("settings")
def show_settings(as_json: Json = False) -> None:
    """List every environment variable with its default."""
    rows = settings().table()
    if as_json:
        print_json([row._asdict() for row in rows])
    else:
        print_table("Settings", ("Variable", "Default", "What it decides"), rows)
