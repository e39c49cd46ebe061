"""The service under torture: processes that are ended and started again."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx

from assessor.web.serving import free_port

START_SECONDS = 90.0
POLL_SECONDS = 0.02
FRONT = "web"
"""The name of the process that serves HTTP."""


@dataclass
class Fleet:
    """Processes by name, each with its role, forked from one zygote; `kills` counts violent ends."""

    folder: Path
    roles: Mapping[str, str]
    settings: Mapping[str, Any]
    port: int = field(default_factory=lambda: free_port("127.0.0.1"))
    kills: int = 0
    _pids: dict[str, int] = field(default_factory=dict)
    _zygote: "subprocess.Popen[str] | None" = None
    _log: IO[str] | None = None

    @property
    def url(self) -> str:
        """Where it answers, while it does."""
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Start the zygote."""
        self._log = (self.folder / "service.log").open("a")
        self._zygote = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.torture.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        if self._answer() != "ready":
            raise RuntimeError("the zygote did not start")

    def close(self) -> None:
        """End everything."""
        for name in self._pids:
            self._kill(name)
        if self._zygote is not None:
            self._zygote.kill()
            self._zygote.communicate()
        if self._log is not None:
            self._log.close()

    async def start_all(self) -> None:
        """Start what is not running."""
        for name in self.dead():
            await self.start(name)

    async def start(self, name: str, crash_at: str | None = None) -> None:
        """Fork a process; for the one that serves, wait until it is ready or has ended."""
        if self._zygote is None or self._zygote.stdin is None:
            raise RuntimeError("open it first")
        settings = {**self.settings, "port": self.port, "executor_id": name, "crash_at": crash_at}
        self._zygote.stdin.write(json.dumps({"role": self.roles[name], "settings": settings}) + "\n")
        self._zygote.stdin.flush()
        self._pids[name] = int(self._answer())
        if name != FRONT:
            return
        async with httpx.AsyncClient() as client, asyncio.timeout(START_SECONDS):
            while self.is_alive(name) and not await _is_ready(client, self.url):  # noqa: ASYNC110 - no event
                await asyncio.sleep(POLL_SECONDS)

    def is_alive(self, name: str) -> bool:
        """Whether the process is there."""
        try:
            os.kill(self._pids[name], 0)
        except (KeyError, ProcessLookupError):
            return False
        return True

    def dead(self) -> Sequence[str]:
        """Return the names of those that do not run."""
        return [name for name in self.roles if not self.is_alive(name)]

    async def kill(self, name: str) -> None:
        """End one at this moment."""
        self._kill(name)
        await self.died(name, START_SECONDS)

    async def died(self, name: str, seconds: float) -> bool:
        """Wait for the end of one; count it. False when it is alive still."""
        try:
            async with asyncio.timeout(seconds):
                while self.is_alive(name):  # noqa: ASYNC110 - another process tells no event
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            return False
        self.kills += 1
        return True

    def _kill(self, name: str) -> None:
        try:
            os.kill(self._pids[name], signal.SIGKILL)
        except (KeyError, ProcessLookupError):
            return

    def _answer(self) -> str:
        if self._zygote is None or self._zygote.stdout is None:
            raise RuntimeError("open it first")
        return self._zygote.stdout.readline().strip()


async def _is_ready(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/readyz", timeout=2)).is_success
    except httpx.TransportError:
        return False
