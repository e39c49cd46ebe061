"""`replay`: whether a verdict follows from its log, byte for byte."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, print_table, progress, settings
from assessor.domain.errors import AssessorError

if TYPE_CHECKING:
    from assessor.services.replaying import Replayed


@app.command()
def replay(
    assessments: Annotated[list[str], typer.Argument(help="Ids of decided assessments.")],
    as_json: Json = False,
) -> None:
    """Work verdicts out again from log and recorded replies. Exit status 1 unless all are byte-equal."""
    with progress("Replaying ...", quiet=as_json):
        found = asyncio.run(_replayed(assessments))
    if as_json:
        print_json({"assessments": [_document(name, one) for name, one in found]})
    else:
        _print(found)
    if not all(is_equal(one) for _, one in found):
        raise typer.Exit(1)


Found = Sequence[tuple[str, "Replayed | AssessorError"]]


async def _replayed(assessments: Sequence[str]) -> Found:
    from assessor.adapters.logs import configure_logs
    from assessor.bootstrap import replaying

    chosen = settings()
    configure_logs("WARNING", for_machines=False)
    found: list[tuple[str, Replayed | AssessorError]] = []
    async with replaying(chosen) as service:
        for name in dict.fromkeys(assessments):
            try:
                found.append((name, await service.replay(name)))
            except AssessorError as refused:  # one that cannot be replayed must not hide the others
                found.append((name, refused))
    return found


def is_equal(one: "Replayed | AssessorError") -> bool:
    """Whether a replay came to its end and found nothing."""
    return not isinstance(one, AssessorError) and one.is_equal


def _print(found: Found) -> None:
    rows = []
    for name, one in found:
        if isinstance(one, AssessorError):
            rows.append((name, "", "", "", "refused"))
            continue
        rows += [
            (
                name,
                verdict.id,
                verdict.decision,
                verdict.digest[:12],
                "byte-equal" if verdict.is_equal else "differs",
            )
            for verdict in one.verdicts
        ]
    print_table("Replay", ("Assessment", "Verdict", "Decision", "SHA-256", "Result"), rows)
    for name, one in found:
        lines = [str(one)] if isinstance(one, AssessorError) else [*map(str, one.differences), *one.causes]
        for line in lines:
            typer.echo(f"{name}: {line}", err=True)


def _document(name: str, one: "Replayed | AssessorError") -> dict[str, Any]:
    if isinstance(one, AssessorError):
        return {"assessment_id": name, "is_equal": False, "refused": str(one)}
    return {"is_equal": one.is_equal, **asdict(one)}
