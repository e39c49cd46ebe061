"""An installation of several processes over one database: workers, and a server without one."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assessor.settings import Settings
from assessor.web.serving import free_port
from tests import forked

START_SECONDS = 60.0
SILENCE = 2
"""Seconds after which a worker counts as dead here."""


@dataclass
class Process:
    """One `assessor ...`, with what it printed."""

    running: forked.Process
    log: Path

    def until_says(self, words: str) -> None:
        """Wait for words in its output. It must not end before it says them."""
        until = time.monotonic() + START_SECONDS
        while words not in self.log.read_text():
            if self.running.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"it never said {words!r}:\n{self.log.read_text()}")
            time.sleep(0.02)

    def ended(self) -> int:
        """Wait for its end, and return the exit status."""
        return self.running.wait(START_SECONDS)

    def stop(self) -> int:
        """End it as an operator would, and return the exit status."""
        self.running.send_signal(signal.SIGTERM)
        return self.ended()


@dataclass
class Installation:
    """Settings that all processes share."""

    folder: Path
    address: str
    port: int = field(default_factory=lambda: free_port("127.0.0.1"))
    processes: list[Process] = field(default_factory=list)

    @property
    def token(self) -> Path:
        """While this file exists, the first worker between two steps of scoring is killed."""
        return self.folder / "kill-one"

    def settings(self, **changed: Any) -> Settings:
        """Return the settings, with what one process has of its own."""
        return Settings(
            data_dir=self.folder,
            database_url=self.address,
            port=self.port,
            adopt_after_seconds=SILENCE,
            log_level="WARNING",
            **changed,
        )

    def start(self, *command: str, **changed: Any) -> Process:
        """Start a process of the command line."""
        log = self.folder / f"process-{len(self.processes)}.log"
        log.touch()
        started = forked.start(*command, environment=self.settings(**changed).child_environment(), output=log)
        self.processes.append(Process(started, log))
        return self.processes[-1]

    def worker(self, executor_id: str, **changed: Any) -> Process:
        """Start a worker, and wait until it works."""
        process = self.start("worker", executor_id=executor_id, **changed)
        process.until_says(f"Worker {executor_id} runs")
        return process

    def doomed_worker(self, executor_id: str) -> Process:
        """Start a worker that may be the one to be killed after its first step of scoring an item."""
        return self.worker(executor_id, crash_at="between-steps:1", crash_token=self.token)


@contextmanager
def installation(folder: Path, address: str) -> Iterator[Installation]:
    """Set one up; no process of it is left in the end."""
    folder.mkdir(parents=True, exist_ok=True)
    installed = Installation(folder, address)
    try:
        yield installed
    finally:
        for process in installed.processes:
            process.running.kill()
            process.running.wait(START_SECONDS)
