"""Candidates' code, run in processes that the kernel keeps apart: namespaces, Landlock, limits.

`jail.py` is what runs; it is a program of its own. Where isolation cannot be had nothing is run.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import structlog

from assessor.domain.code import CodeCall, CodeNotRunError, CodeOutcome, outcome_from

__all__ = ["Isolation", "JailedCode", "Limits"]

Isolation = Literal["full", "namespaces", "off"]
"""What is demanded: namespaces and Landlock; namespaces, and Landlock where there is one; or never run."""

AT_ONCE = 2
"""Processes with candidates' code at a time: one that uses all its seconds must not stop the service."""

GRACE_SECONDS = 5.0
"""The program ends its code by itself; so long after that it is ended from outside."""

COUNTED_AS_ALL = 0.75
"""The share of its seconds from which on code that ended without a word is taken to have used them up."""

JAIL = Path(__file__).with_name("jail.py")

log = structlog.get_logger()


@dataclass(frozen=True)
class Limits:
    """What one call may use."""

    cpu_seconds: int = 2
    memory_bytes: int = 256 * 1024 * 1024
    wall_seconds: float = 15.0
    """Many times the processor time: only a call that sleeps, or a machine that is overloaded, gets there."""


class JailedCode:
    """The `CodeRunner` port over a fresh process for each call."""

    def __init__(self, isolation: Isolation, limits: Limits | None = None) -> None:
        self._isolation = isolation
        self._limits = limits or Limits()
        self._places = asyncio.Semaphore(AT_ONCE)

    async def run(self, code: str, calls: Sequence[CodeCall]) -> tuple[CodeOutcome, ...]:
        """Run each call. Raises CodeNotRunError."""
        if self._isolation == "off":
            raise CodeNotRunError("this installation runs no code of candidates")
        outcomes: list[CodeOutcome] = []
        for call in calls:
            async with self._places:
                outcomes.append(await self._outcome(code, call))
        return tuple(outcomes)

    async def _outcome(self, code: str, call: CodeCall) -> CodeOutcome:
        request = {
            "code": code,
            "function": call.function,
            "args": list(call.args),
            "limits": asdict(self._limits),
            "landlock": self._isolation == "full",
        }
        envelope = await self._ask(json.dumps(request).encode())
        if "refused" in envelope:
            log.warning("code of a candidate was not run", reason=envelope["refused"])
            raise CodeNotRunError(str(envelope["refused"]))
        if not envelope["finished"] and envelope["cpu"] < self._limits.cpu_seconds:
            # It slept, or the machine was too busy to run it. Which of the two cannot be told from here.
            raise CodeNotRunError("it did not finish, and had not used its time")
        if outcome := outcome_from(envelope["output"]):
            return outcome
        return CodeOutcome(kind="stopped", why=self._why(envelope))

    def _why(self, envelope: dict[str, Any]) -> Literal["cpu", "output", "crash"]:
        # The kernel's limit counts whole ticks and the usage parts of them: on a busy machine they differ.
        if envelope["cpu"] >= COUNTED_AS_ALL * self._limits.cpu_seconds:
            return "cpu"
        return "output" if envelope["overflowed"] else "crash"

    async def _ask(self, request: bytes) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-S", "-B", "-X", "utf8", str(JAIL),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env={}, cwd="/", start_new_session=True,
        )  # fmt: skip
        try:
            async with asyncio.timeout(self._limits.wall_seconds + GRACE_SECONDS):
                written, _ = await process.communicate(request)
        except TimeoutError:
            raise CodeNotRunError("the machine was too busy") from None
        finally:
            await _end(process)
        try:
            envelope: dict[str, Any] = json.loads(written)
        except ValueError:
            raise CodeNotRunError("the program that runs code ended early") from None
        return envelope


async def _end(process: asyncio.subprocess.Process) -> None:
    """End what still runs: asked first, so that it ends the code with itself; then by force."""
    if process.returncode is not None:
        return
    process.terminate()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            await process.wait()
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
