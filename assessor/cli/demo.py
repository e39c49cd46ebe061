"""`demo`: the whole path, to be tried out or played by itself."""

import asyncio
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, settings
from assessor.settings import Settings

if TYPE_CHECKING:
    from assessor.bootstrap import Services
    from assessor.cli.processes import Processes

DEMO_DIR = "demonstration"
ADOPT_SECONDS = 5
"""Whoever tries the kill out should not have to wait for long."""
_MIDST = {"worker": "mid-scoring", "web": "mid-turn"}


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
    workers: Annotated[
        int, typer.Option(min=0, help="Worker processes beside a server that does not work itself.")
    ] = 0,
    web: Annotated[
        int,
        typer.Option(
            min=0, help="Headless, on PostgreSQL: web processes that share the requests, with --workers."
        ),
    ] = 0,
    kill_one: Annotated[
        bool,
        typer.Option(
            "--kill-one",
            help="Headless, a test of resilience: one of the workers is killed in mid-scoring, and with "
            "--web one of the web processes in mid-turn.",
        ),
    ] = False,
) -> None:
    """Serve the demonstration with three doors, or play it headless over HTTP.

    It has a database of its own, or is the tenant `demo` in the one that ASSESSOR_DATABASE_URL names.
    """
    _require_topology(headless=headless, web=web, workers=workers, kill_one=kill_one)
    if headless:
        with _headless_folder() as folder:
            chosen = _demonstration(folder, 0)
            result = asyncio.run(_headless(chosen, workers, web, kill_one=kill_one))
        if out:
            _write(result, out)
        if as_json or not out:
            print_json(result["verdict.json"])
        else:
            typer.echo(f"Wrote {', '.join(sorted(result))} to {out}.")
        return
    folder = settings().data_dir / DEMO_DIR
    if fresh:
        if not settings().has_embedded_database:
            raise typer.BadParameter(
                "forgets a database of the demonstration's own, not a named one", param_hint="--fresh"
            )
        _forget(folder)
    asyncio.run(_serve(_demonstration(folder, port if port is not None else settings().port), workers))


def _require_topology(*, headless: bool, web: int, workers: int, kill_one: bool) -> None:
    """Raise BadParameter for processes that cannot be, or of which none would be left."""
    if web and not (headless and workers):
        raise typer.BadParameter("needs --headless and --workers", param_hint="--web")
    if web and settings().database_url.startswith("sqlite"):
        raise typer.BadParameter(
            "needs PostgreSQL, by which web processes hear each other: set ASSESSOR_DATABASE_URL",
            param_hint="--web",
        )
    if kill_one and not (headless and workers > 1):
        raise typer.BadParameter("needs --headless and --workers 2 or more", param_hint="--kill-one")
    if kill_one and web == 1:
        raise typer.BadParameter("needs --web 2 or more, or none", param_hint="--kill-one")


@contextmanager
def _headless_folder() -> Iterator[Path]:
    """Lend a folder that is gone afterwards; beside a database that stays, one whose keys stay too."""
    chosen = settings()
    if chosen.has_embedded_database:
        with tempfile.TemporaryDirectory(prefix="assessor-demo-") as temporary:
            yield Path(temporary)
    else:
        yield chosen.data_dir / DEMO_DIR


def _demonstration(folder: Path, port: int) -> Settings:
    """Return settings that touch nothing outside the folder but a database that was named."""
    from assessor.bootstrap import check_models
    from assessor.web.serving import free_port, is_free

    chosen = settings()
    check_models(chosen)
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
        model_concurrency=chosen.model_concurrency,
        model_tokens_per_minute=chosen.model_tokens_per_minute,
        fallback_models=chosen.fallback_models,
        judge_model=chosen.judge_model,
        log_level="WARNING",
        executor_id="demonstration",
        adopt_after_seconds=min(ADOPT_SECONDS, chosen.adopt_after_seconds),
        **_named_database(chosen),
    )


def _named_database(chosen: Settings) -> dict[str, Any]:
    if chosen.has_embedded_database:
        return {}
    return {"database_url": chosen.database_url, "jobs_database_url": chosen.jobs_database_url}


async def _serve(demonstration: Settings, count: int) -> None:
    from assessor.cli.processes import workers
    from assessor.simulation.outcomes import simulating
    from assessor.web.serving import serving

    typer.echo("Starting ...", err=True)
    async with (
        serving(demonstration, works=count == 0, simulating=simulating) as server,
        workers(demonstration, count),
    ):
        await _prepare(server.services)
        name = server.services.model_name
        model = name or "none: the interview asks authored questions and rule-chosen probes"
        typer.echo(
            f"\n  Assessor, DEMONSTRATION   {demonstration.public_url}\n"
            f"  Model: {model}\n"
            f"  Data:  {demonstration.data_dir}\n\n"
            "  Three doors there: Candidate, Reviewer, Platform. Stop with Ctrl+C."
        )
        await server.until_stopped()


async def _headless(demonstration: Settings, count: int, web: int, *, kill_one: bool) -> dict[str, object]:
    from assessor.cli.processes import workers
    from assessor.simulation.headless import play

    urls = _urls(demonstration, web)
    async with AsyncExitStack() as stack:
        beside = [await stack.enter_async_context(workers(demonstration, count))]
        beside += await _served(stack, demonstration, urls if web else (), works=count == 0)
        if kill_one:
            for processes in beside:
                processes.token.touch()
        result = await play(demonstration, _tell, urls)
        if kill_one:
            for processes in beside:
                _tell(f"{processes.killed()} was killed in {_MIDST[processes.kind]}, and another went on.")
        return result


def _urls(demonstration: Settings, web: int) -> tuple[str, ...]:
    """Return where the web processes answer; the first is the public address."""
    from assessor.web.serving import free_port

    others = [f"http://{demonstration.host}:{free_port(demonstration.host)}" for _ in range(1, web)]
    return (demonstration.public_url, *others)


async def _served(
    stack: AsyncExitStack, demonstration: Settings, urls: Sequence[str], *, works: bool
) -> "list[Processes]":
    """Serve from here, or by a process for each of the addresses, and return those."""
    from assessor.bootstrap import running
    from assessor.cli.processes import web_processes
    from assessor.web.serving import serving

    if not urls:
        await _prepare((await stack.enter_async_context(serving(demonstration, works=works))).services)
        return []
    started = await stack.enter_async_context(web_processes(demonstration, urls))
    async with running(demonstration, works=False) as services:
        await _prepare(services)
    return [started]


async def _prepare(services: "Services") -> None:
    from assessor.simulation.demonstration import prepare

    await prepare(services, _tell)


def _tell(line: str) -> None:
    typer.echo(line, err=True)


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
