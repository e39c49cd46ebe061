"""`items retire`: taking a faulty item away from everybody."""

import asyncio
import getpass
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor.cli.app import items
from assessor.cli.output import Json, counting, print_json, settings
from assessor.domain.errors import invalid

if TYPE_CHECKING:
    from assessor.ports import Retirement
    from assessor.services.retiring import Affected, Retiring
    from assessor.settings import Settings

Track = Annotated[str, typer.Argument(help="The track, by its id.")]

_MEANINGS = {
    "superseded": "get a superseding verdict",
    "stands": "get a superseding verdict in which `qualified` stands until a person has looked",
    "unscored": "are not decided yet, and will be without the item",
    "unchanged": "had no score for it, so nothing is issued",
    "before": "were done by an earlier run",
    "erased": "belong to candidates who were erased",
}


@items.command()
def retire(
    track: Track,
    item: Annotated[str, typer.Argument(help="The item, by its id.")],
    reason: Annotated[str, typer.Option(help="What is wrong with it. It goes into the ledger and the logs.")],
    by: Annotated[
        str | None, typer.Option(help="Who retires it; your name on this machine by default.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, record nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Retire an item for good: it is never drawn again, and everybody affected is decided without it.

    It shows first what would change, and asks. A run that was cut off is repeated with the same command.
    Nobody who is qualified stops being so by this: that waits for a person.
    """
    if as_json and not (yes or dry_run):
        raise invalid("--json", "cannot ask", "Add --yes, or look first with --dry-run.")
    chosen = settings()
    who = by or getpass.getuser()
    asyncio.run(_retired(chosen, (track, item, who, reason), dry_run=dry_run, ask=not yes, as_json=as_json))


async def _retired(
    chosen: "Settings", terms: tuple[str, str, str, str], *, dry_run: bool, ask: bool, as_json: bool
) -> None:
    from assessor.adapters.logs import configure_logs
    from assessor.bootstrap import retiring

    configure_logs("WARNING", for_machines=False)
    async with retiring(chosen) as service:
        retirement = await service.wanted(*terms)
        ids = await service.affected(retirement.track, retirement.item_id)
        short = await service.shortage(retirement.track, retirement.item_id)
        if dry_run or ask:
            found = await _counted("Looking", service.rehearse(retirement, ids), len(ids), quiet=as_json)
            _tell(retirement, found, short, as_json=as_json, done=False)
        if dry_run:
            return
        if ask:
            typer.confirm(f"Retire {retirement.item_id} for good?", abort=True)
        await _recorded(service, retirement, short, as_json=as_json)


async def _recorded(
    service: "Retiring", retirement: "Retirement", short: Sequence[str], *, as_json: bool
) -> None:
    recorded = await service.retire(retirement)
    # Asked again: who handed in since, and was scored with it, must not be missed.
    ids = await service.affected(recorded.track, recorded.item_id)
    found = await _counted("Deciding without it", service.apply(recorded, ids), len(ids), quiet=as_json)
    _tell(recorded, found, short, as_json=as_json, done=True)


async def _counted(
    message: str, work: "AsyncIterator[Affected]", total: int, *, quiet: bool
) -> "list[Affected]":
    found: list[Affected] = []
    with counting(message, quiet=quiet) as move:
        move(0, total)
        async for one in work:
            found.append(one)
            move(len(found), total)
    return found


def _tell(
    retirement: "Retirement",
    found: "Sequence[Affected]",
    short: Sequence[str],
    *,
    as_json: bool,
    done: bool,
) -> None:
    if as_json:
        print_json(_document(retirement, found, short, done=done))
        return
    said = "Retired" if done else "Would retire"
    typer.echo(f"{said} {retirement.item_id} of track {retirement.track}: {len(found)} affected.")
    for effect, count in Counter(one.effect for one in found).items():
        typer.echo(f"  {count} {_MEANINGS[effect]}")
    for (before, after), count in Counter(map(_move, found)).items():
        if before != after:
            typer.echo(f"  {count} go from {before} to {after}")
    for problem in short:
        typer.echo(f"warning: without it this form cannot be drawn any more: {problem}", err=True)


def _move(one: "Affected") -> tuple[str, str]:
    return one.before.decision if one.before else "", one.after.decision if one.after else ""


def _document(
    retirement: "Retirement", found: "Sequence[Affected]", short: Sequence[str], *, done: bool
) -> dict[str, Any]:
    return {
        "retired": done,
        "track": retirement.track,
        "item_id": retirement.item_id,
        "by": retirement.by,
        "reason": retirement.reason,
        "at": retirement.at,
        "effects": dict(Counter(one.effect for one in found)),
        "assessments": [asdict(one) for one in found],
        "forms_that_cannot_be_drawn": list(short),
    }
