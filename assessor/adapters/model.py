"""Language models, by their litellm name.

litellm takes seconds and 160 MB to import, so it is loaded by the first call, in a thread.
"""

import asyncio
import json
import os
import warnings
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

from assessor.domain.errors import ModelFault
from assessor.ports import ModelReply, ModelRequest

_T = TypeVar("_T")

RETRY_AFTER_SECONDS = 0.5
_WORTH_A_RETRY = frozenset({"unavailable", "rate_limited"})
_OPENAI_COMPATIBLE = "openai/"


class LitellmModel:
    """One model of any provider that litellm knows.

    `base_url` is an OpenAI-compatible server (name `openai/...`) or Ollama. Without `api_key` litellm
    takes the provider's own variable, except for `openai/...` with a `base_url`: an OpenAI key must
    not travel to another server, and most local servers want none.
    """

    def __init__(
        self,
        name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout_seconds: float = 20,
    ) -> None:
        self._name = name
        self._timeout = timeout_seconds
        self._compatible = name.startswith(_OPENAI_COMPATIBLE)
        if api_key is None and base_url is not None and self._compatible:
            api_key = "none"
        self._where = {"api_base": base_url, "api_key": api_key}

    @property
    def name(self) -> str:
        """The litellm name."""
        return self._name

    async def load(self) -> None:
        """Import the provider client now, so that no candidate waits for it."""
        await asyncio.to_thread(_litellm)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Return the whole reply, after one retry at most, all within the time limit.

        With a schema the reply is JSON, but not checked against it. Raises ModelFault.
        """
        await self.load()
        deadline = asyncio.get_running_loop().time() + self._timeout
        try:
            return await self._in_time(self._complete_once(request), deadline)
        except ModelFault as fault:
            if fault.kind not in _WORTH_A_RETRY:
                raise
        await self._in_time(asyncio.sleep(RETRY_AFTER_SECONDS), deadline)
        return await self._in_time(self._complete_once(request), deadline)

    async def stream(self, request: ModelRequest) -> AsyncIterator[str]:
        """Yield the reply as it comes, without any retry, all within the time limit.

        A provider that closes the connection cleanly in mid-sentence looks as if it had finished:
        litellm makes up the missing end. Raises ModelFault, also in the middle.
        """
        await self.load()
        deadline = asyncio.get_running_loop().time() + self._timeout
        chunks = await self._in_time(self._call(request, stream=True), deadline)
        try:
            while (chunk := await self._in_time(_next(chunks), deadline)) is not None:
                if words := _words_of(chunk):
                    yield words
        finally:
            await chunks.aclose()

    async def _complete_once(self, request: ModelRequest) -> ModelReply:
        reply = await self._call(request, stream=False)
        text = _words_of(reply)
        if not text.strip():
            raise ModelFault("invalid_reply", "the reply is empty")
        if request.schema is not None:
            _require_json(text)
        usage = getattr(reply, "usage", None)
        return ModelReply(
            text=text,
            model=str(reply.model or self._name),
            prompt_tokens=getattr(usage, "prompt_tokens", 0) or 0,
            completion_tokens=getattr(usage, "completion_tokens", 0) or 0,
        )

    async def _in_time(self, awaitable: Awaitable[_T], deadline: float) -> _T:
        try:
            async with asyncio.timeout_at(deadline):
                return await awaitable
        except TimeoutError:
            raise ModelFault("timeout", f"no whole reply within {self._timeout:g} seconds") from None

    async def _call(self, request: ModelRequest, *, stream: bool) -> Any:
        try:
            return await _litellm().acompletion(**self._arguments(request), stream=stream)
        except Exception as error:  # a provider's failure comes in any class; _fault tells them apart
            raise _fault(error) from error

    def _arguments(self, request: ModelRequest) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            **self._where,
            "model": self._name,
            "messages": [
                {"role": "system", "content": request.system},
                {"role": "user", "content": request.user},
            ],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "timeout": self._timeout,
            "num_retries": 0,
            "max_retries": 0,
            "drop_params": True,
        }
        if request.schema is not None:
            arguments["response_format"] = _response_format(request.schema)
        if request.idempotency_key and self._compatible:
            arguments["extra_headers"] = {"Idempotency-Key": request.idempotency_key}
        return arguments


@cache
def _litellm() -> Any:
    """Import litellm the way we want it: no download at import, no content in its logs."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm

    litellm.disable_aiohttp_transport = True  # httpx is what our tests can watch
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.disable_streaming_logging = True
    with warnings.catch_warnings():
        # Pydantic builds these on first use, and says then that `ReadOnly` is not enforced.
        warnings.filterwarnings("ignore", message=".*`ReadOnly` qualifier", category=UserWarning)
        litellm.ModelResponse()
        litellm.ModelResponseStream()
    return litellm


async def _next(chunks: Any) -> Any:
    """Return the next chunk, None at the end."""
    try:
        return await anext(chunks, None)
    except Exception as error:  # as in _call
        raise _fault(error) from error


def _words_of(reply: Any) -> str:
    """Return the words of a reply or chunk. Raises ModelFault when the provider filtered them."""
    if not reply.choices:
        return ""
    choice = reply.choices[0]
    if choice.finish_reason == "content_filter":
        raise ModelFault("refused", "the provider's content filter stopped the reply")
    part = getattr(choice, "delta", None) or choice.message
    return part.content or ""


def _response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    # Providers refuse `strict` for a schema that leaves fields open.
    strict = schema.get("additionalProperties") is False
    return {"type": "json_schema", "json_schema": {"name": "reply", "schema": dict(schema), "strict": strict}}


def _require_json(text: str) -> None:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        raise ModelFault("invalid_reply", "the reply is not JSON") from None


_KINDS = {
    "Timeout": "timeout",
    "TimeoutException": "timeout",
    "RateLimitError": "rate_limited",
    "ContentPolicyViolationError": "refused",
    "JSONDecodeError": "invalid_reply",
    "APIResponseValidationError": "invalid_reply",
    "JSONSchemaValidationError": "invalid_reply",
    "AuthenticationError": "not_configured",
    "PermissionDeniedError": "not_configured",
    "NotFoundError": "not_configured",
    "PaymentRequiredError": "not_configured",
    "BadRequestError": "refused",
    "UnprocessableEntityError": "refused",
    "IndexError": "invalid_reply",
    "KeyError": "invalid_reply",
}
"""By class name, so that nothing of litellm is needed to read it. Everything else is `unavailable`."""

_STATUSES = {401: "not_configured", 403: "not_configured", 404: "not_configured", 413: "refused"}
_NOT_CONFIGURED = ("LLM Provider NOT provided", "Missing credentials")


def _fault(error: Exception) -> ModelFault:
    """Map what a provider's client raised. The detail names classes only: messages may quote content."""
    causes = list(_causes(error))
    detail = " from ".join(type(cause).__name__ for cause in causes)
    if any(text in str(error) for text in _NOT_CONFIGURED):
        return ModelFault("not_configured", detail)
    status = getattr(error, "status_code", None)
    if type(error).__name__ == "APIError" and status in _STATUSES:
        return ModelFault(_STATUSES[status], f"{detail}, status {status}")
    classes = [kind.__name__ for cause in causes for kind in type(cause).__mro__]
    return ModelFault(next((_KINDS[name] for name in classes if name in _KINDS), "unavailable"), detail)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = getattr(error, "original_exception", None) or error.__cause__ or error.__context__
