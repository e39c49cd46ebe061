"""A span for each request, as part of the caller's trace where it names one."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assessor import tracing
from assessor.web.measuring import called

UNTRACED: Final = ("/healthz", "/readyz", "/static/")
"""What is asked all the time and says nothing."""
FAULT: Final = 500


class Traced:
    """Names a request by the template of its route: an address itself may carry an invitation's token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(UNTRACED):
            await self._app(scope, receive, send)
            return
        parent = Headers(scope=scope).get(tracing.TRACEPARENT)
        with tracing.span("request", kind="server", parent=parent) as span:

            async def watch(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= FAULT:
                        tracing.failed(span)
                await send(message)

            try:
                await self._app(scope, receive, watch)
            finally:
                method, route = called(scope)
                span.update_name(f"{method} {route}")
                request_id = scope.get("state", {}).get("request_id", "")
                span.set_attributes(
                    {"http.request.method": method, "http.route": route, "assessor.request": request_id}
                )
