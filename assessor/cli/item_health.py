"""`items health`: how the items of a bank do with real candidates."""

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor.cli.app import items
from assessor.cli.output import Json, print_json, print_table, progress, settings

if TYPE_CHECKING:
    from assessor.domain.item_health import Alarm, ItemHealth
    from assessor.services.surveying import BankHealth
    from assessor.settings import Settings


@items.command()
def health(
    track: Annotated[str, typer.Option(help="Only this track; all by default.")] = "",
    tenant: Annotated[
        str, typer.Option(help="Only this platform's candidates; everybody's by default.")
    ] = "",
    test_mode: Annotated[
        bool, typer.Option("--test-mode", help="Assessments of test mode instead of those that count.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show how items do with decided candidates: difficulty, discrimination, exposure, picks, minutes.

    An item whose key fights the able candidates is `key_suspect`; look at its options with --json. One that
    has become easier, or quicker to answer, may have become known before candidates see it.
    """
    found = asyncio.run(_surveyed(settings(), track, tenant or None, livemode=not test_mode, quiet=as_json))
    if as_json:
        print_json({"tracks": [_bank_document(one) for one in found]})
        return
    for bank in found:
        _print_bank(bank)


async def _surveyed(
    chosen: "Settings", track: str, tenant: str | None, *, livemode: bool, quiet: bool
) -> "list[BankHealth]":
    from assessor.bootstrap import library, surveying
    from assessor.ports import Sample

    async with surveying(chosen) as service:
        tracks = [track] if track else sorted((await library()).tracks)
        with progress("Reading decided assessments ...", quiet=quiet):
            return [await service.survey(one, Sample(livemode=livemode, tenant=tenant)) for one in tracks]


def _print_bank(bank: "BankHealth") -> None:
    rows = [_row(one) for one in bank.items if one.n or one.exposure]
    print_table(f"Items of {bank.track}", _COLUMNS, rows)
    erased = f", {bank.erased} of erased candidates left out" if bank.erased else ""
    shared = "" if bank.overlap is None else f" Two forms share {bank.overlap:.0%} of their items on average."
    typer.echo(f"{bank.assessments} decided assessments{erased}, {bank.forms} forms.{shared}")
    for one in bank.items:
        if one.status == "key_suspect" and not one.retired:
            typer.echo(f"{one.item_id}: look at its key: {'; '.join(one.notes)}.")
        for alarm in () if one.retired else one.alarms:
            typer.echo(_told(bank.track, one, alarm))


def _told(track: str, one: "ItemHealth", alarm: "Alarm") -> str:
    return (
        f"{one.item_id}: may have become known. Candidates of the same ability find it {alarm.change} since "
        f"{alarm.since:%Y-%m-%d} (seen after {alarm.answers} answers). Read it; where it is known, "
        f'assessor items retire {track} {one.item_id} --reason "..."'
    )


_COLUMNS = ("Item", "Status", "n", "Mean", "Item-rest r (95%)", "b / authored", "Given", "Min / authored")


def _row(one: "ItemHealth") -> tuple[str, ...]:
    r = one.discrimination
    known = r.value is not None and r.low is not None and r.high is not None
    b = "" if one.difficulty is None else f"{one.difficulty:+.2f} / {one.difficulty_authored:+.2f}"
    minutes = "" if one.minutes_median is None else f"{one.minutes_median:.1f}"
    return (
        one.item_id,
        "retired" if one.retired else one.status.replace("_", " "),
        str(one.n),
        "" if one.mean_score is None else f"{one.mean_score:.2f}",
        f"{r.value:+.2f} ({r.low:+.2f} to {r.high:+.2f})" if known else r.note,
        b,
        "" if one.exposure is None else f"{one.exposure:.0%}",
        f"{minutes} / {one.minutes_authored:g}",
    )


def _bank_document(bank: "BankHealth") -> dict[str, Any]:
    from assessor.domain.item_health import THRESHOLDS

    return {
        "track": bank.track,
        "livemode": bank.sample.livemode,
        "tenant": bank.sample.tenant,
        "forms": bank.forms,
        "assessments": bank.assessments,
        "erased": bank.erased,
        "overlap": bank.overlap,
        "thresholds": asdict(THRESHOLDS),
        "items": [one.model_dump(mode="json") for one in bank.items],
    }
