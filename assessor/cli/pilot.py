"""`pilot`: forecasting a pilot, and where the platforms' pilots stand."""

import asyncio
import getpass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import pilots
from assessor.cli.output import Json, print_json, print_table, settings

if TYPE_CHECKING:
    from assessor.domain.pilot import Forecast, StageChange
    from assessor.ports import GoldRun

_DAY = "%Y-%m-%d"


@pilots.command("plan")
def plan(
    candidates: Annotated[int, typer.Option(help="How many candidates the pilot has, who hand in.")],
    track: Annotated[str, typer.Option(help="Track that is piloted.")] = "python",
    form: Annotated[str, typer.Option(help="Form that they get: full or short.")] = "full",
    candidates_per_week: Annotated[float, typer.Option(help="How many hand in a week.")] = 25.0,
    minutes_per_criterion: Annotated[
        float, typer.Option(help="What a reviewer takes for one criterion, reading included: an assumption.")
    ] = 1.5,
    scored_twice: Annotated[
        float, typer.Option(help="Share of the responses that two people score, 0 to 1.")
    ] = 0.2,
    begins: Annotated[
        datetime | None, typer.Option(formats=[_DAY], help="First day; today by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Forecast a pilot: reviewers' hours, labels by rubric family, and when a judge can be calibrated."""
    from assessor.bootstrap import library
    from assessor.domain.errors import invalid
    from assessor.domain.pilot import Assumptions, forecast

    if form not in ("full", "short"):
        raise invalid("--form", f"{form!r} is none", "Use full or short.")
    assumed = Assumptions.model_validate(
        {
            "candidates": candidates,
            "candidates_per_week": candidates_per_week,
            "minutes_per_criterion": minutes_per_criterion,
            "scored_twice": scored_twice,
            "form": form,
        }
    )
    shelf = asyncio.run(library())
    first = begins.date() if begins else _today()
    found = forecast(shelf, shelf.track(track), assumed, first)
    if as_json:
        families = [{**one.model_dump(mode="json"), "family": str(one.family)} for one in found.families]
        print_json({**found.model_dump(mode="json"), "begins": first.isoformat(), "families": families})
    else:
        _print_forecast(found)


@pilots.command("show")
def show(
    tenant: Annotated[str | None, typer.Option(help="Of this platform only.")] = None,
    history: Annotated[bool, typer.Option("--history", help="Every change, the newest first.")] = False,
    as_json: Json = False,
) -> None:
    """Show at which stage each pilot is, since when, by whom and why, and the latest replay of gold."""
    found, gold = asyncio.run(_stages(tenant, history=history))
    if as_json:
        pilots_ = [one.model_dump(mode="json") for one in found]
        print_json({"pilots": pilots_, "gold": vars(gold) if gold else None})
        return
    rows = [
        (
            one.tenant,
            one.track,
            one.region or "any",
            one.stage.value,
            f"{one.at:%Y-%m-%d %H:%M}",
            one.by,
            one.reason,
        )
        for one in found
    ]
    print_table("Pilots", ("Platform", "Track", "Region", "Stage", "Since", "By", "Why"), rows)
    typer.echo("A track that is not listed is at assisted: rules decide only qualified.")
    typer.echo(_said_of(gold))


@pilots.command("set")
def set_stage(
    tenant: Annotated[str, typer.Option(help="Id of the platform.")],
    track: Annotated[str, typer.Option(help="Track whose pilot moves.")],
    stage: Annotated[str, typer.Option(help="shadow, calibration, assisted or automatic.")],
    reason: Annotated[str, typer.Option(help="Why, in a sentence; it stays in the history.")],
    region: Annotated[
        str | None, typer.Option(help="Only for orders of this region, e.g. eu; else the track's default.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who; your name on this machine by default.")] = None,
    as_json: Json = False,
) -> None:
    """Put a pilot at a stage. It holds for everything that is decided from now on.

    `automatic` is refused until the judge is calibrated in every rubric family of the track.
    """
    change = asyncio.run(_set(tenant, track, region, stage, by or getpass.getuser(), reason))
    if as_json:
        print_json(change.model_dump(mode="json"))
    else:
        where = f" in {change.region}" if change.region else ""
        typer.echo(f"{change.track} of {change.tenant}{where} is at {change.stage.value}.")


def _today() -> date:
    return datetime.now(UTC).date()


def _said_of(gold: "GoldRun | None") -> str:
    if gold is None:
        return "Gold responses were never replayed by themselves."
    if gold.failure:
        return f"The replay of gold responses on {gold.day} failed: {gold.failure}."
    if gold.ended_at is None:
        return f"The replay of gold responses on {gold.day} is under way, or was cut off."
    return (
        f"Gold responses were replayed on {gold.day}: {gold.wanted} read, {gold.compared} comparisons, "
        f"{gold.stopped} calibrations stopped."
    )


async def _stages(tenant: str | None, *, history: bool) -> "tuple[tuple[StageChange, ...], GoldRun | None]":
    from assessor.bootstrap import accessing

    async with accessing(settings()) as (_, store):
        if tenant is not None:
            await store.tenant(tenant)
        found = await (store.stage_history(tenant) if history else store.stages(tenant))
        return found, await store.latest_gold_run()


async def _set(
    tenant: str, track: str, region: str | None, stage: str, by: str, reason: str
) -> "StageChange":
    from assessor.bootstrap import piloting
    from assessor.domain.errors import invalid
    from assessor.domain.policy import Stage
    from assessor.services.piloting import Place

    if stage not in list(Stage):
        raise invalid("--stage", f"{stage!r} is none", f"Use one of: {', '.join(Stage)}.")
    async with piloting(settings()) as service:
        return await service.set_stage(Place(tenant, track, region), Stage(stage), by, reason)


def _print_forecast(found: "Forecast") -> None:
    assumed = found.assumptions
    rows = [
        (
            one.family,
            f"{one.responses_per_candidate:g}",
            f"{one.criteria_per_response:g}",
            one.responses,
            one.labels,
            one.candidates_missing or "none",
            one.ready_on,
        )
        for one in found.families
    ]
    columns = ("Family", "A candidate", "Criteria", "Responses", "Labels", "Missing", "Ready on")
    print_table(f"Pilot of {found.track}, {assumed.candidates} candidates", columns, rows)
    typer.echo(
        f"{found.reviewer_hours:g} hours of reviewers for {found.labels} labels, at "
        f"{assumed.minutes_per_criterion:g} minutes a criterion with {assumed.scored_twice:.0%} scored twice "
        "(assumptions: change them with --minutes-per-criterion and --scored-twice)."
    )
    typer.echo(
        f"A family is ready with {found.responses_needed} responses, {found.responses_twice_needed} of them "
        "scored by two people. Missing: how many candidates more than planned that takes."
    )
    short = "" if not found.candidates_missing else f", {found.candidates_missing} more than planned"
    typer.echo(
        f"Every family is ready on {found.ready_on}, after {found.candidates_needed} candidates{short}, at "
        f"{assumed.candidates_per_week:g} a week. Numbers are expected ones, over {_forms()} drawn forms."
    )


def _forms() -> int:
    from assessor.domain.pilot.forecast import FORMS

    return FORMS
