"""A candidate's browser on bare streams: thousands of them must cost less than what is measured."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

_BUFFER: Final = 2**14
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True)
class Answer:
    """What came back, of which a browser looks at this."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as data."""
        return json.loads(self.body)


@dataclass(frozen=True)
class StreamEvent:
    """One server-sent event, with the id by which the stream is taken up again."""

    kind: str
    data: Any
    id: str


class Refused(RuntimeError):
    """An answer with another status than was expected."""


@dataclass
class Browser:
    """Keeps the session's cookie. Every request has a connection of its own.

    So it is with browsers here: between two messages of a candidate the server has closed the idle one.
    """

    origin: str
    """The public address, under which pages claim to be; connections go to `at`."""
    cookies: dict[str, str] = field(default_factory=dict)

    async def post(
        self, at: str, path: str, fields: Mapping[str, str], accept: str = "application/json"
    ) -> Answer:
        """Send a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        return await self._send(at, path, urlencode(fields).encode(), headers)

    async def order(self, at: str, path: str, body: Mapping[str, str], key: str, reference: str) -> Answer:
        """Ask the platforms' API with a key. Raises Refused unless something was created."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        headers["Idempotency-Key"] = reference
        answer = await self._send(at, path, json.dumps(body).encode(), headers)
        if answer.status != 201:
            raise Refused(f"{path}: {answer.status} {answer.body[:500]!r}")
        return answer

    async def stream(self, at: str, path: str, last_event_id: str = "") -> AsyncIterator[StreamEvent]:
        """Yield events until the server ends the stream. Raises Refused."""
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-cache"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        reader, writer = await self._ask(at, "GET", path, headers)
        try:
            answer = await self._head(reader)
            if answer.status != 200:
                raise Refused(f"{path}: {answer.status}")
            rest = b""
            async for chunk in _chunks(reader):
                *whole, rest = (rest + chunk).split(b"\n\n")
                for text in whole:
                    yield _event(text.decode())
        finally:
            writer.close()

    async def _send(self, at: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        reader, writer = await self._ask(at, "POST", path, headers, body)
        try:
            answer = await self._head(reader)
            size = int(answer.headers.get("content-length", 0))
            return Answer(answer.status, answer.headers, await reader.readexactly(size))
        finally:
            writer.close()

    async def _ask(
        self, at: str, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(at)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=_BUFFER)
        told = {"Host": urlsplit(self.origin).netloc, "Origin": self.origin, **headers}
        if self.cookies:
            told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body:
            told["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        return reader, writer

    async def _head(self, reader: asyncio.StreamReader) -> Answer:
        line, *lines = (await reader.readuntil(_END)).decode("latin-1").split("\r\n")
        headers = {}
        for one in filter(None, lines):
            name, _, value = one.partition(":")
            headers[name.lower()] = value.strip()
            if name.lower() == "set-cookie":
                self.cookies |= {key: cookie.value for key, cookie in SimpleCookie(value.strip()).items()}
        return Answer(int(line.split()[1]), headers, b"")


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield the pieces of a chunked body. A connection that is cut off ends it as well."""
    try:
        while size := int(await reader.readline(), 16):
            yield await reader.readexactly(size)
            await reader.readline()
    except (ValueError, asyncio.IncompleteReadError, ConnectionError):
        return


def _event(text: str) -> StreamEvent:
    fields = dict(line.split(": ", 1) for line in text.split("\n") if ": " in line)
    return StreamEvent(fields.get("event", ""), json.loads(fields.get("data", "null")), fields.get("id", ""))
