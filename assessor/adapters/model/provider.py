"""One attempt at one model of any provider, by its litellm name.

litellm takes seconds and 160 MB to import, so it is loaded by the first call, in a thread.
"""

import asyncio
import json
import os
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from assessor.adapters.model.faults import by, fault_of
from assessor.adapters.model.pieces import Piece, pieces_of, words_of
from assessor.domain.errors import ModelFault
from assessor.ports import ModelReply, ModelRequest, Token

OPENAI_COMPATIBLE = "openai/"
_MICRO = 1_000_000
_MADE_UP: Mapping[str, Any] = {
    "model": "openai/none",
    "messages": [{"role": "user", "content": "none"}],
    "mock_response": "none",
}
"""A call that goes nowhere."""
_LOADING = threading.Lock()


@dataclass
class Tally:
    """What one attempt used, filled in as far as the provider says so, also when the attempt fails.

    `cost` is in millionths of a US dollar.
    """

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    cost: int | None = None


class LitellmModel:
    """One model of any provider that litellm knows.

    `base_url` is an OpenAI-compatible server (name `openai/...`) or Ollama. Without `api_key` litellm
    takes the provider's own variable, except for `openai/...` with a `base_url`: an OpenAI key must
    not travel to another server, and most local servers want none. `known_as` is the name that the
    ledger and the verdict use.
    """

    def __init__(
        self,
        name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout_seconds: float = 20,
        known_as: str | None = None,
    ) -> None:
        self._name = name
        self._known_as = known_as or name
        self._timeout = timeout_seconds
        self._compatible = name.startswith(OPENAI_COMPATIBLE)
        if api_key is None and base_url is not None and self._compatible:
            api_key = "none"
        self._where = {"api_base": base_url, "api_key": api_key}
        # The price map knows OpenAI's prices, not those of a server that speaks its language.
        self._has_price = base_url is None or not self._compatible

    @property
    def name(self) -> str:
        """The litellm name, unless it goes by another."""
        return self._known_as

    async def load(self) -> None:
        """Import the provider client now, so that no candidate waits for it."""
        await asyncio.to_thread(_litellm)
        if not self._compatible:
            await asyncio.to_thread(_load_streams)

    async def complete(self, request: ModelRequest, tally: Tally | None = None) -> ModelReply:
        """Return the whole reply, within the time limit.

        With a schema the reply is JSON, but not checked against it. Raises ModelFault.
        """
        await self.load()
        deadline = asyncio.get_running_loop().time() + self._timeout
        reply = await by(deadline, self._call(request, stream=False))
        tally = tally or Tally()
        self._count(getattr(reply, "usage", None), tally)
        text = words_of(reply.choices[0]) if reply.choices else ""
        if not text.strip():
            raise ModelFault("invalid_reply", "the reply is empty")
        if request.schema is not None and not request.reads_fragments:
            _require_json(text)
        return ModelReply(
            text=text,
            model=str(reply.model or self._name),
            prompt_tokens=tally.prompt_tokens or 0,
            completion_tokens=tally.completion_tokens or 0,
            tokens=_tokens_of(reply) if request.top_logprobs else (),
            cost=tally.cost or 0,
        )

    async def stream(self, request: ModelRequest, tally: Tally | None = None) -> AsyncIterator[str]:
        """Yield the reply as it comes, within the time limit. Raises ModelFault, also in the middle."""
        await self.load()
        deadline = asyncio.get_running_loop().time() + self._timeout
        stream = await by(deadline, self._call(request, stream=True))
        pieces, finished, said, tally = pieces_of(stream), False, "", tally or Tally()
        try:
            while (piece := await by(deadline, _next(pieces))) is not None:
                finished = finished or piece.finished
                self._count(piece.usage, tally)
                said += piece.words
                if piece.words:
                    yield piece.words
            if not finished:
                raise ModelFault("unavailable", "the stream ended before the provider had finished")
            if tally.prompt_tokens is None:
                self._count(await asyncio.to_thread(self._counted, request, said), tally)
        finally:
            await stream.aclose()

    async def _call(self, request: ModelRequest, *, stream: bool) -> Any:
        try:
            return await _litellm().acompletion(**self._arguments(request, stream=stream))
        except Exception as error:  # noqa: BLE001 -- a provider's failure comes in any class
            # From None: providers quote the conversation, and a logged traceback would show it.
            raise fault_of(error) from None

    def _arguments(self, request: ModelRequest, *, stream: bool) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            **self._where,
            "model": self._name,
            "messages": _messages(request),
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "timeout": self._timeout,
            "num_retries": 0,
            "max_retries": 0,
            "drop_params": True,
            "stream": stream,
        }
        if stream:
            arguments["stream_options"] = {"include_usage": True}
        if request.schema is not None:
            arguments["response_format"] = _response_format(request.schema)
        if request.top_logprobs:
            arguments |= {"logprobs": True, "top_logprobs": request.top_logprobs}
        if request.idempotency_key and self._compatible:
            arguments["extra_headers"] = {"Idempotency-Key": request.idempotency_key}
        return arguments

    def _count(self, usage: Any, tally: Tally) -> None:
        """Take over what a reply or the last piece of a stream says that it used."""
        if usage is None:
            return
        if isinstance(usage, dict):
            usage = _litellm().Usage(**usage)
        tally.prompt_tokens = usage.prompt_tokens
        tally.completion_tokens = usage.completion_tokens
        tally.cached_tokens = getattr(usage.prompt_tokens_details, "cached_tokens", None) or 0
        tally.cost = self._price(usage) if self._has_price else None

    def _counted(self, request: ModelRequest, said: str) -> Any:
        """Return what a reply used by litellm's count, for a provider that does not say."""
        asked = _litellm().token_counter(model=self._name, messages=_messages(request))
        answered = _litellm().token_counter(model=self._name, text=said, count_response_tokens=True)
        return _litellm().Usage(
            prompt_tokens=asked, completion_tokens=answered, total_tokens=asked + answered
        )

    def _price(self, usage: Any) -> int | None:
        try:
            prompt, completion = _litellm().cost_per_token(model=self._name, usage_object=usage)
        except Exception:  # noqa: BLE001 -- a model that is not in the map is reported in several classes
            return None
        price: int = round((prompt + completion) * _MICRO)
        return price


def _litellm() -> Any:
    """Return litellm; whoever comes first imports it, the others wait for that."""
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> Any:
    """Import litellm the way we want it: no download at import, no content in its logs."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm

    litellm.disable_aiohttp_transport = True  # httpx is what our tests can watch
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.disable_streaming_logging = True
    _quietly(_warm_up, litellm)
    return litellm


def _warm_up(litellm: Any) -> None:
    """Do now what the first call would do: it held up everything else in the process for a second."""
    import openai

    litellm.completion(**_MADE_UP)
    litellm.ModelResponse()
    _ = openai.AsyncOpenAI(api_key="none").chat.completions


@cache
def _load_streams() -> None:
    """Do what the first stream that litellm builds anew would do.

    It loads what tokens are counted with: 40 MB that providers who speak OpenAI's language do without.
    """
    litellm = _litellm()
    _quietly(
        lambda: list(litellm.completion(**_MADE_UP, stream=True, stream_options={"include_usage": True}))
    )


def _quietly(build: Callable[..., Any], *arguments: Any) -> None:
    with warnings.catch_warnings():
        # What these libraries warn about while they build themselves is not ours to repair.
        warnings.simplefilter("ignore")
        build(*arguments)


def _messages(request: ModelRequest) -> list[dict[str, str]]:
    return [{"role": "system", "content": request.system}, {"role": "user", "content": request.user}]


async def _next(pieces: AsyncIterator[Piece]) -> Piece | None:
    """Return the next piece, None at the end."""
    try:
        return await anext(pieces, None)
    except ModelFault:
        raise
    except Exception as error:  # noqa: BLE001 -- as in _call
        raise fault_of(error) from None


def _tokens_of(reply: Any) -> tuple[Token, ...]:
    logprobs = getattr(reply.choices[0], "logprobs", None)
    return tuple(
        Token(place.token, place.logprob, {rival.token: rival.logprob for rival in place.top_logprobs or ()})
        for place in getattr(logprobs, "content", None) or ()
    )


def _response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    # Providers refuse `strict` for a schema that leaves fields open.
    strict = schema.get("additionalProperties") is False
    return {"type": "json_schema", "json_schema": {"name": "reply", "schema": dict(schema), "strict": strict}}


def _require_json(text: str) -> None:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        raise ModelFault("invalid_reply", "the reply is not JSON") from None
