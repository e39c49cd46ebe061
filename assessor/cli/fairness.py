"""`fairness`: whether groups fare unlike, and the numbers of a bias audit."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import fairness
from assessor.cli.output import Json, counting, print_json, print_table, settings
from assessor.domain.errors import invalid

if TYPE_CHECKING:
    from assessor.domain.fairness import Audit, GroupRate, GroupScores, StageRates
    from assessor.services.cohort import Window
    from assessor.services.fairness import FairnessReport, TrackFairness

LEAST_P = 0.001
"""Below, p is told as that: a p of 0.000 there is not."""

Tenant = Annotated[str, typer.Option(help="Id of the platform.")]
Since = Annotated[str | None, typer.Option(help="Ordered on this day or later, as 2026-01-01.")]
Until = Annotated[str | None, typer.Option(help="Ordered before this day.")]
Test = Annotated[bool, typer.Option("--test", help="Of test assessments instead of live ones.")]


@fairness.command("report")
def report(
    tenant: Tenant,
    track: Annotated[str | None, typer.Option(help="Only this track.")] = None,
    since: Since = None,
    until: Until = None,
    test: Test = False,
    as_json: Json = False,
) -> None:
    """Compare groups at every stage: rates, ratios, chance, and whether there are enough people to tell."""
    window = _window(track, since, until, livemode=not test)
    found = asyncio.run(_reported(tenant, window, quiet=as_json))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    if not found.tracks:
        typer.echo("Nobody was invited in this time.")
    for one in found.tracks:
        _print(one)


@fairness.command("ll144")
def ll144(
    tenant: Tenant,
    track: Annotated[str, typer.Option(help="Track, which is the position that is hired for.")],
    csv: Annotated[Path, typer.Option(help="File to write.")],
    since: Since = None,
    until: Until = None,
    test: Test = False,
    as_json: Json = False,
) -> None:
    """Write the tables that a bias audit under New York City's Local Law 144 is made from.

    The audit itself is for an independent auditor.
    """
    from assessor.adapters.audit_sheet import write_audit

    window = _window(track, since, until, livemode=not test)
    found = asyncio.run(_audited(tenant, track, window))
    write_audit(found, csv)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    typer.echo(
        f"{csv} has {found.applicants} applicants, of whom {found.selected} were selected; "
        f"{found.undecided} are undecided and left out."
    )


def _window(track: str | None, since: str | None, until: str | None, *, livemode: bool) -> "Window":
    from assessor.services.cohort import Window

    begins, ends = _day("--since", since), _day("--until", until)
    if begins and ends and begins >= ends:
        raise invalid("--until", "is not after --since", "Give a later day.")
    return Window(livemode, track, begins, ends)


def _day(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise invalid(option, f"{text!r} is no day", "Write it as 2026-11-20.") from None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


async def _reported(tenant: str, window: "Window", *, quiet: bool) -> "FairnessReport":
    from assessor.bootstrap import comparing_groups

    async with comparing_groups(settings()) as service:
        with counting("Reading answers", quiet=quiet) as progress:
            return await service.report(tenant, window, progress)


async def _audited(tenant: str, track: str, window: "Window") -> "Audit":
    from assessor.bootstrap import comparing_groups

    async with comparing_groups(settings()) as service:
        return await service.audit(tenant, track, window)


def _print(found: "TrackFairness") -> None:
    typer.echo(f"\n{found.track}: {found.people} people, of whom {found.declared} declared themselves.")
    for stage in found.stages:
        _print_stage(stage)
    rows = [
        (
            _short(group.group),
            group.n,
            f"{group.mean:.1f}",
            _difference(group),
            group.status.replace("_", " "),
        )
        for one in found.scores
        for group in one.groups
    ]
    print_table("Scores", ("Group", "n", "Mean", "Deviations from the largest", "Status"), rows)
    measured = [one for one in found.items if one.dif]
    rows_of_items = [
        (
            one.item_id,
            _short(one.reference),
            _short(one.focal),
            f"{one.dif.delta:+.2f}",
            one.dif.ets_class,
            one.dif.n,
        )
        for one in measured
        if one.dif
    ]
    print_table("Items", ("Item", "Reference", "Focal", "Delta", "Class", "n"), rows_of_items)
    if waiting := len(found.items) - len(measured):
        typer.echo(f"{waiting} comparisons of items have too few answers yet.")


def _print_stage(stage: "StageRates") -> None:
    title = f"{stage.stage}, by {stage.characteristic}: {stage.status}".replace("_", " ")
    if not stage.groups:
        typer.echo(f"{title} ({stage.passed} of {stage.n} in all; {stage.note}).")
        return
    rows = [
        (
            _short(one.group),
            f"{one.passed} of {one.n}",
            _rate(one),
            "-" if one.ratio is None else f"{one.ratio:.3f}",
            _chance(one.p),
            one.status or "highest",
        )
        for one in stage.groups
    ]
    print_table(title, ("Group", "Passed", "Rate", "Ratio", "p", "Status"), rows)


def _short(group: str) -> str:
    """Leave out what a name has in brackets: it is the same for nearly all, and fills a line."""
    return group.partition(" (")[0]


def _rate(one: "GroupRate") -> str:
    return f"{one.rate:.2f} [{one.low:.2f}, {one.high:.2f}]"


def _chance(p: float | None) -> str:
    if p is None:
        return "-"
    return "<0.001" if p < LEAST_P else f"{p:.3f}"


def _difference(one: "GroupScores") -> str:
    return "-" if one.difference is None else f"{one.difference:+.2f} [{one.low:+.2f}, {one.high:+.2f}]"
