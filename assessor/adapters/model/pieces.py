"""What a stream brings, piece by piece.

litellm builds every chunk of a stream anew in classes of its own, which takes longer than all the rest
of a turn: 110 ms of CPU for sixty chunks, where reading beneath it took 23. Where it asked the provider
through OpenAI's client, the reply is server-sent events in OpenAI's form, and they are read here as they
come. Whatever else a provider sends comes through litellm.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from assessor.domain.errors import ModelFault

_SPEAK_OPENAI = frozenset({"openai", "azure"})
"""litellm's names for OpenAI itself, every server that is addressed as `openai/...`, and Azure."""
_DATA, _DONE = b"data:", b"[DONE]"
_REST_SECONDS = 0.05
"""How long the end of a reply may take after its last event."""


@dataclass(frozen=True)
class Piece:
    """Some words, or what the whole reply used, or the news that it is finished."""

    words: str = ""
    finished: bool = False
    usage: Any = None
    """litellm's `Usage`, or the provider's own JSON object."""


def pieces_of(stream: Any) -> AsyncIterator[Piece]:
    """Return the pieces of what litellm gave for a call. The caller closes the stream."""
    response = _response_beneath(stream)
    return _by_litellm(stream) if response is None else _by_provider(response)


def words_of(choice: Any) -> str:
    """Return the words of one of litellm's choices. Raises ModelFault when they were refused."""
    part = getattr(choice, "delta", None) or choice.message
    return _allowed(part.content, choice.finish_reason)


def _response_beneath(stream: Any) -> Any:
    """Return the response as it comes from the provider, or None when it is not in OpenAI's form."""
    from openai import AsyncStream

    beneath = getattr(stream, "completion_stream", None)
    if not isinstance(beneath, AsyncStream) or stream.custom_llm_provider not in _SPEAK_OPENAI:
        return None
    is_events = beneath.response.headers.get("content-type", "").startswith("text/event-stream")
    return beneath.response if is_events else None


async def _by_litellm(stream: Any) -> AsyncIterator[Piece]:
    async for chunk in stream:
        words = words_of(chunk.choices[0]) if chunk.choices else ""
        # litellm makes up the end of a stream that was closed in mid-sentence; this it does not make up.
        yield Piece(words, stream.received_finish_reason is not None, getattr(chunk, "usage", None))


async def _by_provider(response: Any) -> AsyncIterator[Piece]:
    events = _events(response)
    async for data in events:
        if data == _DONE:
            # A connection whose reply was read to its end serves the next call.
            with suppress(TimeoutError):
                async with asyncio.timeout(_REST_SECONDS):
                    await anext(events, None)
            return
        yield _piece(json.loads(data))


async def _events(response: Any) -> AsyncIterator[bytes]:
    """Yield the data of each event. Lines end as bytes do: words may hold what else ends one in Unicode."""
    rest = b""
    async for read in response.aiter_bytes():
        *lines, rest = (rest + read).split(b"\n")
        for line in lines:
            if line.startswith(_DATA):
                yield line.removeprefix(_DATA).strip()


def _piece(chunk: Mapping[str, Any]) -> Piece:
    """Read one chunk. Raises ModelFault for an error that the provider tells in mid-stream."""
    if chunk.get("error"):
        raise ModelFault("unavailable", "the provider reported an error in its stream")
    if not (choices := chunk["choices"]):
        return Piece(usage=chunk.get("usage"))
    finish = choices[0].get("finish_reason")
    words = _allowed((choices[0].get("delta") or {}).get("content"), finish)
    return Piece(words, finish is not None, chunk.get("usage"))


def _allowed(words: str | None, finish: str | None) -> str:
    if finish == "content_filter":
        raise ModelFault("refused", "the provider's content filter stopped the reply")
    return words or ""
