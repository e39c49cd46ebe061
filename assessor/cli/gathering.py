"""`items answers`: what candidates allowed to be used to check an item."""

import asyncio
import getpass
import json
from typing import Annotated, Any

import typer

from assessor.cli.app import items
from assessor.cli.output import settings


@items.command()
def answers(
    track: Annotated[str, typer.Argument(help="The track, by its id.")],
    item: Annotated[str, typer.Argument(help="The item of a task, by its id.")],
    tenant: Annotated[str, typer.Option("--tenant", help="Id of the platform.")],
    reason: Annotated[str, typer.Option(help="Why they are read. It goes into the audit log.")],
    by: Annotated[str | None, typer.Option(help="Who reads; your name on this machine by default.")] = None,
) -> None:
    """Print the answers to an item, a JSON line each, of candidates who agreed to such use.

    An answer has a number instead of a name. Who takes the consent back is not in the next gathering: throw
    a copy away once you have used it.
    """
    for answer in asyncio.run(_gathered(tenant, track, item, (by or getpass.getuser(), reason))):
        typer.echo(json.dumps(answer, ensure_ascii=False))


async def _gathered(tenant: str, track: str, item: str, why: tuple[str, str]) -> list[dict[str, Any]]:
    from assessor.bootstrap import gathering

    by, reason = why
    async with gathering(settings()) as (service, store):
        await store.tenant(tenant)  # a name that was mistyped must not look like nobody's consent
        return await service.answers(tenant, track, item, by=by, reason=reason)
