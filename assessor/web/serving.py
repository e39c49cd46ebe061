"""Running the application under Uvicorn."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from assessor.bootstrap import Services
from assessor.settings import Settings

if TYPE_CHECKING:
    from assessor.web.app import Simulating

GRACE_SECONDS = 10
POLL_SECONDS = 0.05


def run(app: FastAPI, settings: Settings) -> None:
    """Serve until stopped."""
    _server(app, settings).run()


@dataclass(frozen=True)
class Serving:
    """An application that listens."""

    services: Services
    task: asyncio.Task[None]

    async def until_stopped(self) -> None:
        """Wait for Ctrl+C or a termination signal."""
        await self.task


@asynccontextmanager
async def serving(
    settings: Settings, *, works: bool = True, simulating: "Simulating | None" = None
) -> AsyncIterator[Serving]:
    """Migrate, serve in this event loop, and stop at the end. Raises what kept it from starting."""
    from assessor.adapters.store import migrate
    from assessor.web.app import create_app

    await asyncio.to_thread(migrate, settings.database_url)
    app = create_app(settings, works=works, simulating=simulating)
    server = _server(app, settings)
    task = asyncio.create_task(server.serve(), name="server")
    try:
        while not server.started:
            if task.done():
                await task
                raise RuntimeError(f"the server did not start on {settings.host}:{settings.port}")
            await asyncio.sleep(POLL_SECONDS)
        yield Serving(app.state.services, task)
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)


def is_free(host: str, port: int) -> bool:
    """Whether a port can be listened on at this moment."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(host: str) -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


class _Server(uvicorn.Server):
    """Says that it stops before it does: whoever hands out requests needs a while to notice.

    Then it ends the streams of interviews, for which it would wait in vain.
    """

    def __init__(self, app: FastAPI, config: uvicorn.Config, drain_seconds: float) -> None:
        super().__init__(config)
        self._app = app
        self._drain_seconds = drain_seconds
        self._told: tuple[int, float] | None = None
        """Which signal came, and when to follow it."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop in a while; at a second signal at once."""
        self._app.state.stopping = True
        if self._told or not self._drain_seconds:
            super().handle_exit(sig, frame)
        else:
            self._told = sig, time.monotonic() + self._drain_seconds

    async def on_tick(self, counter: int) -> bool:
        """Look ten times a second whether the while is over."""
        if self._told and time.monotonic() >= self._told[1] and not self.should_exit:
            super().handle_exit(self._told[0], None)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, answer what was asked, and end what the application began."""
        services: Services | None = getattr(self._app.state, "services", None)
        if services is not None:
            services.conversing.end_streams()
        await super().shutdown(sockets)


def _server(app: FastAPI, settings: Settings) -> _Server:
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level.lower(),
        access_log=False,  # addresses of invite links carry their token
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return _Server(app, config, settings.drain_seconds)
