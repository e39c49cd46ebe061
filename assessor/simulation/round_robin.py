"""What a proxy does for several web processes, on the side of who asks."""

import itertools
from collections.abc import Sequence

import httpx


class RoundRobin(httpx.AsyncBaseTransport):
    """Hands each request to the next of several processes, and to another when one is not there.

    A request that was cut off is sent again as well: whatever is sent here counts once, by an idempotency
    key or the id of a message.
    """

    def __init__(self, origins: Sequence[str], first: int = 0) -> None:
        self._origins = [httpx.URL(origin) for origin in origins]
        self._turns = itertools.count(first)
        self._transport = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises TransportError when no process answers."""
        for _ in self._origins[1:]:
            try:
                return await self._send(request)
            except httpx.TransportError:
                continue
        return await self._send(request)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def _send(self, request: httpx.Request) -> httpx.Response:
        origin = self._origins[next(self._turns) % len(self._origins)]
        url = request.url.copy_with(scheme=origin.scheme, host=origin.host, port=origin.port)
        # The header `Host` stays the one that was asked for, as it does behind a proxy.
        passed_on = httpx.Request(
            request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        return await self._transport.handle_async_request(passed_on)
