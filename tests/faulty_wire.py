"""A wire between us and a server that fails on purpose: late, silent, half open, reset, cut off.

It runs in a thread of its own, so that code which blocks an event loop can be on the near end of it.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import make_url

T = TypeVar("T")

_PIECE = 65536


@dataclass(eq=False)
class _Link:
    """One connection, through to the far end."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    is_dead: bool = False
    """The near end is open still, and nobody is behind it any more."""


@dataclass
class Wire:
    """Faults hold for what is connected and for what connects, until it is mended."""

    port: int = 0
    _delay: float = 0
    _answers_left: int | None = None
    _is_dead: bool = False
    _links: set[_Link] = field(default_factory=set)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _flows: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    carried: int = 0
    """Bytes of answers."""

    # --- what can be done to it, from any thread ---------------------------------------------

    def delay(self, seconds: float) -> None:
        """Take so much longer for every piece, each way."""
        self._delay = seconds

    def stall(self) -> None:
        """Take everything and pass nothing on; once it is mended, pass on what was taken."""
        self._here(self._flows.clear)

    def half_open(self) -> None:
        """Let the far end hang up, and tell the near end nothing, as a firewall that forgets does."""
        self._is_dead = True
        self._here(self._forget)

    def reset(self) -> None:
        """Reset every connection; new ones work."""
        self._here(self._reset)

    def drop_in_answer(self, after: int = 1) -> None:
        """Cut every connection off after so many bytes of answers, and each that comes at once."""
        self._answers_left = after

    def mend(self) -> None:
        """Work from now on. What is half open stays so."""
        self._delay, self._answers_left, self._is_dead = 0, None, False
        self._here(self._flows.set)

    # --- the wire itself ------------------------------------------------------------------------

    def _here(self, act: Callable[[], None]) -> None:
        async def acted() -> None:
            act()

        self.run(acted())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the wire's own loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _forget(self) -> None:
        for link in self._links:
            link.is_dead = True
            link.far.transport.abort()

    def _reset(self) -> None:
        for link in self._links:
            for writer in (link.near, link.far):
                connection: socket.socket = writer.get_extra_info("socket")
                with suppress(OSError):  # it is closed already, or a socket file, which is closed at once
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()

    async def serve(self, target: Any, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        self._writers.add(near)
        if self._is_dead:
            with suppress(ConnectionError):
                await reader.read()
            near.close()
            return
        far_reader, far = await target()
        self._writers.add(far)
        link = _Link(near, far)
        self._links.add(link)
        try:
            await asyncio.gather(self._asked(link, reader), self._answered(link, far_reader))
        finally:
            self._links.discard(link)
            near.close()
            far.close()

    async def _asked(self, link: _Link, reader: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(_PIECE):
                await self._hold_up()
                if not link.is_dead:
                    link.far.write(piece)
                    await link.far.drain()
        link.far.close()

    async def _answered(self, link: _Link, reader: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(_PIECE):
                await self._hold_up()
                if link.is_dead:
                    return
                if self._answers_left is not None:
                    link.near.write(piece[: self._answers_left])
                    await link.near.drain()
                    break
                self.carried += len(piece)
                link.near.write(piece)
                await link.near.drain()
        if not link.is_dead:
            link.near.close()

    async def _hold_up(self) -> None:
        await self._flows.wait()
        if self._delay:
            await asyncio.sleep(self._delay)


@contextmanager
def wire_to(target: Callable[[], Coroutine[Any, Any, Any]]) -> Iterator[Wire]:
    """Lay a wire to what `target` connects to, as a pair of streams."""
    wire = Wire()
    thread = threading.Thread(target=wire._loop.run_forever, name="wire", daemon=True)
    thread.start()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(ConnectionError, asyncio.CancelledError):
            await wire.serve(target, reader, writer)

    async def begin() -> asyncio.Server:
        wire._flows.set()
        return await asyncio.start_server(connected, "127.0.0.1", 0)

    async def end(server: asyncio.Server) -> None:
        server.close()
        await asyncio.sleep(0.01)  # who was let in already is known then
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in wire._writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # they close in the next round of the loop

    server = wire.run(begin())
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        wire.run(end(server))
        wire._loop.call_soon_threadsafe(wire._loop.stop)
        thread.join()
        wire._loop.close()


@contextmanager
def wired_database(address: str) -> Iterator[tuple[Wire, str]]:
    """Lay a wire to a database; return it and the database's address at its near end."""
    url = make_url(address)
    folder = url.query["host"]
    with wire_to(lambda: asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{url.port or 5432}")) as wire:
        near = url.set(host="127.0.0.1", port=wire.port, query={"connect_timeout": "2"})
        yield wire, near.render_as_string(hide_password=False)


@contextmanager
def wired_service(port: int) -> Iterator[Wire]:
    """Lay a wire to what listens on a port of this machine."""
    with wire_to(lambda: asyncio.open_connection("127.0.0.1", port)) as wire:
        yield wire
