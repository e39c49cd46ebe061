"""How many requests a key may send: a bucket of tokens for each, counted in the process.

`RateLimit-Policy` and `RateLimit` are as in the IETF draft draft-ietf-httpapi-ratelimit-headers.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assessor.domain.errors import AssessorError
from assessor.ports import ApiKey

MAX_KEPT: Final = 10_000
_STATE: Final = "rate_limit"


@dataclass
class RateLimited(AssessorError):
    """The bucket of a key is empty."""

    retry_after: int
    """Seconds."""
    code = "rate-limited"

    def __str__(self) -> str:
        plural = "s" if self.retry_after > 1 else ""
        return f"This key has sent too many requests. Wait {self.retry_after} second{plural}, then try again."


@dataclass
class _Bucket:
    tokens: float
    at: float


@dataclass(frozen=True)
class Standing:
    """What is left in a bucket, and the seconds until it is full again."""

    left: int
    full_in: int


@dataclass
class Rates:
    """A token bucket for each key: `burst` requests at once, and `per_minute` more every minute."""

    per_minute: int
    burst: int
    now: Callable[[], float] = time.monotonic
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    @property
    def policy(self) -> str:
        """The value of `RateLimit-Policy`: how much fits, and in how many seconds as much flows back."""
        window = math.ceil(self.burst * 60 / self.per_minute)
        return f'"key";q={self.burst};w={window}'

    def take(self, key_id: str) -> Standing:
        """Take one token. Raises RateLimited when there is none."""
        bucket = self._refilled(key_id)
        if bucket.tokens < 1:
            raise RateLimited(max(1, math.ceil((1 - bucket.tokens) * 60 / self.per_minute)))
        bucket.tokens -= 1
        return self._standing(bucket)

    def standing(self, key_id: str) -> Standing:
        """Return what is left, and take nothing."""
        return self._standing(self._refilled(key_id))

    def knows(self, key_id: str) -> bool:
        """Whether this process has let the key in lately."""
        return key_id in self._buckets

    def _standing(self, bucket: _Bucket) -> Standing:
        missing = self.burst - bucket.tokens
        return Standing(int(bucket.tokens), math.ceil(missing * 60 / self.per_minute))

    def _refilled(self, key_id: str) -> _Bucket:
        now = self.now()
        # Taken out and put back: so the one that was asked for longest ago stands first.
        bucket = self._buckets.pop(key_id, None) or _Bucket(float(self.burst), now)
        bucket.tokens = min(self.burst, bucket.tokens + (now - bucket.at) * self.per_minute / 60)
        bucket.at = now
        if len(self._buckets) >= MAX_KEPT:
            del self._buckets[next(iter(self._buckets))]
        self._buckets[key_id] = bucket
        return bucket


def count(request: Request, key: ApiKey) -> None:
    """Count one request of a key that was let in. Raises RateLimited."""
    rates: Rates = request.app.state.rates
    try:
        request.scope["state"][_STATE] = rates.take(key.id)
    except RateLimited:
        request.scope["state"][_STATE] = rates.standing(key.id)
        raise


class RateHeaders:
    """Tells with every answer to a known key how many requests it has left."""

    def __init__(self, app: ASGIApp, *, policy: str) -> None:
        self._app = app
        self._policy = (b"ratelimit-policy", policy.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], self._policy]
                standing: Standing | None = state.get(_STATE)
                if standing is not None:
                    told = f'"key";r={standing.left};t={standing.full_in}'
                    headers.append((b"ratelimit", told.encode()))
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_with_headers)
