"""Counts what is asked of the service, and how soon the answer begins."""

import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assessor.adapters.metrics import OPEN_REQUESTS, REQUESTS, RESPONSE_START

NO_ROUTE: Final = "none"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Measured:
    """Counts by the template of the route: an address itself may carry an invitation's token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                method, route = called(scope)
                RESPONSE_START.labels(method, route).observe(time.perf_counter() - began)
                REQUESTS.labels(method, route, message["status"]).inc()
            await send(message)

        with OPEN_REQUESTS.track_inprogress():
            await self._app(scope, receive, watch)


def called(scope: Scope) -> tuple[str, str]:
    """Return the method and the template; made-up methods and addresses must not become labels."""
    method = scope["method"] if scope["method"] in METHODS else "other"
    return method, getattr(scope.get("route"), "path", NO_ROUTE)
