"""Worker processes beside a demonstration."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from assessor.crash_points import CrashPoint
from assessor.settings import Settings
from assessor.simulation.playing import SimulationStuck

STOP_SECONDS = 20
TOKEN = "kill-one"  # noqa: S105 - the name of a file


@dataclass(frozen=True)
class Workers:
    """Processes, by executor id."""

    processes: dict[str, "subprocess.Popen[bytes]"]

    def killed(self) -> str:
        """Return the one that was killed. Raises SimulationStuck unless it was exactly one."""
        ended = [name for name, one in self.processes.items() if one.poll() == -signal.SIGKILL]
        if len(ended) != 1:
            raise SimulationStuck(f"{len(ended)} workers were killed instead of one")
        return ended[0]

    def stop(self) -> None:
        """Stop all of them, and wait until they have."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            _wait(process)


@asynccontextmanager
async def workers(demonstration: Settings, count: int) -> AsyncIterator[Workers]:
    """Start worker processes with the settings of a demonstration, and stop them in the end.

    While the file `token_in` names exists, the first of them that comes to the place between two steps
    of scoring removes it and is killed there.
    """
    token_in(demonstration).unlink(missing_ok=True)
    names = [f"{demonstration.executor_id}-{number}" for number in range(1, count + 1)]
    started = Workers({name: _start(demonstration, name) for name in names})
    try:
        yield started
    finally:
        await asyncio.to_thread(started.stop)


def token_in(demonstration: Settings) -> Path:
    """Return the file whose being there has one worker killed."""
    return demonstration.data_dir / TOKEN


def _start(demonstration: Settings, name: str) -> "subprocess.Popen[bytes]":
    own = {
        "executor_id": name,
        "crash_at": f"{CrashPoint.BETWEEN_STEPS}:1",
        "crash_token": token_in(demonstration),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "assessor", "worker"],
        env=demonstration.model_copy(update=own).child_environment(),
        stdout=sys.stderr,  # the output of the demonstration is a verdict and nothing else
    )


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
