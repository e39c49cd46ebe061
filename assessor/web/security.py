"""What surrounds every request: headers, a request id, the origin of what changes something, cookies."""

import re
import secrets
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

import structlog
from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assessor.domain.ids import make_id
from assessor.services.access import REVIEWER_HOURS
from assessor.settings import Settings
from assessor.web.problems import CROSS_ORIGIN, Problem, respond

CANDIDATE_COOKIE: Final = "assessor_candidate"
REVIEWER_COOKIE: Final = "assessor_reviewer"

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HSTS: Final = "max-age=63072000; includeSubDomains"
COOKIE_SECONDS: Final = {CANDIDATE_COOKIE: 60 * 86_400, REVIEWER_COOKIE: REVIEWER_HOURS * 3600}
"""How long a browser keeps them, so that a candidate may close it. When a session ends, the store says."""
RawHeader = tuple[bytes, bytes]
_POLICY: Final = b"content-security-policy"
_REQUEST_ID: Final = b"x-request-id"
_CALLERS_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""An id that a caller may give a request for its own log; anything else is not repeated."""
_STREAM: Final = b"text/event-stream"
_FIXED: Final[list[RawHeader]] = [
    (_POLICY, CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    # The token in an invite link never leaves with a click on a link elsewhere.
    (b"referrer-policy", b"same-origin"),
]
SIGNED_REPORTS: Final = frozenset({"/hooks/stripe-identity"})
"""Where other services report, each request signed by them."""
UNSUBSCRIBING: Final = "/reminders/"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class SecurityHeaders:
    """Gives every response its headers and every request an id, which logs carry as well."""

    def __init__(self, app: ASGIApp, *, hsts: bool) -> None:
        self._app = app
        self._fixed = [*_FIXED, (b"strict-transport-security", HSTS.encode())] if hsts else _FIXED
        self._names = {_REQUEST_ID, *(name for name, _ in self._fixed)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = make_id("req", secrets.token_bytes(16))
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._with_ours(message.get("headers", ()), request_id)
            await send(message)

        before = structlog.contextvars.get_contextvars()
        theirs = Headers(scope=scope).get("x-request-id", "")
        known = {"callers_request": theirs} if _CALLERS_ID.fullmatch(theirs) else {}
        structlog.contextvars.bind_contextvars(request=request_id, **known)
        try:
            await self._app(scope, receive, send_with_headers)
        finally:  # also what was found out about the request meanwhile
            structlog.contextvars.clear_contextvars()
            structlog.contextvars.bind_contextvars(**before)

    def _with_ours(self, headers: Iterable[RawHeader], request_id: str) -> list[RawHeader]:
        brought = list(headers)
        kept = [header for header in brought if header[0].lower() not in self._names]
        # A document that is printed or saved names a stricter policy of its own.
        policies = [header for header in brought if header[0].lower() == _POLICY]
        kept += self._fixed if not policies else [one for one in self._fixed if one[0] != _POLICY] + policies
        kept.append((_REQUEST_ID, request_id.encode()))
        # What does not say how long it may be kept is not kept: pages show people's words.
        if not any(header[0].lower() == b"cache-control" for header in kept):
            kept.append((b"cache-control", b"no-store"))
        return kept


class OriginCheck:
    """Refuses what another site makes a signed-in browser send.

    Everything that changes something has to come from a page of ours, by `Origin` or, where a browser
    leaves that out, by `Sec-Fetch-Site`. Calls of the API are exempt as long as no cookie could have
    authenticated them. An event stream, which is read with GET, is refused when another site asks.
    """

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self._app = app
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._may_pass(scope):
            await self._app(scope, receive, send)
            return
        detail = (
            "The request does not come from a page of this service, so nothing was changed. "
            "Open the page here and send it again; programs send `Origin` with the service's address."
        )
        response = respond(Request(scope), Problem(CROSS_ORIGIN, detail))
        await response(scope, receive, send)

    def _may_pass(self, scope: Scope) -> bool:
        # Most requests read, and nothing but their `Accept` is looked at then.
        streams = any(name == b"accept" and _STREAM in value for name, value in scope["headers"])
        if scope["method"] in SAFE_METHODS and not streams:
            return True
        headers = Headers(scope=scope)
        if scope["method"] in SAFE_METHODS:
            return not self._is_foreign(headers)
        return _proves_itself(scope["path"], headers) or self._is_ours(headers)

    def _is_ours(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site") == "same-origin"
        # Behind a proxy the scheme may differ; the host that the browser addressed does not.
        return origin == self._public_url or urlsplit(origin).netloc == headers.get("host")

    def _is_foreign(self, headers: Headers) -> bool:
        if "origin" in headers:
            return not self._is_ours(headers)
        return headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}


def _proves_itself(path: str, headers: Headers) -> bool:
    """Whether something else than a cookie says who asks: a key, a signature, or the signed link of a mail.

    Mail programs unsubscribe by a POST of their own (RFC 8058), which comes from no page.
    """
    by_link = path.startswith(UNSUBSCRIBING)
    return by_link or _is_api_call(path, headers) or _is_signed_report(path, headers)


def _is_api_call(path: str, headers: Headers) -> bool:
    if not path.startswith("/v1/"):
        return False
    by_key = headers.get("authorization", "").lower().startswith("bearer ")
    return by_key or "cookie" not in headers


def _is_signed_report(path: str, headers: Headers) -> bool:
    """Whether a service reports to us: it has no page of ours, and every report is signed."""
    return path in SIGNED_REPORTS and "cookie" not in headers


def set_session_cookie(response: Response, name: str, secret: str, settings: Settings) -> None:
    """Give the browser a session."""
    response.set_cookie(
        name,
        secret,
        max_age=COOKIE_SECONDS[name],
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.environment != "development",
    )


def clear_session_cookie(response: Response, name: str, settings: Settings) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        name, path="/", httponly=True, samesite="lax", secure=settings.environment != "development"
    )
