"""`outcomes`: how good later work was, and how well verdicts predicted it."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import outcomes
from assessor.cli.output import Json, print_json, print_table, settings

if TYPE_CHECKING:
    from assessor.domain.outcome import Outcome
    from assessor.domain.validity import Coefficient, Validity

Tenant = Annotated[str, typer.Option(help="Id of the platform.")]
Test = Annotated[bool, typer.Option("--test", help="Of test assessments instead of live ones.")]


@outcomes.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV with assessment_id, or candidate_ref and track, and metric, value, observed_at, work."
        ),
    ],
    tenant: Tenant,
    test: Test = False,
    as_json: Json = False,
) -> None:
    """Record the outcomes of a file: all of them, or none and every wrong row by its line.

    What was recorded before is not recorded twice, so a file that has grown is imported again as it is.
    """
    found = asyncio.run(_imported(file, tenant, livemode=not test))
    if as_json:
        print_json({"outcomes": [one.model_dump(mode="json") for one in found]})
        return
    different = len({one.id for one in found})
    typer.echo(
        f"{different} outcomes of {len({one.assessment_id for one in found})} assessments are recorded."
    )


@outcomes.command("report")
def report(
    tenant: Tenant,
    track: Annotated[str | None, typer.Option(help="Only this track.")] = None,
    metric: Annotated[str | None, typer.Option(help="Only this metric.")] = None,
    test: Test = False,
    as_json: Json = False,
) -> None:
    """Show how well scores predict outcomes: correlations with 95% intervals, corrected for selection."""
    found = asyncio.run(_reported(tenant, track, metric, livemode=not test))
    if as_json:
        print_json({"validity": [one.model_dump(mode="json") for one in found]})
        return
    rows = [
        (
            one.track,
            one.metric,
            _named(one),
            "-" if one.n is None else one.n,
            _shown(one.observed),
            _shown(one.corrected),
            one.status,
        )
        for one in found
    ]
    columns = ("Track", "Metric", "Group", "n", "Observed", "Among all", "Status")
    print_table("Scores and later outcomes", columns, rows)
    for one in found:
        if one.note:
            typer.echo(f"{one.track}, {one.metric}, {_named(one)}: {one.note}.")


async def _imported(file: Path, tenant: str, *, livemode: bool) -> "tuple[Outcome, ...]":
    from assessor.adapters.outcome_sheet import read_outcomes
    from assessor.bootstrap import recording
    from assessor.services.outcomes import Report

    lines = read_outcomes(file)
    reports = [
        Report(
            metric=line.metric,
            value=line.value,
            observed_at=line.observed_at,
            assessment_id=line.assessment_id,
            candidate_ref=line.candidate_ref,
            track=line.track,
            work=line.work,
            place=f"line {line.line}, ",
        )
        for line in lines
    ]
    async with recording(settings()) as service:
        return await service.record(tenant, reports, livemode=livemode)


async def _reported(
    tenant: str, track: str | None, metric: str | None, *, livemode: bool
) -> "tuple[Validity, ...]":
    from assessor.bootstrap import stored
    from assessor.services.cohort import Window
    from assessor.services.predicting import Predicting

    async with stored(settings()) as store:
        return await Predicting(store).report(tenant, Window(livemode=livemode, track=track), metric)


def _named(one: "Validity") -> str:
    """Leave out the characteristic, and what the name of a group has in brackets: no two are alike."""
    return "everybody" if one.group is None else one.group.partition(": ")[2].partition(" (")[0]


def _shown(one: "Coefficient | None") -> str:
    return "-" if one is None else f"{one.value:+.2f} [{one.low:+.2f}, {one.high:+.2f}]"
