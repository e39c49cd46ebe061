"""`interview`: the conversation in the terminal, with the same services as in the browser."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import app
from assessor.cli.output import settings

if TYPE_CHECKING:
    from assessor.bootstrap import Services

TENANT = "terminal"


@app.command()
def interview(
    track: Annotated[str, typer.Option(help="Which track.")] = "python",
    form: Annotated[str, typer.Option(help="full or short.")] = "full",
) -> None:
    """Hold an interview in the terminal. Nothing is decided: it is for trying out a track or a model."""
    asyncio.run(_interview(track, form))


async def _interview(track: str, form: str) -> None:
    from assessor.adapters.store import migrate
    from assessor.bootstrap import running

    chosen = settings()
    await asyncio.to_thread(migrate, chosen.database_url)
    async with running(chosen, works=False) as services:
        typer.echo(f"Model: {services.model_name or 'none: authored questions and rule-chosen probes'}")
        typer.echo("An empty line sends what you wrote; Ctrl+D ends.\n")
        assessment_id = await _begin(services, track, form)
        said = 0
        while True:
            assessment = await services.conversing.settled(assessment_id)
            turns = assessment.transcript.turns
            for turn in turns[said:]:
                if turn.speaker == "interviewer":
                    typer.secho(f"\n{turn.text}\n", bold=True)
            said = len(turns)
            if assessment.interview_finished:
                return
            text = await asyncio.to_thread(_read_answer)
            if text is None:
                typer.echo("\nEnded; what you said is kept.")
                return
            # After distress the clock stands still; typing again is going on.
            await services.pausing.resume(assessment_id)
            await services.conversing.receive(assessment_id, f"terminal-{said:06}", text)


async def _begin(services: "Services", track: str, form: str) -> str:
    from assessor.domain.policy import Policy
    from assessor.ports import Tenant
    from assessor.services.order import Order

    if all(tenant.id != TENANT for tenant in await services.store.tenants()):
        await services.access.add_tenant(TENANT, "Terminal", Policy())
    tenant: Tenant = await services.store.tenant(TENANT)
    order = Order(
        candidate_ref="terminal",
        track=track,
        form=form,
        livemode=False,
        waive_retake_policy="Held at a terminal.",
    )
    ordered = await services.ordering.order(tenant, order)
    assessment, _session = await services.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])
    await services.conversing.begin(assessment.id)
    return assessment.id


def _read_answer() -> str | None:
    """Read lines until an empty one; None at the end of input."""
    lines: list[str] = []
    while True:
        typer.echo("> ", nl=False)
        line = sys.stdin.readline()
        if not line:
            return "\n".join(lines) or None
        if not line.strip() and lines:
            return "\n".join(lines)
        if line.strip():
            lines.append(line.rstrip("\n"))
