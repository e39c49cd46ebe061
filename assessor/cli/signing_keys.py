"""`signing-key`: the keys that sign verdicts."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json
from assessor.domain.errors import invalid

GRACE: Final = timedelta(days=7)
"""Within it every process has to be started again, or it goes on signing with the former key."""

signing_keys = typer.Typer(help="The keys that sign verdicts.", no_args_is_help=True)
app.add_typer(signing_keys, name="signing-key")
File = Annotated[Path, typer.Argument(help="The file that ASSESSOR_SIGNING_KEY_FILE names.")]


@signing_keys.command("make")
def make(file: File, as_json: Json = False) -> None:
    """Make a private Ed25519 key in a file that nobody else can read."""
    from assessor.adapters.signing import make_key

    try:
        made = make_key(file)
    except FileExistsError:
        raise invalid("FILE", f"{file} exists", "Name a new file, or rotate the key in this one.") from None
    if as_json:
        print_json({"signs": made})
    else:
        typer.echo(f"{file} holds the key {made}. Set ASSESSOR_SIGNING_KEY_FILE to it, and keep a copy safe.")


@signing_keys.command("rotate")
def rotate(file: File, as_json: Json = False) -> None:
    """Put a new key in front; the former one is served until the last verdict it signed has expired.

    Start every process again within seven days, so that all sign with the new key.
    """
    from assessor.adapters.signing import rotate as rotated
    from assessor.bootstrap import library

    tracks = asyncio.run(library()).tracks.values()
    longest = timedelta(days=max(track.valid_days for track in tracks))
    try:
        done = rotated(file, datetime.now(UTC) + longest + GRACE)
    except FileNotFoundError:
        raise invalid(
            "FILE", f"{file} does not exist", "Make a key first: `assessor signing-key make`."
        ) from None
    if as_json:
        print_json({"signs": done.signs, "retired": done.retired, "served_until": done.until.isoformat()})
    else:
        typer.echo(
            f"{done.signs} signs as soon as every process is started again: do so within {GRACE.days} days. "
            f"{done.retired} is served until {done.until:%Y-%m-%d}; its private half is gone from {file}."
        )
