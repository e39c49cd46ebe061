"""Processes that are measured: CPU time and memory with all their children, by /proc (Linux)."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import httpx

START_SECONDS: Final = 90.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass
class Measured:
    """One process, started in a folder of its own."""

    command: Sequence[str]
    folder: Path
    ready: str
    """An address that answers once it can serve."""
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    ready_cpu_seconds: float = 0
    """Until it could serve."""
    ready_memory_mb: float = 0

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "process.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
            )
        try:
            self._await()
            self.ready_cpu_seconds, self.ready_memory_mb = self.cpu_seconds, self.memory_mb
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def cpu_seconds(self) -> float:
        """User and system time so far, of it and of every process it started."""
        return cpu_seconds(self._running.pid)

    @property
    def memory_mb(self) -> float:
        """Resident memory now, of it and of every process it started."""
        return sum(_resident(pid) for pid in _family(self._running.pid)) / 2**20

    @property
    def _running(self) -> "subprocess.Popen[bytes]":
        if self.process is None:
            raise RuntimeError("it was not started")
        return self.process

    def _await(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not _answers(self.ready):
            if self._running.poll() is not None or time.monotonic() > until:
                log = (self.folder / "process.log").read_text(errors="replace")[-4000:]
                raise RuntimeError(f"{' '.join(self.command)} did not start:\n{log}")
            time.sleep(0.02)


def module(name: str, *arguments: str) -> list[str]:
    """Return the command for one of our own modules."""
    return [sys.executable, "-m", name, *arguments]


def cpu_seconds(pid: int) -> float:
    """Return user and system time so far, of a process and of every process it started."""
    return sum(_cpu(one) for one in _family(pid))


def _family(first: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found = [first]
    for pid in found:
        found += children.get(pid, ())
    return found


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5).is_success
    except httpx.TransportError:
        return False


def _cpu(pid: int) -> float:
    """Return the seconds of one process, to the nanosecond, with those of its children that have ended."""
    try:
        clock = (~pid << 3) | 2  # the process clock of another process: clock_getcpuclockid(3)
        ended = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[13:15]
        return time.clock_gettime(clock) + sum(map(int, ended)) / _TICKS
    except OSError:  # it has just ended, and its time is with its parent
        return 0.0


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0
