"""A model file on this machine, served by llama.cpp in a process of its own. For trying out."""

import asyncio
import contextlib
import importlib.util
import json
import os
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import structlog

from assessor.domain.errors import SettingProblem, SettingsInvalid

PREFIX = "local:"
CAUTION = "for trying out, not for deciding"
LOAD_SECONDS = 300.0
PROGRESS_SECONDS = 5.0

_MAGIC = b"GGUF"
_ERROR = " E "
_MOST_ERRORS = 5

log = structlog.get_logger()


@dataclass(frozen=True)
class LocalServer:
    """Where the model is served. `name` is what ledger and verdict call it: no path of this machine."""

    name: str
    base_url: str
    api_key: str
    pid: int


@asynccontextmanager
async def serving(path: Path, variable: str) -> AsyncIterator[LocalServer]:
    """Serve a GGUF file while the context lasts.

    `variable` is the setting that names the file. Raises SettingsInvalid when it cannot be served. A
    server that dies later is not started again: calls to it fail, and the service does without.
    """
    size = check(path, variable)
    log.info("loading local model", model=path.name, megabytes=size // 1_000_000)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "assessor.adapters.local_server"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,  # Ctrl+C ends us first: a turn that is running may finish
    )
    errors: list[str] = []
    listening = asyncio.create_task(_listen(process, errors), name="local model server")
    key = secrets.token_hex(16)
    try:
        address = await _started(process, path, key, variable)
        if not address:
            await listening
            why = errors[0] if errors else f"exit status {await process.wait()}"
            raise _refused(variable, f"could not be loaded: {why}", "Check the file, or try another model")
        log.warning("local model is ready", model=path.name, caution=CAUTION)
        watching = asyncio.create_task(_watch(process), name="watch local model server")
        try:
            yield LocalServer(f"{PREFIX}{path.name}", f"{address}/v1", key, process.pid)
        finally:
            watching.cancel()
            await asyncio.wait([watching])
    finally:
        await _stop(process)
        await listening


def check(path: Path, variable: str) -> int:
    """Return the size of a GGUF file in bytes.

    Raises SettingsInvalid unless there is one, and something to serve it with.
    """
    if importlib.util.find_spec("xllamacpp") is None:
        raise _refused(
            variable, "needs llama.cpp, which is not installed", "Run `pip install 'assessor[local]'`"
        )
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
            size = file.seek(0, os.SEEK_END)
    except OSError as error:
        raise _refused(
            variable,
            f"names a file that cannot be read: {error.strerror}",
            "Give local: and the path of a GGUF file; a relative one starts at the working folder",
        ) from None
    if magic != _MAGIC:
        raise _refused(variable, "names a file that is not in GGUF format", "Get the model in GGUF format")
    return size


async def _started(process: Process, path: Path, key: str, variable: str) -> str:
    """Hand over the order and wait for the address, telling every few seconds that it goes on.

    Returns nothing when the server died instead.
    """
    order = json.dumps({"path": str(path), "key": key})
    with contextlib.suppress(ConnectionError):  # it died at once; its errors say why
        orders = cast("asyncio.StreamWriter", process.stdin)
        orders.write(f"{order}\n".encode())
        await orders.drain()
    telling = asyncio.create_task(_tell_progress(path), name="local model progress")
    try:
        async with asyncio.timeout(LOAD_SECONDS):
            line = await cast("asyncio.StreamReader", process.stdout).readline()
    except TimeoutError:
        raise _refused(
            variable, f"was not loaded within {LOAD_SECONDS:g} seconds", "Take a smaller model"
        ) from None
    finally:
        telling.cancel()
    return str(json.loads(line)["address"]) if line else ""


async def _tell_progress(path: Path) -> None:
    seconds = 0.0
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        seconds += PROGRESS_SECONDS
        log.warning("still loading local model", model=path.name, seconds=seconds)


async def _listen(process: Process, errors: list[str]) -> None:
    """Read what the server says, or it would block on a full pipe; keep the first errors."""
    async for line in cast("asyncio.StreamReader", process.stderr):
        text = line.decode("utf-8", "replace").rstrip()
        log.debug("local model server", said=text)
        if _ERROR in text and len(errors) < _MOST_ERRORS:
            errors.append(text.partition(_ERROR)[2].strip())


async def _watch(process: Process) -> None:
    status = await process.wait()
    log.error("local model server ended; interviews go on with authored probes", status=status)


async def _stop(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()  # it holds nothing that could be lost
    await process.wait()


def _refused(variable: str, problem: str, remedy: str) -> SettingsInvalid:
    return SettingsInvalid([SettingProblem(variable, problem, remedy)])
