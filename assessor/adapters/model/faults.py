"""What goes wrong at a provider, told apart by kind."""

import asyncio
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from assessor.domain.errors import ModelFault

_T = TypeVar("_T")


@dataclass
class ProviderFault(ModelFault):
    """A fault that may say when to ask again."""

    retry_after: float | None = None
    """Seconds."""


async def by(deadline: float, awaitable: Awaitable[_T]) -> _T:
    """Await until a moment of the running loop's clock. Raises ModelFault of kind `timeout` then."""
    try:
        async with asyncio.timeout_at(deadline):
            return await awaitable
    except TimeoutError:
        raise ModelFault("timeout", "no reply within the time that was left") from None


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


def fault_of(error: Exception) -> ProviderFault:
    """Map what a provider's client raised. The detail names classes only: messages may quote content."""
    causes = list(_causes(error))
    detail = " from ".join(type(cause).__name__ for cause in causes)
    return ProviderFault(_kind(error, causes), detail, retry_after=_retry_after(causes))


def _kind(error: Exception, causes: list[BaseException]) -> str:
    if any(text in str(error) for text in _NOT_CONFIGURED):
        return "not_configured"
    status = getattr(error, "status_code", None)
    if type(error).__name__ == "APIError" and status in _STATUSES:
        return _STATUSES[status]
    classes = [kind.__name__ for cause in causes for kind in type(cause).__mro__]
    return next((_KINDS[name] for name in classes if name in _KINDS), "unavailable")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = getattr(error, "original_exception", None) or error.__cause__ or error.__context__


def _retry_after(causes: list[BaseException]) -> float | None:
    """Return the seconds of a Retry-After header; litellm keeps headers apart from its own response."""
    for cause in causes:
        for headers in (
            getattr(cause, "litellm_response_headers", None),
            getattr(getattr(cause, "response", None), "headers", None),
        ):
            if headers and (value := headers.get("retry-after")):
                return seconds_of(value)
    return None


def seconds_of(retry_after: str) -> float | None:
    """Read a Retry-After value (RFC 9110): seconds or a date. None for anything else."""
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
