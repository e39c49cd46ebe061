"""The provider port on bare httpx: what a turn costs without the client library of a provider."""

import json
from collections.abc import AsyncIterator
from functools import cached_property
from typing import Any

import httpx

from assessor.adapters.model.faults import ProviderFault, seconds_of
from assessor.adapters.model.provider import Tally
from assessor.domain.errors import ModelFault
from assessor.ports import ModelReply, ModelRequest

_DATA = "data: "
_DONE = "[DONE]"


class HttpxProvider:
    """Takes the place of `LitellmModel`, for one OpenAI-compatible server. Takes the same arguments."""

    def __init__(
        self, name: str, base_url: str | None = None, timeout_seconds: float = 20, **_: str | None
    ) -> None:
        self._name = name
        self._address = f"{base_url}/chat/completions"
        self._timeout = timeout_seconds

    @property
    def name(self) -> str:
        return self._name

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=self._timeout)

    async def load(self) -> None:
        """There is nothing heavy to load."""

    async def complete(self, request: ModelRequest, tally: Tally) -> ModelReply:
        reply = _usable(await self._client.post(self._address, json=_body(request))).json()
        _count(reply["usage"], tally)
        text = reply["choices"][0]["message"]["content"]
        return ModelReply(text, reply["model"], tally.prompt_tokens or 0, tally.completion_tokens or 0)

    async def stream(self, request: ModelRequest, tally: Tally) -> AsyncIterator[str]:
        asked = _body(request) | {"stream": True, "stream_options": {"include_usage": True}}
        async with self._client.stream("POST", self._address, json=asked) as response:
            if response.is_error:
                raise ModelFault("unavailable", f"status {response.status_code}")
            async for line in response.aiter_lines():
                if not line.startswith(_DATA) or line.endswith(_DONE):
                    continue
                chunk = json.loads(line.removeprefix(_DATA))
                if chunk.get("usage"):
                    _count(chunk["usage"], tally)
                elif words := chunk["choices"][0]["delta"].get("content"):
                    yield words


def _usable(response: httpx.Response) -> httpx.Response:
    """Return the response. Raises ModelFault as our provider does, so that a refused call is made again."""
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        pause = seconds_of(response.headers.get("retry-after", ""))
        raise ProviderFault("rate_limited", "too many requests", retry_after=pause)
    if response.is_error:
        raise ModelFault("unavailable", f"status {response.status_code}")
    return response


def _body(request: ModelRequest) -> dict[str, Any]:
    messages = [{"role": "system", "content": request.system}, {"role": "user", "content": request.user}]
    body = {"model": "bench", "messages": messages, "max_tokens": request.max_tokens}
    if request.schema is not None:
        schema = {"name": "reply", "schema": dict(request.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def _count(usage: dict[str, Any], tally: Tally) -> None:
    tally.prompt_tokens = usage["prompt_tokens"]
    tally.completion_tokens = usage["completion_tokens"]
    tally.cached_tokens = usage["prompt_tokens_details"]["cached_tokens"]
