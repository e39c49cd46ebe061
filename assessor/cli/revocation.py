"""`revoke-verdict`: take a verdict back."""

import asyncio
import getpass
from typing import Annotated

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, settings


@app.command("revoke-verdict")
def revoke_verdict(
    verdict: Annotated[str, typer.Argument(help="Id of a live verdict.")],
    reason: Annotated[
        str, typer.Option(help="Why nobody may rely on it; told to whoever reads it. Name nobody.")
    ],
    by: Annotated[
        str | None, typer.Option(help="Who wants it; your name on this machine by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Revoke a verdict. What was signed stays as it is; its status, the list and the webhooks say so."""
    from assessor.bootstrap import revoking
    from assessor.ports import StoredVerdict

    async def run() -> StoredVerdict:
        async with revoking(settings()) as service:
            return await service.revoke(verdict, by or getpass.getuser(), reason)

    found = asyncio.run(run())
    at = found.revoked_at.isoformat() if found.revoked_at else None
    if as_json:
        print_json(
            {"id": found.id, "status": found.status, "revoked_at": at, "reason": found.revoked_because}
        )
    else:
        typer.echo(f"{found.id} is revoked since {at}: {found.revoked_because}")
