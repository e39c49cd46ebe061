"""A platform's server on this machine, which does to webhooks what servers on the internet do."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook

Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Received:
    """One request as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """Return the event, verified by the reference library. Raises when it is not genuine."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """Answers by its script, and with 200 when that is over."""

    host: str = "127.0.0.1"
    port: int = 0
    scheme: str = "http"
    script: deque[Reply] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/hooks?from=assessor"

    def will(self, *replies: Reply) -> None:
        self.script.extend(replies)

    async def came(self, count: int, seconds: float = 20) -> list[Received]:
        """Wait for so many requests."""
        async with asyncio.timeout(seconds):
            while len(self.received) < count:
                self._came.clear()
                await self._came.wait()
        return self.received

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.received.append(await _read(reader))
            self._came.set()
            await (self.script.popleft() if self.script else answer(200))(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the sender has hung up, as some of these tests want it to
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(head[0].split(" ")[1], headers, body)


def answer(status: int, body: bytes = b"ok", **headers: str) -> Reply:
    """A complete answer."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Answer", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return reply


def hang(seconds: float = 30) -> Reply:
    """Take the request, and say nothing."""

    async def reply(_writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)

    return reply


def held(event: asyncio.Event) -> Reply:
    """Answer when an event is set."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        await event.wait()
        await answer(200)(writer)

    return reply


def dribble(head: bytes, pause: float = 0.02) -> Reply:
    """Send the head, and then a byte now and then for ever."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(pause)

    return reply


def flood(sent: list[int], status: int = 200) -> Reply:
    """Send a body that never ends, as fast as it is taken; `sent` grows by what was."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status} Answer\r\nContent-Length: 1000000000000\r\n\r\n".encode())
        while True:
            writer.write(b"x" * 16_384)
            await writer.drain()
            sent.append(16_384)

    return reply


def garbage() -> Reply:
    """Answer in another language than HTTP."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 smtp.example ESMTP\r\n")
        await writer.drain()

    return reply


def hang_up() -> Reply:
    """Close without an answer."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    return reply


@asynccontextmanager
async def receiving(
    port: int = 0, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Receiver]:
    """Listen on a free port, or on one that is given."""
    receiver = Receiver(host, scheme="https" if tls else "http")
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(receiver.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, host, port, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
