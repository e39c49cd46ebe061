"""`calibrate` and `gold`: how well the judge agrees with people, and whether it still does."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import app
from assessor.cli.gradings import judge_templates
from assessor.cli.output import Json, counting, print_json, print_table, settings
from assessor.domain.errors import invalid

if TYPE_CHECKING:
    from assessor.domain.agreement import Measure
    from assessor.domain.calibration import Calibration, LabelRow
    from assessor.domain.pilot import StageChange
    from assessor.services.watching import Watched
    from assessor.settings import Settings

Track = Annotated[str, typer.Option(help="Track whose items were labelled.")]
Model = Annotated[str | None, typer.Option(help="Model to judge with; else ASSESSOR_JUDGE_MODEL.")]
Prompts = Annotated[
    Path | None, typer.Option(help="Folder of judge templates to read with instead of the installed ones.")
]


@app.command()
def calibrate(
    labels: Annotated[
        Path | None, typer.Argument(help="CSV or JSONL of responses that people labelled.")
    ] = None,
    anchors: Annotated[
        bool, typer.Option("--anchors", help="Use the rubrics' own examples instead; provisional at best.")
    ] = False,
    track: Track = "python",
    model: Model = None,
    prompts: Prompts = None,
    replies: Annotated[
        Path | None,
        typer.Option(help="File that keeps the replies, so that none is paid for twice; beside the labels."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Measure and show, but keep no calibration.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure how well the judge agrees with people, and keep it: verdicts go by it from then on.

    A run that was cut off is started again and pays for no reply twice.
    """
    if (labels is None) != anchors:
        raise invalid("labels", "name a file, or say --anchors", "Give exactly one of the two.")
    chosen = _chosen(model)
    file = replies or _beside(labels, chosen)
    templates = judge_templates(prompts)
    found = asyncio.run(_calibrated(chosen, templates, labels, track, file, keep=not dry_run, quiet=as_json))
    if as_json:
        print_json({"calibrations": [one.model_dump(mode="json") for one in found]})
        return
    _print(found)
    typer.echo("Nothing was kept: a dry run." if dry_run else f"{len(found)} calibrations are kept.")


@app.command()
def gold(
    labels: Annotated[Path, typer.Argument(help="CSV or JSONL of gold responses, labelled by people.")],
    track: Track = "python",
    model: Model = None,
    as_json: Json = False,
) -> None:
    """Let the judge read gold responses afresh, and stop it where it agrees with people less than it did.

    Run it every day. Exit status 1 when a calibration was stopped: what that judge scores then waits for
    people, until it has been calibrated anew.
    """
    found = asyncio.run(_watched(_chosen(model), labels, track, quiet=as_json))
    fell = asyncio.run(_fallen()) if any(one.alarm for one in found) else ()
    if as_json:
        families = [{**vars(one), "family": str(one.family)} for one in found]
        print_json({"families": families, "pilots": [one.model_dump(mode="json") for one in fell]})
    else:
        rows = [
            (one.family, one.language, one.calibration_id or "none", one.read, one.since, _state(one))
            for one in found
        ]
        print_table("Gold", ("Family", "Language", "Calibration", "Read", "Since", "State"), rows)
        for one in fell:
            typer.echo(f"{one.track} of {one.tenant} fell to {one.stage.value}. {one.reason}")
    if any(one.alarm for one in found):
        raise typer.Exit(1)


def _chosen(model: str | None) -> "Settings":
    chosen = settings()
    return chosen.model_copy(update={"judge_model": model}) if model else chosen


def _beside(labels: Path | None, chosen: "Settings") -> Path:
    if labels is None:
        return chosen.data_dir / "calibration" / "anchors.replies.jsonl"
    return labels.with_name(f"{labels.name}.replies.jsonl")


def _rows(labels: Path) -> "tuple[LabelRow, ...]":
    from assessor.adapters.labels import read_labels

    return read_labels(labels)


async def _calibrated(
    chosen: "Settings",
    templates: Mapping[str, str],
    labels: Path | None,
    track: str,
    replies: Path,
    *,
    keep: bool,
    quiet: bool,
) -> "tuple[Calibration, ...]":
    from assessor.adapters.logs import configure_logs
    from assessor.adapters.replies import FileReplies
    from assessor.bootstrap import watching
    from assessor.services.labelling import anchors, labelled

    configure_logs("WARNING", for_machines=False)
    rows = None if labels is None else _rows(labels)
    async with watching(chosen, templates) as service:
        library = await service.calibrating.content.library()
        responses = anchors(library, track) if rows is None else labelled(rows, library, track)
        with counting("Reading responses", quiet=quiet) as progress:
            return await service.calibrating.calibrate(
                responses,
                FileReplies(replies),
                "anchors" if rows is None else "labels",
                progress,
                keep=keep,
            )


async def _watched(chosen: "Settings", labels: Path, track: str, *, quiet: bool) -> "tuple[Watched, ...]":
    from assessor.adapters.logs import configure_logs
    from assessor.bootstrap import watching
    from assessor.services.labelling import labelled

    configure_logs("WARNING", for_machines=False)
    rows = _rows(labels)
    async with watching(chosen) as service:
        responses = labelled(rows, await service.calibrating.content.library(), track)
        with counting("Reading gold responses", quiet=quiet) as progress:
            return await service.watch(responses, progress)


async def _fallen() -> "tuple[StageChange, ...]":
    """Let pilots fall by the judge of the settings, whatever model was watched."""
    from assessor.bootstrap import piloting

    async with piloting(settings()) as service:
        return await service.fall_back()


_Columns = Sequence[tuple[str, Callable[["Calibration"], object]]]

_NAMED: _Columns = (("Family", lambda one: one.family), ("Language", lambda one: one.language))
_GRADED: _Columns = (
    *_NAMED,
    ("n", lambda one: one.agreement.responses),
    ("QWK", lambda one: _shown(one.agreement.qwk)),
    ("SMD", lambda one: _shown(one.agreement.smd)),
    ("Two people", lambda one: _shown(one.people)),
    ("Words", lambda one: _shown(one.baseline.qwk)),
    ("Grade", lambda one: one.grade.value),
)
_FURTHER: _Columns = (
    *_NAMED,
    ("Kappa", lambda one: _shown(one.agreement.kappa)),
    ("Alpha", lambda one: _shown(one.agreement.alpha)),
    ("AC2", lambda one: _shown(one.agreement.ac2)),
    ("TPR", lambda one: _shown(one.agreement.tpr)),
    ("TNR", lambda one: _shown(one.agreement.tnr)),
    ("Left to people", lambda one: one.agreement.abstained),
)


def _print(found: "Sequence[Calibration]") -> None:
    for title, columns in (("Agreement with people", _GRADED), ("Further measures", _FURTHER)):
        rows = [[value(one) for _, value in columns] for one in found]
        print_table(title, [name for name, _ in columns], rows)
    for one in found:
        for obstacle in one.obstacles:
            typer.echo(f"{one.family}, {one.language}: {obstacle}.")


def _shown(measure: "Measure") -> str:
    if measure.value is None:
        return "-"
    interval = "" if measure.low is None else f" [{measure.low:.2f}, {measure.high:.2f}]"
    return f"{measure.value:.2f}{interval}"


def _state(one: "Watched") -> str:
    if one.calibration_id is None:
        return "not calibrated"
    return f"stopped: {one.alarm} after {one.after}" if one.alarm else "steady"
