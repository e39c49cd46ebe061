"""Commands as processes of their own, forked from one that has imported the package.

A command spends 1.6 CPU seconds on imports, and the tests run hundreds of commands. The process that they are
forked from ends with the one that asked for it.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory

# Nothing of these starts a thread or opens a file: that would not survive a fork.
PRELOADED = ["assessor.cli", "assessor.adapters.jobs", "assessor.interview.graph", "assessor.web.serving"]

STUCK_SECONDS = 300
"""What runs longer is stuck; on a busy machine a command may take minutes."""
GRACE_SECONDS = 30

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload([*PRELOADED, __name__])


@dataclass(frozen=True)
class Process:
    """One `assessor ...` that runs, or has ended."""

    running: ForkServerProcess

    @property
    def pid(self) -> int | None:
        """Its id among the processes of this machine."""
        return self.running.pid

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs; negative for a signal."""
        return self.running.exitcode

    def wait(self, timeout: float) -> int:
        """Wait for its end; return the exit status.

        Raises:
            TimeoutError: it still runs after `timeout` seconds.
        """
        self.running.join(timeout)
        if self.running.exitcode is None:
            raise TimeoutError(f"still running after {timeout} s")
        return self.running.exitcode

    def send_signal(self, how: signal.Signals) -> None:
        """Send it a signal; nothing happens when it has ended."""
        if self.running.is_alive() and self.running.pid is not None:
            os.kill(self.running.pid, how)

    def end(self) -> None:
        """Ask it to stop, so that it stops its own processes too, and then make it."""
        self.send_signal(signal.SIGTERM)
        self.running.join(GRACE_SECONDS)
        self.running.kill()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.running.kill()


def start(
    *arguments: str,
    environment: Mapping[str, str],
    output: Path,
    errors: Path | None = None,
    given: Path = Path(os.devnull),
    folder: Path | None = None,
    module: str = "assessor",
) -> Process:
    """Start `python -m MODULE ARGUMENTS`, which appends to `output`, and to `errors` if given."""
    said = (given, output, errors or output)
    process = _forking.Process(
        target=_run, args=(module, arguments, dict(environment), folder or Path.cwd(), said), daemon=True
    )
    process.start()
    return Process(process)


def run(
    *arguments: str,
    environment: Mapping[str, str],
    folder: Path | None = None,
    given: str = "",
    timeout: float = STUCK_SECONDS,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, as `subprocess.run` does with captured texts.

    Raises:
        TimeoutError: it still ran after `timeout` seconds; it was ended.
    """
    with TemporaryDirectory() as kept:
        given_file, output, errors = (Path(kept, name) for name in ("in", "out", "err"))
        given_file.write_text(given)
        process = start(
            *arguments, environment=environment, output=output, errors=errors, given=given_file, folder=folder
        )
        try:
            status = process.wait(timeout)
        finally:
            process.end()
        return subprocess.CompletedProcess(arguments, status, output.read_text(), errors.read_text())


def _run(
    module: str,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    folder: Path,
    said: tuple[Path, Path, Path],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    appending = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for descriptor, (path, how) in enumerate(zip(said, (os.O_RDONLY, appending, appending), strict=True)):
        os.dup2(os.open(path, how), descriptor)
    sys.stdin = open(0, closefd=False, encoding="utf-8")  # noqa: SIM115 # lives as long as the process
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
