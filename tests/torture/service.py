"""The service under torture: processes that are ended and started again."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx

from assessor.web.serving import free_port

POLL_SECONDS = 0.02
SERVES = ("all", "web")
"""The roles of processes that serve HTTP."""


@dataclass
class Fleet:
    """Processes by name, each with its role, forked from one zygote."""

    folder: Path
    roles: Mapping[str, str]
    settings: Mapping[str, Any]
    settings_of: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What single processes have besides."""
    networks: Mapping[str, Path] = field(default_factory=dict)
    """Of the machines on which single processes are; the others are here."""
    _ports: dict[str, int] = field(init=False)
    _pids: dict[str, int] = field(default_factory=dict)
    _exit_codes: dict[str, int] = field(default_factory=dict)
    _zygote: "subprocess.Popen[str] | None" = None
    _log: IO[str] | None = None

    def __post_init__(self) -> None:
        """Choose a port for every process that serves."""
        self._ports = {name: free_port("127.0.0.1") for name, role in self.roles.items() if role in SERVES}

    @property
    def urls(self) -> tuple[str, ...]:
        """Where it answers, while it does; the first is the public one."""
        return tuple(self._url(name) for name in self._ports)

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

    def start(self, name: str, crash_at: str | None = None, strikes: Path | None = None) -> None:
        """Fork a process. It ends at its crash point, or ends the PostgreSQL there that has a data folder."""
        own: dict[str, Any] = {"executor_id": name, "crash_at": crash_at, "public_url": self.urls[0]}
        if name in self._ports:
            own["port"] = self._ports[name]
        settings = {**self.settings, **own, **self.settings_of.get(name, {})}
        database = str(strikes) if strikes else None
        network = str(self.networks[name]) if name in self.networks else None
        order = {"role": self.roles[name], "settings": settings, "database": database, "network": network}
        self._exit_codes.pop(name, None)
        self._pids[name] = self._ask(order)

    def exit_code(self, name: str) -> int | None:
        """Return how a process ended, negative for a signal; None while it lives."""
        if name not in self._exit_codes:
            code = self._ask({"pid": self._pids[name]})
            if code is None:
                return None
            self._exit_codes[name] = code
        return self._exit_codes[name]

    async def is_ready(self, name: str) -> bool:
        """Whether a process can work; of workers this is not known, so they always can."""
        if name not in self._ports:
            return True
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"{self._url(name)}/readyz", timeout=2)).is_success
        except httpx.TransportError:
            return False

    async def kill(self, *names: str) -> None:
        """End some at this moment."""
        for name in names:
            self._kill(name)
        while any(self.exit_code(name) is None for name in names):  # noqa: ASYNC110 - they tell no event
            await asyncio.sleep(POLL_SECONDS)

    def _kill(self, name: str) -> None:
        if name not in self._exit_codes:  # else the number may be another process's by now
            os.kill(self._pids[name], signal.SIGKILL)

    def _ask(self, order: Mapping[str, Any]) -> Any:
        if self._zygote is None or self._zygote.stdin is None:
            raise RuntimeError("open it first")
        self._zygote.stdin.write(json.dumps(order) + "\n")
        self._zygote.stdin.flush()
        return json.loads(self._answer())

    def _answer(self) -> str:
        if self._zygote is None or self._zygote.stdout is None:
            raise RuntimeError("open it first")
        return self._zygote.stdout.readline().strip()

    def _url(self, name: str) -> str:
        host = self.settings_of.get(name, {}).get("host", "127.0.0.1")
        return f"http://{host}:{self._ports[name]}"
