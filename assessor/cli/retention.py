"""`retention`: the terms of a platform, legal holds, and what would go now."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from pydantic import ValidationError

from assessor.cli.app import retention
from assessor.cli.output import Json, print_json, print_table, settings

if TYPE_CHECKING:
    from assessor.domain.retention import LegalHold, Retention
    from assessor.services.erasing import Due, Erasing

T = TypeVar("T")

MAX_DAYS = 36_500
TenantOption = Annotated[str, typer.Option("--tenant", help="Id of the platform.")]
Days = Annotated[int | None, typer.Option(min=0, max=MAX_DAYS)]


def _with_erasing(use: "Callable[[Erasing], Awaitable[T]]") -> T:
    from assessor.adapters.logs import configure_logs
    from assessor.bootstrap import erasing

    chosen = settings()
    configure_logs("WARNING", for_machines=False)

    async def run() -> T:
        async with erasing(chosen) as (service, _):
            return await use(service)

    return asyncio.run(run())


@retention.command("list")
def list_due(
    tenant: Annotated[str | None, typer.Option(help="Of one platform; of all by default.")] = None,
    as_json: Json = False,
) -> None:
    """List what would go now, without erasing anything. A worker erases it within the hour."""
    found = _with_erasing(lambda service: service.due([tenant] if tenant else ()))
    if as_json:
        print_json([_due(one) for one in found])
        return
    rows = [
        (one.person.tenant, one.person.reference, one.what, f"{one.since:%Y-%m-%d}", one.by) for one in found
    ]
    print_table("Due", ("Platform", "Candidate", "What", "Since", "By"), rows)


def _due(one: "Due") -> dict[str, str]:
    return {
        "tenant": one.person.tenant,
        "candidate": one.person.reference,
        "candidate_id": one.person.id,
        "what": one.what,
        "since": one.since.isoformat(),
        "by": one.by,
    }


@retention.command("run")
def run() -> None:
    """Erase what is due, as a worker does every hour."""
    count = _with_erasing(lambda service: service.erase_due())
    typer.echo(f"{count} candidates had something that was due.")


@retention.command("show")
def show(tenant: TenantOption, as_json: Json = False) -> None:
    """Show for how many days a platform keeps what, counted from a candidate's latest assessment."""
    _print_terms(tenant, _with_erasing(lambda service: service.terms(tenant)), as_json=as_json)


@retention.command("set")
def set_terms(
    tenant: TenantOption,
    work_days: Days = None,
    work_least_days: Days = None,
    result_days: Days = None,
    result_least_days: Days = None,
    as_json: Json = False,
) -> None:
    """Choose for how many days a platform keeps what. What is not given stays as it is.

    `least` is how long it stays although its candidate asks for deletion.
    """
    from assessor.domain.errors import invalid
    from assessor.domain.retention import Retention

    given = {
        "work": {"least_days": work_least_days, "most_days": work_days},
        "result": {"least_days": result_least_days, "most_days": result_days},
    }

    async def use(service: "Erasing") -> Retention:
        terms = (await service.terms(tenant)).model_dump()
        for name, days in given.items():
            terms[name] |= {field: value for field, value in days.items() if value is not None}
        try:
            wanted = Retention.model_validate(terms)
        except ValidationError as refused:
            why = refused.errors()[0]["msg"].removeprefix("Value error, ")
            raise invalid("days", why, "Give numbers that fit each other.") from None
        await service.set_terms(tenant, wanted)
        return wanted

    _print_terms(tenant, _with_erasing(use), as_json=as_json)


@retention.command("hold")
def hold(
    candidate: Annotated[str, typer.Argument(help="The platform's reference, or our id.")],
    tenant: TenantOption,
    reason: Annotated[str, typer.Option(help="What the hold is for, in a sentence.")],
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Until when; until it is lifted by default.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who places it; who is logged in here by default.")] = None,
    as_json: Json = False,
) -> None:
    """Hold everything of a candidate, whatever the terms say and whoever asks."""
    end = until.replace(tzinfo=UTC) if until else None

    async def use(service: "Erasing") -> "LegalHold":
        found = await service.holding_of(tenant, candidate)
        return await service.hold(found, reason, by or getpass.getuser(), end)

    placed = _with_erasing(use)
    if as_json:
        print_json({"id": placed.id, "candidate": candidate, "until": end.isoformat() if end else None})
    else:
        typer.echo(f"Hold {placed.id} keeps everything of {candidate}. Lift it with `retention lift`.")


@retention.command("lift")
def lift(hold_id: Annotated[str, typer.Argument(help="Id of the hold.")], tenant: TenantOption) -> None:
    """Lift a hold. What was due meanwhile goes within the hour."""
    _with_erasing(lambda service: service.lift(tenant, hold_id))
    typer.echo(f"Hold {hold_id} is lifted.")


def _print_terms(tenant: str, terms: "Retention", *, as_json: bool) -> None:
    if as_json:
        print_json({"tenant": tenant, **terms.model_dump()})
        return
    rows = [
        (name, term.least_days, term.most_days)
        for name, term in (("work", terms.work), ("result", terms.result))
    ]
    print_table(f"Terms of {tenant}", ("What", "Stays at least, days", "Goes after, days"), rows)
