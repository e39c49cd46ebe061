"""An OpenAI-compatible server that misbehaves on purpose, over real sockets on this machine.

httpx and litellm see what they would see on a bad day: resets, half bodies, silence.
"""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from typing import Any

Behaviour = Callable[["Exchange"], Awaitable[None]]

GOOD_PROBE = "What would you do if that failed?"


@dataclass
class Exchange:
    """One request and the connection that it came on."""

    request: dict[str, Any]
    writer: asyncio.StreamWriter

    @property
    def wants_stream(self) -> bool:
        return bool(self.request.get("stream"))

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int, kind: str, *, length: int | None = None, more: str = "") -> None:
        size = f"content-length: {length}\r\n" if length is not None else ""
        lines = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\nconnection: close\r\n{size}{more}\r\n"
        await self.send(lines.encode())

    async def answer(self, status: int, document: dict[str, Any], more: str = "") -> None:
        body = json.dumps(document).encode()
        await self.head(status, "application/json", length=len(body), more=more)
        await self.send(body)

    async def chunk(self, text: str | None = None, finish: str | None = None) -> None:
        choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
        await self.send(_event({**_FRAME, "object": "chat.completion.chunk", "choices": [choice]}))

    async def end(self) -> None:
        await self.chunk(None, "stop")
        usage = {"prompt_tokens": 40, "completion_tokens": 8, "total_tokens": 48}
        usage_details = {**usage, "prompt_tokens_details": {"cached_tokens": 16}}
        await self.send(
            _event({**_FRAME, "object": "chat.completion.chunk", "choices": [], "usage": usage_details})
        )
        await self.send(b"data: [DONE]\n\n")

    def reset(self) -> None:
        """Break the connection the hard way: the other side sees a reset, not an end."""
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


_FRAME: dict[str, Any] = {"id": "r", "created": 1, "model": "m"}
_STREAM = "text/event-stream"


def _event(document: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def says(text: str, *, pause: float = 0.0) -> Behaviour:
    """Answer with this text, in pieces where a stream was asked for."""

    async def behave(exchange: Exchange) -> None:
        if not exchange.wants_stream:
            message = {"role": "assistant", "content": text}
            usage = {"prompt_tokens": 40, "completion_tokens": 8, "total_tokens": 48}
            choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
            await exchange.answer(
                200, {**_FRAME, "object": "chat.completion", "choices": choices, "usage": usage}
            )
            return
        await exchange.head(200, _STREAM)
        for at in range(0, len(text), 12):
            await exchange.chunk(text[at : at + 12])
            await asyncio.sleep(pause)
        await exchange.end()

    return behave


def fails(status: int, **headers: str) -> Behaviour:
    """Answer with a status and an error that quotes the conversation, as providers do."""

    async def behave(exchange: Exchange) -> None:
        quoted = exchange.request["messages"][-1]["content"]
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        await exchange.answer(status, {"error": {"message": f"cannot do {quoted}"}}, more)

    return behave


async def hangs(exchange: Exchange) -> None:
    """Take the request and say nothing until the other side goes away."""
    await exchange.writer.wait_closed()


async def resets_at_once(exchange: Exchange) -> None:
    """Break the connection before a word of the answer."""
    exchange.reset()


async def resets_midway(exchange: Exchange) -> None:
    """Break the connection within the answer."""
    if exchange.wants_stream:
        await exchange.head(200, _STREAM)
        await exchange.chunk("What would ")
    else:
        await exchange.head(200, "application/json", length=1000)
        await exchange.send(b'{"id": "r", "choices": [')
    await asyncio.sleep(0.05)  # or the reset overtakes the words
    exchange.reset()


async def stops_midway(exchange: Exchange) -> None:
    """End cleanly in the middle, as a proxy does when the server behind it dies."""
    if exchange.wants_stream:
        await exchange.head(200, _STREAM)
        await exchange.chunk("What would you do if")
        return
    await exchange.head(200, "application/json")
    await exchange.send(b'{"id": "r", "object": "chat.completion", "choices": [{"index": 0, "mess')


async def is_filtered(exchange: Exchange) -> None:
    """Refuse by the provider's content filter."""
    if exchange.wants_stream:
        await exchange.head(200, _STREAM)
        await exchange.chunk(None, "content_filter")
        return
    choice = {"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": "content_filter"}
    await exchange.answer(200, {**_FRAME, "object": "chat.completion", "choices": [choice]})


async def drips(exchange: Exchange) -> None:
    """Send a stream so slowly that no sentence is ready in time; without a stream, the body likewise."""
    await exchange.head(200, _STREAM if exchange.wants_stream else "application/json")
    while not exchange.writer.is_closing():
        if exchange.wants_stream:
            await exchange.chunk("so ")
        else:
            await exchange.send(b" ")
        await asyncio.sleep(0.2)


@dataclass
class Upstream:
    """A running server. It behaves as told, in turn; the last behaviour goes on for ever."""

    url: str
    behaviours: list[Behaviour]
    requests: list[dict[str, Any]] = field(default_factory=list)
    running: int = 0
    most_at_once: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A connection may be opened and not used.
        with closing(writer), suppress(asyncio.IncompleteReadError):
            await self._answer(await _request(reader), writer)

    async def _answer(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        self.requests.append(request)
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        behaviour = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
        try:
            # The client may give up, which is what many of these tests are about.
            with suppress(ConnectionError):
                await behaviour(Exchange(request, writer))
        finally:
            self.running -= 1


async def _request(reader: asyncio.StreamReader) -> dict[str, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length"))
    document: dict[str, Any] = json.loads(await reader.readexactly(length))
    return document


@asynccontextmanager
async def upstream(*behaviours: Behaviour) -> AsyncIterator[Upstream]:
    """Run a server for the time of a test."""
    running = Upstream("", list(behaviours))
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await running.serve(reader, writer)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    running.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield running
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def free_address() -> str:
    """Return an address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/v1"


def all_met(ids: Sequence[str], quote: str) -> str:
    """Return a judge's reply in the right form."""
    judgement = {"quotes": [quote], "analysis": "It is there.", "verdict": "met", "probability": 0.9}
    return json.dumps({"criteria": [{"id": name, **judgement} for name in ids]})
