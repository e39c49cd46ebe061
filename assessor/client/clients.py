"""The two clients. They do the I/O that `exchange` and `operations` decide on, and nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from assessor import __version__
from assessor.client.exchange import Failure, Pause, Plan, Reply, Request, Retries
from assessor.client.operations import Operations
from assessor.client.running import Listing

T = TypeVar("T")

TIMEOUT_SECONDS: Final = 30.0
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Client(Operations):
    """Calls the service and waits for its answers. Use it as a context manager, or call `close`.

    `http` is for what httpx can do beyond the defaults, such as proxies or certificates of your own; it
    stays yours to close.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        retries: Retries | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        self._base = _base(base_url)
        self._headers = _headers(key)
        self._retries = retries or Retries()
        self._owned = http is None
        self._http = http or httpx.Client(timeout=timeout_seconds)

    def __repr__(self) -> str:
        return f"Client({self._base!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if self._owned:
            self._http.close()

    def _run(self, plan: Plan[T]) -> T:
        outcome: Reply | Failure | None = None
        while True:
            try:
                step = plan.send(outcome)
            except StopIteration as end:
                result: T = end.value
                return result
            if isinstance(step, Pause):
                time.sleep(step.seconds)
                outcome = None
            else:
                outcome = self._exchange(step)

    def _exchange(self, request: Request) -> Reply | Failure:
        try:
            return _reply(self._http.request(**_arguments(self._base, request, self._headers)))
        except httpx.TransportError as error:
            return _failure(error)

    def _pages(self, first: Request, listing: Listing[T]) -> Iterator[T]:
        request: Request | None = first
        while request is not None:
            page = self._run(listing(request))
            yield from page.items
            request = page.rest


class AsyncClient(Operations):
    """The same calls in an event loop. Use it as an asynchronous context manager, or call `close`."""

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        retries: Retries | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self._base = _base(base_url)
        self._headers = _headers(key)
        self._retries = retries or Retries()
        self._owned = http is None
        self._http = http or httpx.AsyncClient(timeout=timeout_seconds)

    def __repr__(self) -> str:
        return f"AsyncClient({self._base!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        if self._owned:
            await self._http.aclose()

    async def _run(self, plan: Plan[T]) -> T:
        outcome: Reply | Failure | None = None
        while True:
            try:
                step = plan.send(outcome)
            except StopIteration as end:
                result: T = end.value
                return result
            if isinstance(step, Pause):
                await asyncio.sleep(step.seconds)
                outcome = None
            else:
                outcome = await self._exchange(step)

    async def _exchange(self, request: Request) -> Reply | Failure:
        try:
            return _reply(await self._http.request(**_arguments(self._base, request, self._headers)))
        except httpx.TransportError as error:
            return _failure(error)

    async def _pages(self, first: Request, listing: Listing[T]) -> AsyncIterator[T]:
        request: Request | None = first
        while request is not None:
            page = await self._run(listing(request))
            for item in page.items:
                yield item
            request = page.rest


def _base(url: str) -> str:
    """Return the base address. Raises ValueError for one where the key would travel in the clear."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return url.rstrip("/")
    raise ValueError(f"{url!r} is neither https nor on this machine: the key would travel in the clear")


def _headers(key: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {key}",
        "Accept": "application/json",
        "User-Agent": f"assessor-client/{__version__}",
    }


def _arguments(base: str, request: Request, headers: dict[str, str]) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "method": request.method,
        "url": base + request.path,
        "params": dict(request.query) or None,
        "headers": {**headers, **request.headers},
        "follow_redirects": False,  # the key goes to one address only
    }
    return arguments if request.body is None else {**arguments, "json": request.body}


def _reply(response: httpx.Response) -> Reply:
    return Reply(response.status_code, dict(response.headers), response.content)


def _failure(error: httpx.TransportError) -> Failure:
    never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    return Failure(error, arrived=not never_sent)
