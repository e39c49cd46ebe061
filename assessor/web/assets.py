"""Static files: each address carries the hash of what it brings, so that browsers may keep it for ever."""

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Header, HTTPException, Request, Response

STATIC: Final = Path(__file__).parent / "static"
YEAR_SECONDS: Final = 31_536_000
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_IMPORT: Final = re.compile(rb'(?<=from ")\./([\w.]+)(?=")')

router = APIRouter()


def asset(name: str) -> str:
    """Return the address of a static file, which changes with its content."""
    return f"/static/{name}?v={_digest(name)}"


@cache
def content(name: str) -> bytes:
    """Return what is sent for a file of the folder.

    A script imports others by the addresses that pages use: under two addresses a browser would load, and
    run, one module twice.
    """
    written = (STATIC / name).read_bytes()
    return _IMPORT.sub(lambda found: asset(found[1].decode()).encode(), written)


@router.api_route("/static/{name}", methods=["GET", "HEAD"])
async def static(
    name: str,
    request: Request,
    accept_encoding: Annotated[str, Header()] = "",
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """Send a file, packed where the browser can unpack."""
    if name not in _names():
        raise HTTPException(404)
    digest = _digest(name)
    kept = f"max-age={YEAR_SECONDS}, immutable" if request.query_params.get("v") == digest else "no-cache"
    headers = {"ETag": f'W/"{digest}"', "Cache-Control": f"public, {kept}", "Vary": "Accept-Encoding"}
    if digest in if_none_match:
        return Response(None, 304, headers)
    if "gzip" not in accept_encoding:
        return Response(content(name), 200, headers, TYPES[Path(name).suffix])
    return Response(_packed(name), 200, {**headers, "Content-Encoding": "gzip"}, TYPES[Path(name).suffix])


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in STATIC.iterdir())


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(content(name), mtime=0)


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(content(name)).hexdigest()[:10]
