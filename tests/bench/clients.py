"""How each kind of server is talked to: a talk is one conversation; a turn, a message and its reply."""

import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect

from assessor.domain.notice import CURRENT
from tests.bench.bank import FORM, TRACK
from tests.bench.upstream import QUOTED

ANSWER: Final = (
    f"The function was given {QUOTED} as its default and every call put its own entries into that same "
    "object, and I found it by printing the identity of the object at the beginning and at the end of "
    "each call and comparing the two numbers."
)
"""Long enough and without reason or example, so that two follow-ups are due after it."""

_TIMEOUT: Final = 60.0


@dataclass(frozen=True)
class Timing:
    """Seconds from sending a message to the first words of the reply, and to its end."""

    first: float
    whole: float


class Talk(Protocol):
    """One conversation. Entered before its first turn."""

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *_: object) -> None: ...
    async def turn(self) -> Timing:
        """Send one message and read the reply to its end."""
        ...

    async def go_on(self) -> None:
        """After two turns: get to where the provider words the next two replies."""
        ...


class _Endless:
    """Every reply is worded by the provider."""

    async def go_on(self) -> None:
        """There is nothing between."""


@dataclass
class OurTalk:
    """A candidate's browser: messages by POST, the reply by the event stream that stays open."""

    origin: str
    key: str
    place: str | None = None
    """The process that is talked to, where `origin` is the address of several."""
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        at, headers = self.place or self.origin, {"Origin": self.origin}
        client = httpx.AsyncClient(base_url=at, timeout=_TIMEOUT, headers=headers)
        self._client = await self.stack.enter_async_context(client)
        await self._begin()
        answer = self._client.stream("GET", "/assessment/interview/stream")
        stream = await self.stack.enter_async_context(answer)
        self._events = _events(stream)
        await self._until("done")
        await self.turn()  # the background question
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stack.aclose()

    async def turn(self) -> Timing:
        """Answer the question that is open."""
        began = time.perf_counter()
        sent = await self._client.post(
            "/assessment/interview/messages", data={"cmid": uuid.uuid4().hex, "text": ANSWER}
        )
        sent.raise_for_status()
        first = await self._until("done")
        return Timing(first - began, time.perf_counter() - began)

    async def go_on(self) -> None:
        """Answer the second follow-up; the next core question is authored."""
        await self.turn()

    async def _until(self, last: str) -> float:
        """Read to the end of the reply; return when its first words came."""
        first = 0.0
        async for kind, _ in self._events:
            if kind in {"tok", last}:
                first = first or time.perf_counter()
            if kind == last:
                return first
        raise RuntimeError("the stream ended before the reply")

    async def _begin(self) -> None:
        reference = uuid.uuid4().hex
        ordered = await self._client.post(
            "/v1/assessments",
            json={"candidate_ref": reference, "track": TRACK, "form": FORM},
            headers={"Authorization": f"Bearer {self.key}", "Idempotency-Key": reference},
        )
        path = httpx.URL(ordered.raise_for_status().json()["invite_url"]).path
        await self._client.post(f"{path}/start")
        begun = await self._client.post("/assessment/begin", data={"notice": CURRENT.version})
        if begun.status_code != httpx.codes.SEE_OTHER:
            raise RuntimeError(f"the assessment did not begin: {begun.status_code} {begun.text[:500]}")


@dataclass
class StandInTalk(_Endless):
    """The plain stand-in: the reply is the stream that answers the POST."""

    origin: str

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(base_url=self.origin, timeout=_TIMEOUT)
        self._thread = uuid.uuid4().hex
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def turn(self) -> Timing:
        """Send one message."""
        body = {"thread": self._thread, "text": ANSWER}
        return await _streamed(self._client, "/turn", body, first="words", last="done")


@dataclass
class LanggraphTalk(_Endless):
    """LangGraph's server: a thread, and a streamed run a turn."""

    origin: str

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(base_url=self.origin, timeout=_TIMEOUT)
        made = await self._client.post("/threads", json={})
        self._thread = made.raise_for_status().json()["thread_id"]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def turn(self) -> Timing:
        """Run the graph once on the thread."""
        body = {
            "assistant_id": "bench",
            "input": {"messages": [{"role": "user", "text": ANSWER}]},
            "stream_mode": ["custom"],
        }
        return await _streamed(self._client, f"/threads/{self._thread}/runs/stream", body, first="custom")


@dataclass
class ChainlitTalk(_Endless):
    """Chainlit's browser: Socket.IO (protocol 5) over one websocket."""

    origin: str

    async def __aenter__(self) -> Self:
        address = self.origin.replace("http", "ws", 1)
        self._socket: ClientConnection = await connect(
            f"{address}/ws/socket.io/?EIO=4&transport=websocket", max_size=None, origin=None
        )
        await self._socket.recv()
        who = {
            "sessionId": str(uuid.uuid4()),
            "clientType": "webapp",
            "userEnv": "{}",
            "threadId": "",
            "chatProfile": "",
        }
        await self._socket.send(f"40{json.dumps(who)}")
        await self._socket.recv()
        await self._emit("connection_successful", None)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def turn(self) -> Timing:
        """Send one message; the reply is over when the task ends."""
        began, first = time.perf_counter(), 0.0
        message = {
            "id": str(uuid.uuid4()),
            "threadId": "",
            "name": "user",
            "type": "user_message",
            "output": ANSWER,
            "createdAt": "2026-11-21T09:00:00.000Z",
        }
        await self._emit("client_message", {"message": message, "fileReferences": []})
        while True:
            kind = await self._event()
            if kind in {"stream_start", "stream_token"}:
                first = first or time.perf_counter()
            elif kind == "task_end" and first:
                return Timing(first - began, time.perf_counter() - began)

    async def _emit(self, kind: str, data: Any) -> None:
        await self._socket.send("42" + json.dumps([kind] if data is None else [kind, data]))

    async def _event(self) -> str:
        while True:
            packet = str(await self._socket.recv())
            if packet == "2":
                await self._socket.send("3")
            elif packet.startswith("42"):
                return str(json.loads(packet[2:])[0])


async def _streamed(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], *, first: str, last: str = ""
) -> Timing:
    """POST, and read the events that answer it. Raises RuntimeError when there are no words."""
    began, words = time.perf_counter(), 0.0
    async with client.stream("POST", path, json=body) as response:
        response.raise_for_status()
        async for kind, _ in _events(response):
            if kind == first:
                words = words or time.perf_counter()
            elif kind == last:
                break
            elif kind == "error":
                raise RuntimeError("the run failed")
    if not words:
        raise RuntimeError("the reply held no words")
    return Timing(words - began, time.perf_counter() - began)


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    kind = ""
    async for line in response.aiter_lines():
        if line.startswith("event:"):
            kind = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            yield kind, json.loads(line.removeprefix("data:"))
