"""`shadow run`: another rubric, other prompts or another model, tried on stored work."""

import asyncio
import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor.cli.app import shadows
from assessor.cli.gradings import judge_templates
from assessor.cli.output import Json, counting, print_json, print_table, settings
from assessor.cli.rescore import rubrics_in
from assessor.domain.errors import invalid

if TYPE_CHECKING:
    from assessor.domain.agreement import Measure
    from assessor.domain.change import Change, Flips, Population, ShadowReport
    from assessor.domain.grading import Grading
    from assessor.services.shadowing import Proposal
    from assessor.settings import Settings

TenantOption = Annotated[str, typer.Option("--tenant", help="Id of the platform.")]
_POPULATIONS = ("live", "test", "simulated")


@shadows.command("run")
def run(
    tenant: TenantOption,
    reason: Annotated[str, typer.Option(help="Why; goes into the audit log.")],
    rubric: Annotated[
        Path | None, typer.Option(help="YAML file of rubrics to use instead of those with the same ids.")
    ] = None,
    prompts: Annotated[
        Path | None, typer.Option(help="Folder of judge templates to use instead of the installed ones.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Model to judge with instead of the one that does.")
    ] = None,
    track: Annotated[str | None, typer.Option(help="Of this track only.")] = None,
    sample: Annotated[int, typer.Option(help="How many assessments to grade again.")] = 100,
    population: Annotated[
        str, typer.Option(help="Whose work: live, test, or simulated (played by programs).")
    ] = "live",
    by: Annotated[
        str | None, typer.Option(help="Who proposes it; your name on this machine by default.")
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Only propose it: the workers of the service grade.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Propose a change of the grading, grade stored work under it, and report what would be otherwise.

    No log and no verdict is touched. A run that was cut off is gone on with by the workers of the service, or
    here with the same words, and pays for nothing twice.
    """
    from assessor.services.shadowing import Proposal

    chosen = settings()
    proposal = Proposal(
        tenant=tenant,
        grading=_grading(chosen, rubric, prompts, model),
        by=by or getpass.getuser(),
        reason=reason,
        track=track,
        sample=sample,
        population=_population(population),
    )
    change = asyncio.run(_run(chosen, proposal, detach=detach, quiet=as_json))
    _show(change, as_json=as_json)


@shadows.command("show")
def show(
    change: Annotated[str, typer.Argument(help="Id of the change.")],
    tenant: TenantOption,
    as_json: Json = False,
) -> None:
    """Show the report of a change."""
    _show(asyncio.run(_stored(settings(), tenant, change)), as_json=as_json)


@shadows.command("roll-back")
def roll_back(
    change: Annotated[str, typer.Argument(help="Id of the change that is on.")],
    tenant: TenantOption,
    reason: Annotated[str, typer.Option(help="Why; goes into the audit log.")],
    by: Annotated[str | None, typer.Option(help="Who; your name on this machine by default.")] = None,
) -> None:
    """Let orders have what was before a change. Assessments that began under it keep it."""
    asyncio.run(_rolled_back(settings(), tenant, by or getpass.getuser(), change, reason))
    typer.echo(f"Change {change} is off; orders get what was before it from now on.")


async def _rolled_back(chosen: "Settings", tenant: str, by: str, change: str, reason: str) -> None:
    from assessor.bootstrap import shadowing

    async with shadowing(chosen) as services:
        await services.changing.roll_back(tenant, by, change, reason)


def _grading(chosen: "Settings", rubric: Path | None, prompts: Path | None, model: str | None) -> "Grading":
    from assessor.domain.grading import Grading

    second = (chosen.judge_second_model,) if chosen.judge_model and chosen.judge_second_model else ()
    return Grading(
        rubrics=rubrics_in(rubric),
        prompts=dict(judge_templates(prompts)),
        models=(model, *second) if model else (),
    )


def _population(given: str) -> "Population":
    for one in _POPULATIONS:
        if one == given:
            return one  # type: ignore[return-value] # one of the literal's own values
    raise invalid("--population", f"{given!r} is none", f"Use {', '.join(_POPULATIONS)}.")


async def _run(chosen: "Settings", proposal: "Proposal", *, detach: bool, quiet: bool) -> "Change":
    from assessor.adapters.logs import configure_logs
    from assessor.bootstrap import shadowing

    configure_logs("WARNING", for_machines=False)
    async with shadowing(chosen) as services:
        change = await services.shadowing.propose(proposal)
        if detach:
            return change
        with counting("Grading again", quiet=quiet) as progress:
            await services.shadowing.run(change, progress)
        return await services.store.change(change.tenant, change.id)


async def _stored(chosen: "Settings", tenant: str, change: str) -> "Change":
    from assessor.bootstrap import stored

    async with stored(chosen) as store:
        return await store.change(tenant, change)


def _show(change: "Change", *, as_json: bool) -> None:
    if as_json:
        print_json(_document(change))
        return
    typer.echo(f"Change {change.id} of {', '.join(change.proposed.kinds)}: {change.reason}")
    if change.report is None:
        typer.echo("It has no report yet: workers go on with it, or the same command does.")
        return
    _print(change.report)
    for obstacle in _obstacles(change):
        typer.echo(f"Against switching it on: {obstacle}.")


def _document(change: "Change") -> dict[str, Any]:
    proposed = {
        "hash": change.proposed.hash,
        "rubrics": [one.id for one in change.proposed.rubrics],
        "prompts": sorted(change.proposed.prompts),
        "models": list(change.proposed.models),
    }
    return {
        **change.model_dump(mode="json", exclude={"proposed"}),
        "proposed": proposed,
        "obstacles": list(_obstacles(change)),
    }


def _obstacles(change: "Change") -> Sequence[str]:
    from datetime import UTC, datetime

    from assessor.domain.change import obstacles

    return obstacles(change.report, change.base, datetime.now(UTC))


def _print(report: "ShadowReport") -> None:
    typer.echo(f"{report.cases} assessments graded again, of {report.wanted} that were asked for.")
    rows = [(was, now, n) for was, after in report.decisions.items() for now, n in after.items()]
    print_table("Decisions, as the numbers say", ("Was", "Would be", "Assessments"), rows)
    typer.echo(f"Newly qualified: {_flips(report.gained)}. Qualified no more: {_flips(report.lost)}.")
    typer.echo(f"Mean score: {report.score_shift:+.1f} points.")
    shifts = [
        (
            one.name,
            one.n,
            _number(one.before),
            _number(one.after),
            _measure(one.qwk),
            f"{one.left_before}, {one.left_after}",
        )
        for one in report.criteria
    ]
    print_table("Criteria", ("Criterion", "n", "Before", "After", "QWK", "Left to people"), shifts)
    groups = [
        (group.characteristic, row.group, row.n, when, f"{row.rate:.2f}", _number(row.ratio), group.status)
        for one in report.subgroups
        for when, group in (("before", one.before), ("after", one.after))
        for row in group.groups
    ]
    print_table("Groups", ("By", "Group", "n", "When", "Rate", "Ratio", "Word"), groups)
    _print_cost(report)
    won = len(report.injection.won)
    typer.echo(
        f"Injections: {won} of {len(report.injection.trials)} gained something; "
        f"{len(report.injection.broken)} prompts broke a fence in {report.injection.fences} trials."
    )
    families = [(one.family, one.language, one.grade.value) for one in report.calibration]
    print_table("Calibration of the proposed judge", ("Family", "Language", "Grade"), families)


def _print_cost(report: "ShadowReport") -> None:
    cost, n = report.cost, report.cases
    for when, spent in (("Before", cost.before), ("After", cost.after)):
        typer.echo(
            f"{when}: {spent.calls} calls, {spent.tokens} tokens, ${spent.cost / 1_000_000:.4f}; "
            f"{spent.calls / n:.1f} calls an assessment."
        )
    if cost.seconds_median is not None:
        typer.echo(f"A call took {cost.seconds_median:.2f} s (median), {_number(cost.seconds_p95)} s (p95).")


def _flips(flips: "Flips") -> str:
    return f"{flips.count} ({flips.share:.1%}, 95% interval {flips.low:.1%} to {flips.high:.1%})"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _measure(measure: "Measure") -> str:
    if measure.value is None:
        return "-"
    interval = "" if measure.low is None else f" [{measure.low:.2f}, {measure.high:.2f}]"
    return f"{measure.value:.2f}{interval}"
