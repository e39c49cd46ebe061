"""`demo`: the whole path, to be tried out or played by itself."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, settings
from assessor.settings import Settings

if TYPE_CHECKING:
    from assessor.bootstrap import Services

DEMO_DIR = "demonstration"


@app.command()
def demo(
    headless: Annotated[
        bool, typer.Option("--headless", help="Play a whole candidate and the reviewer's part by itself.")
    ] = False,
    as_json: Json = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Headless: folder for verdict.json, verdict.jws, jwks.json, transcript.json."),
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on; a free one when it is taken.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what earlier demonstrations left.")] = False,
) -> None:
    """Serve the demonstration with three doors, or play it headless over HTTP."""
    if headless:
        with tempfile.TemporaryDirectory(prefix="assessor-demo-") as temporary:
            result = asyncio.run(_headless(_demonstration(Path(temporary), 0)))
        if out:
            _write(result, out)
        if as_json or not out:
            print_json(result["verdict.json"])
        else:
            typer.echo(f"Wrote {', '.join(sorted(result))} to {out}.")
        return
    folder = settings().data_dir / DEMO_DIR
    if fresh:
        _forget(folder)
    asyncio.run(_serve(_demonstration(folder, port if port is not None else settings().port)))


def _demonstration(folder: Path, port: int) -> Settings:
    """Return settings that cannot touch anything outside the folder."""
    from assessor.web.serving import free_port, is_free

    chosen = settings()
    usable = port if port and is_free(chosen.host, port) else free_port(chosen.host)
    return Settings(
        demonstration=True,
        data_dir=folder,
        host=chosen.host,
        port=usable,
        model=chosen.model,
        model_base_url=chosen.model_base_url,
        model_api_key=chosen.model_api_key,
        model_timeout_seconds=chosen.model_timeout_seconds,
        judge_model=chosen.judge_model,
        log_level="WARNING",
        executor_id="demonstration",
    )


async def _serve(demonstration: Settings) -> None:
    from assessor.web.serving import serving

    typer.echo("Starting ...", err=True)
    async with serving(demonstration) as server:
        await _prepare(server.services)
        model = demonstration.model or "none: the interview asks authored questions and rule-chosen probes"
        typer.echo(
            f"\n  Assessor, DEMONSTRATION   {demonstration.public_url}\n"
            f"  Model: {model}\n"
            f"  Data:  {demonstration.data_dir}\n\n"
            "  Three doors there: Candidate, Reviewer, Platform. Stop with Ctrl+C."
        )
        await server.until_stopped()


async def _headless(demonstration: Settings) -> dict[str, object]:
    from assessor.simulation.headless import play
    from assessor.web.serving import serving

    async with serving(demonstration) as server:
        await _prepare(server.services)
        return await play(demonstration, lambda line: typer.echo(line, err=True))


async def _prepare(services: "Services") -> None:
    from assessor.simulation.demonstration import prepare

    await prepare(services, lambda line: typer.echo(line, err=True))


def _write(result: dict[str, object], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, content in result.items():
        if isinstance(content, str):
            (out / name).write_text(content, "utf-8")
        else:
            (out / name).write_text(json.dumps(content, indent=2, ensure_ascii=False), "utf-8")


def _forget(folder: Path) -> None:
    import shutil

    if folder.is_dir():
        shutil.rmtree(folder)
