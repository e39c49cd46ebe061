"""Processes beside a demonstration: workers, and such as serve HTTP."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from assessor.crash_points import CrashPoint
from assessor.settings import Settings
from assessor.simulation.playing import SimulationStuck

STOP_SECONDS = 20
START_SECONDS = 120
POLL_SECONDS = 0.05
TOKEN = "kill-one"  # noqa: S105 - the name of a file
WORKER_ENDS = f"{CrashPoint.BETWEEN_STEPS}:1"
WEB_ENDS = f"{CrashPoint.MID_TURN}:3"
"""By the third time the conversation is under way."""


@dataclass(frozen=True)
class Processes:
    """Processes of one kind, by name."""

    kind: str
    running: "dict[str, subprocess.Popen[bytes]]"
    token: Path
    """While this file exists, the first of them that comes to its crash point removes it and is killed."""

    def killed(self) -> str:
        """Return the one that was killed. Raises SimulationStuck unless it was exactly one."""
        ended = [name for name, one in self.running.items() if one.poll() == -signal.SIGKILL]
        if len(ended) != 1:
            raise SimulationStuck(f"{len(ended)} {self.kind} processes were killed instead of one")
        return ended[0]

    def stop(self) -> None:
        """Stop all of them, and wait until they have."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            _wait(process)


@asynccontextmanager
async def workers(demonstration: Settings, count: int) -> AsyncIterator[Processes]:
    """Start worker processes with the settings of a demonstration, and stop them in the end."""
    names = [f"{demonstration.executor_id}-{number}" for number in range(1, count + 1)]
    orders = {name: (["worker"], {"executor_id": name}) for name in names}
    async with _started("worker", demonstration, orders, WORKER_ENDS) as started:
        yield started


@asynccontextmanager
async def web_processes(demonstration: Settings, urls: Sequence[str]) -> AsyncIterator[Processes]:
    """Start processes that serve HTTP and do not work, wait until each can, and stop them in the end."""
    ports = {f"web-{number}": httpx.URL(url).port for number, url in enumerate(urls, 1)}
    orders = {name: (["serve", "--no-worker"], {"port": port}) for name, port in ports.items()}
    async with _started("web", demonstration, orders, WEB_ENDS) as started:
        for url in urls:
            await _until_ready(url)
        yield started


@asynccontextmanager
async def _started(
    kind: str, demonstration: Settings, orders: dict[str, tuple[list[str], dict[str, Any]]], ends: str
) -> AsyncIterator[Processes]:
    token = demonstration.data_dir / f"{TOKEN}-{kind}"
    token.unlink(missing_ok=True)
    crash = {"crash_at": ends, "crash_token": token}
    started = Processes(
        kind,
        {name: _start(command, demonstration, own | crash) for name, (command, own) in orders.items()},
        token,
    )
    try:
        yield started
    finally:
        await asyncio.to_thread(started.stop)


def _start(command: list[str], demonstration: Settings, own: dict[str, Any]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - a command of ours
        [sys.executable, "-m", "assessor", *command],
        env=demonstration.model_copy(update=own).child_environment(),
        stdout=sys.stderr,  # the output of the demonstration is a verdict and nothing else
    )


async def _until_ready(url: str) -> None:
    """Wait until a process can serve. Raises SimulationStuck."""
    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(int(START_SECONDS / POLL_SECONDS)):
            with suppress(httpx.TransportError):
                if (await client.get("/readyz")).is_success:
                    return
            await asyncio.sleep(POLL_SECONDS)
    raise SimulationStuck(f"nothing can serve at {url}")


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
