"""`rescore`: stored work scored again under another rubric, prompt or model."""

import asyncio
import getpass
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, print_table, progress, settings
from assessor.domain.errors import AssessorError, invalid

if TYPE_CHECKING:
    from assessor.domain.rubric import Rubric
    from assessor.domain.score import Score
    from assessor.services.comparing import Rescored, Standing
    from assessor.services.rescoring import Terms
    from assessor.settings import Settings

_MEANINGS = {
    "recorded": "Recorded, and a superseding verdict issued",
    "dry_run": "A dry run: nothing was recorded",
    "unchanged": "Nothing changes, so nothing was recorded",
    "final": "A person decided, finally for the attempt: not scored; --dry-run shows what would change",
    "fault": "A fault of ours would have cost a score, so none was changed; try again later",
}


@app.command()
def rescore(
    assessments: Annotated[list[str], typer.Argument(help="Ids of decided assessments.")],
    rubric: Annotated[
        Path | None, typer.Option(help="YAML file of rubrics to use instead of those with the same ids.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Model to judge with; else ASSESSOR_JUDGE_MODEL.")] = None,
    reason: Annotated[str, typer.Option(help="Why; goes into the log. Needed unless it is a dry run.")] = "",
    by: Annotated[
        str | None, typer.Option(help="Who wants it; your name on this machine by default.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, record nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Score stored work again, and show every criterion and decision that changes.

    Without --dry-run what changed is recorded and a superseding verdict issued. What people scored and
    decided stands.
    """
    if not reason.strip() and not dry_run:
        raise invalid("--reason", "is missing", "Say why it is scored again, or look first with --dry-run.")
    rubrics = rubrics_in(rubric)
    chosen = settings()
    if model:
        chosen = chosen.model_copy(update={"judge_model": model})
    with progress("Scoring again ...", quiet=as_json):
        found = asyncio.run(_rescored(chosen, assessments, _terms(by, reason, rubrics, dry_run=dry_run)))
    if as_json:
        print_json({"assessments": [_document(name, one) for name, one in found]})
    else:
        for name, one in found:
            _print(name, one)
    if any(isinstance(one, AssessorError) or one.outcome == "fault" for _, one in found):
        raise typer.Exit(1)


Found = Sequence[tuple[str, "Rescored | AssessorError"]]


def rubrics_in(file: Path | None) -> "tuple[Rubric, ...]":
    """Return the rubrics of a file that --rubric names. Raises InvalidInput, LibraryInvalid."""
    from assessor.adapters.content import read_rubrics

    if file is None:
        return ()
    if not file.is_file():
        raise invalid("--rubric", f"{file} does not exist", "Give a YAML file of rubrics.")
    return read_rubrics(file)


def _terms(by: str | None, reason: str, rubrics: "tuple[Rubric, ...]", *, dry_run: bool) -> "Terms":
    from assessor.services.rescoring import Terms

    return Terms(by=by or getpass.getuser(), reason=reason, rubrics=rubrics, dry_run=dry_run)


async def _rescored(chosen: "Settings", assessments: Sequence[str], terms: "Terms") -> Found:
    from assessor.adapters.logs import configure_logs
    from assessor.bootstrap import rescoring

    configure_logs("WARNING", for_machines=False)
    found: list[tuple[str, Rescored | AssessorError]] = []
    async with rescoring(chosen) as service:
        for name in dict.fromkeys(assessments):
            try:
                found.append((name, await service.rescore(name, terms)))
            except (
                AssessorError
            ) as refused:  # one that cannot be scored again must not keep the others from it
                found.append((name, refused))
    return found


def _print(name: str, one: "Rescored | AssessorError") -> None:
    if isinstance(one, AssessorError):
        typer.echo(f"{name}: refused: {one}", err=True)
        return
    changed = [change for change in one.changes if change.is_of_result]
    rows = [
        (change.item_id, change.criterion, _said(change.before), _said(change.after)) for change in changed
    ]
    if rows:
        print_table(name, ("Item", "Criterion", "Before", "After"), rows)
    typer.echo(
        f"{name}: {len(changed)} of {one.criteria} criteria change, "
        f"{one.by_people} stand as people scored them.\n"
        f"  Before: {_stands(one.before)}\n"
        f"  After:  {_stands(one.after)}\n"
        f"  {_MEANINGS[one.outcome]}."
    )


def _stands(standing: "Standing") -> str:
    low, high = standing.interval
    return (
        f"{standing.decision}, by {standing.decided_by}; score {standing.score:.1f} [{low:.1f}, {high:.1f}]"
    )


def _said(score: "Score | None") -> str:
    if score is None:
        return "no such criterion"
    said = f"unscored, {score.unscored}" if score.unscored else f"{score.value:g}"
    weight = f" x {score.weight:g}" if score.weight != 1 else ""
    return f"{said}{weight}{', required' if score.required else ''} ({score.rater})"


def _document(name: str, one: "Rescored | AssessorError") -> dict[str, Any]:
    if isinstance(one, AssessorError):
        return {"assessment_id": name, "outcome": "refused", "reason": str(one)}
    return {
        "assessment_id": name,
        "outcome": one.outcome,
        "decision_changes": one.decision_changes,
        "before": asdict(one.before),
        "after": asdict(one.after),
        "criteria": one.criteria,
        "by_people": one.by_people,
        "changes": [
            {
                "item_id": change.item_id,
                "criterion": change.criterion,
                "changes_result": change.is_of_result,
                "before": change.before.model_dump(mode="json") if change.before else None,
                "after": change.after.model_dump(mode="json") if change.after else None,
            }
            for change in one.changes
        ],
    }
