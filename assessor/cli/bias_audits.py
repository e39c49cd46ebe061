"""`fairness record-audit` and `fairness audits`: bias audits that orders of some regions rest on."""

import asyncio
import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from assessor.cli.app import fairness
from assessor.cli.output import Json, print_json, print_table, settings
from assessor.domain.errors import invalid

if TYPE_CHECKING:
    from assessor.domain.new_york import BiasAudit

Tenant = Annotated[str, typer.Option(help="Id of the platform.")]


@fairness.command("record-audit")
def record_audit(
    tenant: Tenant,
    track: Annotated[str, typer.Option(help="Track that was audited.")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Day of the audit.")],
    auditor: Annotated[str, typer.Option(help="Who audited: independent of platform and operator.")],
    summary: Annotated[str, typer.Option(help="https address at which the summary is published.")],
    by: Annotated[str | None, typer.Option(help="Who records it; who is logged in here by default.")] = None,
    as_json: Json = False,
) -> None:
    """Record that a track was audited for bias, as orders of the region us-nyc need it.

    Nobody here looks at the audit: whoever records it vouches for it, in the audit log.
    """
    from assessor.domain.new_york import BiasAudit

    try:
        audit = BiasAudit(
            track=track, audited_on=on.replace(tzinfo=UTC).date(), auditor=auditor, summary_url=summary
        )
    except ValidationError as refused:
        field, why = refused.errors()[0]["loc"][0], refused.errors()[0]["msg"]
        option = {"summary_url": "--summary"}.get(str(field), f"--{field}")
        raise invalid(
            option, f"is not right ({why})", "See `assessor fairness record-audit --help`."
        ) from None
    asyncio.run(_record(tenant, audit, by or getpass.getuser()))
    if as_json:
        print_json(_document(audit))
    else:
        typer.echo(f"{track} of {tenant} can be ordered for us-nyc, to be begun by {audit.ends_at:%Y-%m-%d}.")


@fairness.command("audits")
def audits(tenant: Tenant, as_json: Json = False) -> None:
    """List the newest bias audit of each track, and until when orders can rest on it."""
    found = asyncio.run(_all(tenant))
    if as_json:
        print_json([_document(one) for one in found])
        return
    rows = [(one.track, one.audited_on, one.auditor, one.summary_url, one.last_day) for one in found]
    print_table("Bias audits", ("Track", "On", "By", "Summary", "Until"), rows)


def _document(audit: "BiasAudit") -> dict[str, str]:
    return {**audit.model_dump(mode="json"), "until": audit.last_day.isoformat()}


async def _record(tenant: str, audit: "BiasAudit", by: str) -> None:
    from assessor.bootstrap import auditing_bias

    async with auditing_bias(settings()) as service:
        await service.record(tenant, audit, by)


async def _all(tenant: str) -> "tuple[BiasAudit, ...]":
    from assessor.bootstrap import auditing_bias

    async with auditing_bias(settings()) as service:
        return await service.all(tenant)
