"""`processing-record`: what is kept of people, for a controller's record of processing."""

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json


@app.command("processing-record")
def processing_record(as_json: Json = False) -> None:
    """Print what is kept of people, why, for how long, who sees it and where it goes, as Markdown."""
    from assessor.bootstrap import processing

    if as_json:
        print_json(processing.processing_record())
    else:
        typer.echo(processing.processing_page(), nl=False)
