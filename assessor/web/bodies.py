"""What a request may carry, checked before anything parses it: size, encoding, and well-formed JSON."""

import json
import math
from collections.abc import AsyncIterator
from typing import Any, Final, NoReturn
from urllib.parse import unquote_to_bytes

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assessor.domain.errors import InvalidInput, invalid
from assessor.domain.text import accept_text
from assessor.web.problems import problem_of, respond, too_large_body

MAX_JSON_DEPTH: Final = 32
ARCHIVE: Final = "application/zip"
ARCHIVES_AT: Final = "/v1/library"
"""The one address that takes an archive. Everything else is text."""
_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LENGTH: Final = b"content-length"


class _OverLimit(Exception):
    """More bytes came than may be read."""


class _Disconnected(Exception):
    """Nobody is there any more to be answered."""


class BodyGuard:
    """Reads each body whole, up to the limit, and passes on only what can be stored and shown.

    Every body of this service fits in memory.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(scope, receive)
            _require_readable(scope, body)
        except _Disconnected:
            return
        except (_OverLimit, InvalidInput) as refused:
            await self._refusal(Request(scope), refused)(scope, receive, send)
            return
        await self._app(scope, _replayed(body, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        if scope["method"] in _BODILESS and not any(name == _LENGTH for name, _ in scope["headers"]):
            return b""
        declared = Headers(scope=scope).get("content-length", "0")
        # Refused before a byte is read; what is not declared is counted as it comes.
        if declared.isdecimal() and int(declared[:20]) > self._max_bytes:
            raise _OverLimit
        body = bytearray()
        async for chunk in _chunks(receive):
            body += chunk
            if len(body) > self._max_bytes:
                raise _OverLimit
        return bytes(body)

    def _refusal(self, request: Request, refused: Exception) -> Response:
        if isinstance(refused, InvalidInput):
            return respond(request, problem_of(refused))
        return respond(request, too_large_body(self._max_bytes))


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Disconnected
        yield message.get("body", b"")
        more = message.get("more_body", False)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a channel that gives the body again, and then whatever the server still has to say."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _require_readable(scope: Scope, body: bytes) -> None:
    if not body and _is_plain(scope):
        return
    _text("path", unquote_to_bytes(scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")))
    _text("query", unquote_to_bytes(scope.get("query_string", b"")))
    if not body:
        return
    media_type = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    if media_type == ARCHIVE and scope["path"] == ARCHIVES_AT:
        return
    if media_type == "application/json" or media_type.endswith("+json"):
        strict_json(body)
    elif media_type == "application/x-www-form-urlencoded":
        _text("body", unquote_to_bytes(body))
    else:
        _text("body", body)


def _is_plain(scope: Scope) -> bool:
    """Whether the address is printable ASCII without escapes, as most are; then it is readable."""
    address = scope.get("raw_path", b"%") + scope.get("query_string", b"")
    return b"%" not in address and address.isascii() and address.decode("ascii").isprintable()


def _text(field: str, raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise invalid(field, f"is not UTF-8 at byte {error.start}", "Send it as UTF-8.") from None
    return accept_text(field, text, limit=len(raw))


def strict_json(body: bytes) -> Any:
    """Parse JSON as one meaning only. Raises InvalidInput naming the place.

    Refused: malformed JSON, a key that stands twice, NaN and infinities, lone surrogates, NUL, and
    nesting deeper than MAX_JSON_DEPTH.
    """
    text = _text("body", body)
    try:
        value = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise invalid(
            "body", f"is not JSON: {error.msg} at {where}", "Correct it and send it again."
        ) from None
    except ValueError:  # an integer with more digits than Python converts
        raise invalid("body", "has a number with too many digits", "Send a shorter number.") from None
    _require_plain(value)
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            # `ascii`: the key may hold what could not be written into the answer.
            raise invalid("body", f"has the key {key!a} twice in one object", "Send each key once.")
        result[key] = value
    return result


def _no_constant(name: str) -> NoReturn:
    raise invalid("body", f"has {name}, which is not JSON", "Send a number, or leave the field out.")


def _too_deep() -> InvalidInput:
    return invalid("body", f"is nested deeper than {MAX_JSON_DEPTH} levels", "Send a flatter document.")


def _require_plain(root: Any) -> None:
    """Walk without recursion: the depth is what is being checked."""
    waiting: list[tuple[str, Any, int]] = [("body", root, 1)]
    while waiting:
        field, value, depth = waiting.pop()
        if depth > MAX_JSON_DEPTH:
            raise _too_deep()
        if isinstance(value, dict):
            for key, inner in value.items():
                accept_text("body", key, limit=len(key))
                waiting.append((f"{field}.{key}".removeprefix("body."), inner, depth + 1))
        elif isinstance(value, list):
            waiting += [
                (f"{field}.{place}".removeprefix("body."), inner, depth + 1)
                for place, inner in enumerate(value)
            ]
        elif isinstance(value, str):
            accept_text(field, value, limit=len(value))
        elif isinstance(value, float) and not math.isfinite(value):
            raise invalid(field, "is a number too large for JSON readers", "Send a smaller number.")
