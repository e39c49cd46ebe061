"""A model provider for benchmarks, in a process of its own: speaks the OpenAI protocol, keeps time, counts.

    python -m tests.bench.upstream --port 9000 --first-ms 0 --gap-ms 1

It says the same reply every time, or grades what it is asked to grade. `GET /stats` tells what it was asked,
`GET /prompts` in which words; `POST /reset` begins anew, with another behaviour when it brings one. It is
written on bare streams, so that it costs little beside the servers that are measured.
"""

import argparse
import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any, Final

from tests.bench.examiner import graded

TOKENS: Final = 60
QUOTED: Final = "a shared list"
"""What the reply quotes; the candidates of the benchmarks say it."""
REPLY: Final = (
    f"You mentioned “{QUOTED}”. Suppose somebody else calls the same function from two places in one "
    "process and the second result holds entries of the first: which lines would you read before any "
    "other, what would you print or assert there, and how would that tell you where the change came from?"
)

OBSERVES: Final = '"covered"'
"""Stands in the schema of a call that observes an answer."""
NOTHING_COVERED: Final = '{"covered": [], "terms": []}'

CHARS_PER_TOKEN: Final = 4
BLOCK_TOKENS: Final = 128
LEAST_CACHED_TOKENS: Final = 1024
"""As providers do it: prompts are cached in blocks of 128 tokens, from 1,024 tokens on."""

STALL_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Behaviour:
    """How long replies take, and how many of a hundred go wrong in which way."""

    first_ms: float = 0
    gap_ms: float = 0
    whole_ms: float = 0
    reply: str = REPLY
    truncated: int = 0
    limited: int = 0
    stalled: int = 0
    reset: int = 0
    grades: bool = False
    """Whether replies are grades, read from the prompt, rather than `reply`."""
    uncertain: int = 0
    """Of a hundred pairs of an answer and a criterion, for how many a grade has a middling probability."""
    keeps_prompts: bool = False

    @property
    def pieces(self) -> list[str]:
        """The reply as it is streamed."""
        return pieces_of(self.reply)


@dataclass
class Stats:
    """What was asked so far."""

    requests: int = 0
    observations: int = 0
    """Calls that observe an answer beside the conversation; in none of the other numbers."""
    connections: int = 0
    prompt_chars: int = 0
    uncached_chars: int = 0
    faults: int = 0
    sent_after_ms: list[float] = field(default_factory=list)
    """By chunk: how long after the request it was sent, on average."""


def pieces_of(text: str) -> list[str]:
    """Cut a text into sixty pieces of about the same length, as tokens would."""
    cuts = [round(place * len(text) / TOKENS) for place in range(TOKENS + 1)]
    return [text[start:end] for start, end in pairwise(cuts)]


class PrefixCache:
    """Knows which beginnings of prompts a provider would have at hand."""

    def __init__(self) -> None:
        self._warm: set[bytes] = set()

    def cached_tokens(self, prompt: str) -> int:
        """Return how many tokens at the beginning are warm: whole blocks, and never fewer than 1,024."""
        cached = 0
        for end, key in _blocks(prompt):
            if key not in self._warm:
                break
            cached = end
        return cached if cached >= LEAST_CACHED_TOKENS else 0

    def warm(self, prompt: str) -> None:
        """Keep a prompt. Called when its reply has begun: two at once both pay."""
        self._warm.update(key for _, key in _blocks(prompt))


@cache
def _shuffled(hundred: int) -> list[int]:
    """Return the numbers below 100 in an order of this hundred's own."""
    return sorted(range(100), key=lambda place: hashlib.sha256(f"{hundred} {place}".encode()).digest())


def _blocks(prompt: str) -> list[tuple[int, bytes]]:
    """Return the end of each whole block in tokens, with a hash of everything up to there."""
    running, found = hashlib.blake2b(digest_size=16), []
    size = BLOCK_TOKENS * CHARS_PER_TOKEN
    for number in range(len(prompt) // size):
        running.update(prompt[number * size : (number + 1) * size].encode())
        found.append(((number + 1) * BLOCK_TOKENS, running.copy().digest()))
    return found


class Provider:
    """The server."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._chunks = [_line(_chunk({"role": "assistant", "content": text})) for text in behaviour.pieces]
        self._cache = PrefixCache()
        self._prompts: list[str] = []
        self.stats = Stats()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer on one connection until the other side closes it."""
        counted: Stats | None = None
        try:
            while (request := await _read(reader)) is not None:
                if request[0].endswith("/completions") and counted is not self.stats:
                    counted = self.stats
                    counted.connections += 1
                await self._answer(*request, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # who was measured may be stopped in mid-reply
        finally:
            writer.close()

    async def _answer(self, path: str, body: bytes, writer: asyncio.StreamWriter) -> None:
        if path == "/stats":
            await _send(writer, 200, asdict(self.stats))
        elif path == "/prompts":
            await _send(writer, 200, {"prompts": self._prompts})
        elif path == "/reset":
            self._behaviour = Behaviour(**json.loads(body)) if body else self._behaviour
            self.stats, self._cache, self._prompts = Stats(), PrefixCache(), []
            await _send(writer, 200, {})
        elif path.endswith("/chat/completions"):
            await self._complete(json.loads(body), writer)
        else:
            await _send(writer, 404, {"error": {"message": "this provider only completes chats"}})

    async def _complete(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        if OBSERVES in json.dumps(request.get("response_format")):
            self.stats.observations += 1
            await _send(writer, 200, _whole(NOTHING_COVERED, _usage("", 0)))
            return
        prompt = "".join(str(message["content"]) for message in request["messages"])
        cached = self._count(prompt)
        fault = self._fault(self.stats.requests)
        self.stats.faults += fault is not None
        if fault == "limited":
            await _send(writer, 429, {"error": {"message": "slow down"}}, "Retry-After: 0\r\n")
            return
        if fault == "reset":
            writer.transport.abort()
            raise ConnectionResetError
        if fault == "stalled":
            await asyncio.sleep(STALL_SECONDS)
        usage = _usage(prompt, cached)
        if request.get("stream"):
            await self._stream(writer, usage, is_cut=fault == "truncated")
        else:
            await asyncio.sleep(self._behaviour.whole_ms / 1000)
            text = self._reply(request)
            await _send(writer, 200, _whole(text[: len(text) // 2] if fault else text, usage))
        self._cache.warm(prompt)

    def _reply(self, request: dict[str, Any]) -> str:
        behaviour = self._behaviour
        return graded(request, behaviour.uncertain) if behaviour.grades else behaviour.reply

    def _count(self, prompt: str) -> int:
        cached = self._cache.cached_tokens(prompt)
        if self._behaviour.keeps_prompts:
            self._prompts.append(prompt)
        self.stats.requests += 1
        self.stats.prompt_chars += len(prompt)
        self.stats.uncached_chars += len(prompt) - cached * CHARS_PER_TOKEN
        return cached

    def _fault(self, number: int) -> str | None:
        """Return what goes wrong with a request: exactly so many of each hundred, the same every time.

        Shuffled, because in a regular pattern whoever asks again meets the same fault again.
        """
        hundred, at = divmod(number - 1, 100)
        place = _shuffled(hundred)[at]
        for kind in ("truncated", "limited", "stalled", "reset"):
            share: int = getattr(self._behaviour, kind)
            if place < share:
                return kind
            place -= share
        return None

    async def _stream(self, writer: asyncio.StreamWriter, usage: dict[str, Any], *, is_cut: bool) -> None:
        now = asyncio.get_running_loop().time
        began = now()
        writer.write(_HEAD)
        await asyncio.sleep(self._behaviour.first_ms / 1000)
        for place, chunk in enumerate(self._chunks):
            if is_cut and place > TOKENS // 2:
                return
            writer.write(chunk)
            self._timed(place, now() - began)
            await asyncio.sleep(self._behaviour.gap_ms / 1000)
        writer.write(_line(_chunk({}, "stop")) + _line(_chunk({}, None, usage)) + _piece(b"data: [DONE]\n\n"))
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    def _timed(self, place: int, seconds: float) -> None:
        means = self.stats.sent_after_ms
        if place == len(means):
            means.append(0)
        means[place] += (seconds * 1000 - means[place]) / max(self.stats.requests, 1)


_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def _piece(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _line(body: dict[str, Any]) -> bytes:
    return _piece(b"data: " + json.dumps(body).encode() + b"\n\n")


def _chunk(delta: dict[str, str], finish: str | None = None, usage: Any = None) -> dict[str, Any]:
    choices = [] if usage else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {
        "id": "chunk",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "bench",
        "choices": choices,
        "usage": usage,
    }


def _whole(text: str, usage: dict[str, Any]) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {
        "id": "whole",
        "object": "chat.completion",
        "created": 0,
        "model": "bench",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": usage,
    }


def _usage(prompt: str, cached: int) -> dict[str, Any]:
    asked = len(prompt) // CHARS_PER_TOKEN
    return {
        "prompt_tokens": asked,
        "completion_tokens": TOKENS,
        "total_tokens": asked + TOKENS,
        "prompt_tokens_details": {"cached_tokens": cached},
    }


async def _read(reader: asyncio.StreamReader) -> tuple[str, bytes] | None:
    """Read one request; None when the other side has closed."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    line, *fields = head.splitlines()
    lengths = [field.partition(":")[2] for field in fields if field.lower().startswith("content-length:")]
    body = await reader.readexactly(int(lengths[0])) if lengths else b""
    return line.split()[1], body


async def _send(writer: asyncio.StreamWriter, status: int, body: dict[str, Any], extra: str = "") -> None:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{extra}Content-Length: {len(content)}"
    writer.write(f"{head}\r\n\r\n".encode() + content)
    await writer.drain()


@asynccontextmanager
async def listening(behaviour: Behaviour, port: int = 0) -> AsyncIterator[tuple[int, Provider]]:
    """Serve on a port until the context ends; 0 takes a free one."""
    provider = Provider(behaviour)
    async with await asyncio.start_server(provider.serve, "127.0.0.1", port, limit=2**22) as server:
        yield server.sockets[0].getsockname()[1], provider


async def _run(behaviour: Behaviour, port: int) -> None:
    async with listening(behaviour, port):
        await asyncio.Event().wait()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description="A model provider for benchmarks.")
    parser.add_argument("--port", type=int, required=True)
    for name in ("first-ms", "gap-ms", "whole-ms"):
        parser.add_argument(f"--{name}", type=float, default=0, help="how long replies take")
    for name in ("truncated", "limited", "stalled", "reset"):
        parser.add_argument(f"--{name}", type=int, default=0, help="of a hundred replies")
    given = vars(parser.parse_args(arguments))
    port = given.pop("port")
    asyncio.run(_run(Behaviour(**given), port))


if __name__ == "__main__":
    main()
