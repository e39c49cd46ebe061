"""Signing and sending one webhook, by Standard Webhooks."""

import asyncio
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import httpx

from assessor import __version__
from assessor.adapters.standard_webhooks import signatures
from assessor.adapters.webhooks.target import (
    Resolve,
    Target,
    parse_target,
    pinned,
    refused,
    resolve_by_system,
)
from assessor.domain.errors import InvalidInput
from assessor.domain.webhook import Outcome, Reception

TOTAL_SECONDS: Final = 10.0
MAX_RESPONSE_BYTES: Final = 65_536
MEDIA_TYPE: Final = "application/cloudevents+json; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """The head of a receiver's answer; its body is thrown away."""

    status: int
    retry_after: int | None


class HttpReceivers:
    """Fulfils `Receivers` over HTTP."""

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        total_seconds: float = TOTAL_SECONDS,
        resolve: Resolve = resolve_by_system,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._total_seconds = total_seconds
        self._resolve = resolve
        self._tls = tls

    async def check(self, url: str) -> None:
        """Raise InvalidInput, for the field `url`, unless it leads to an address that may be sent to."""
        try:
            async with asyncio.timeout(self._total_seconds):
                await self._target(url)
        except (OSError, TimeoutError):
            raise refused("has a host name that is not known") from None

    async def send(
        self, url: str, secrets: Sequence[str], message_id: str, at: datetime, body: bytes
    ) -> Reception:
        """Sign with each secret and send once. Whatever goes wrong is a Reception, never an exception."""
        tls = await self._context()
        begun = time.monotonic()
        deadline = asyncio.get_running_loop().time() + self._total_seconds
        try:
            async with asyncio.timeout_at(deadline):
                target = await self._target(url)
            headers = signed_headers(secrets, message_id, at, body)
            reception = _reception(await self._post(target, tls, headers, body, deadline))
        except InvalidInput:
            reception = Reception(Outcome.TARGET_REFUSED, None, 0)
        except (TimeoutError, httpx.TimeoutException):
            reception = Reception(Outcome.TIMED_OUT, None, 0)
        except (OSError, httpx.HTTPError):
            reception = Reception(Outcome.UNREACHABLE, None, 0)
        return replace(reception, latency_ms=round((time.monotonic() - begun) * 1000))

    async def _target(self, url: str) -> Target:
        parsed = parse_target(url, allow_loopback=self._allow_loopback)
        return await pinned(parsed, self._resolve, allow_loopback=self._allow_loopback)

    async def _post(
        self,
        target: Target,
        tls: ssl.SSLContext,
        headers: Mapping[str, str],
        body: bytes,
        deadline: float,
    ) -> Answer:
        # A client of its own for each attempt: a connection that was kept would be reused by address, also
        # for another host name, whose certificate nobody would have checked. With a transport that is
        # given and `trust_env` off, proxies and .netrc of the environment are not asked.
        transport = httpx.AsyncHTTPTransport(verify=tls)
        client = httpx.AsyncClient(
            transport=transport,
            # One address that swallows packets must leave time for the next.
            timeout=httpx.Timeout(self._total_seconds, connect=self._total_seconds / 4),
            follow_redirects=False,
            trust_env=False,
        )
        async with client:
            async with asyncio.timeout_at(deadline):
                response = await _first_answer(client, target, headers, body)
            await _drain(response, deadline)
            return Answer(response.status_code, _seconds(response.headers.get("Retry-After")))

    async def _context(self) -> ssl.SSLContext:
        """Make the TLS context once; it reads the certificates of all authorities, which takes a while."""
        if self._tls is None:
            self._tls = await asyncio.to_thread(httpx.create_ssl_context, trust_env=False)
        return self._tls


async def _first_answer(
    client: httpx.AsyncClient, target: Target, headers: Mapping[str, str], body: bytes
) -> httpx.Response:
    """Send to the first of the checked addresses that can be connected to."""
    *others, last = target.addresses
    for address in others:
        with suppress(httpx.ConnectError, httpx.ConnectTimeout):
            return await _ask(client, target, str(address), headers, body)
    return await _ask(client, target, str(last), headers, body)


async def _ask(
    client: httpx.AsyncClient, target: Target, address: str, headers: Mapping[str, str], body: bytes
) -> httpx.Response:
    """Connect to an address; the name is in `Host`, and in the certificate that is asked for."""
    request = client.build_request(
        "POST",
        target.url.copy_with(host=address),
        headers={**headers, "Host": target.url.netloc.decode("ascii")},
        content=body,
        extensions={"sni_hostname": target.host},
    )
    return await client.send(request, stream=True)


async def _drain(response: httpx.Response, deadline: float) -> None:
    """Let a receiver finish a short answer. One that is long, slow or broken is cut: it has spoken."""
    read = 0
    with suppress(httpx.HTTPError, TimeoutError):
        async with asyncio.timeout_at(deadline):
            async for chunk in response.aiter_raw():
                read += len(chunk)
                if read > MAX_RESPONSE_BYTES:
                    break
    await response.aclose()


def signed_headers(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return all headers but `Host`, signed by Standard Webhooks with each secret."""
    moment = at.astimezone(UTC).replace(microsecond=0)
    return {
        "Content-Type": MEDIA_TYPE,
        "User-Agent": f"Assessor-Webhooks/{__version__}",
        "Accept-Encoding": "identity",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures(secrets, message_id, moment, body)),
    }


def _reception(answer: Answer) -> Reception:
    status = answer.status
    if HTTPStatus(200) <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Reception(Outcome.ACCEPTED, status, 0)
    redirected = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    outcome = Outcome.REDIRECTED if redirected else Outcome.REJECTED
    return Reception(outcome, status, 0, answer.retry_after)


def _seconds(retry_after: str | None) -> int | None:
    """Read `Retry-After` where it is a number of seconds; a date is left to the schedule."""
    text = (retry_after or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000") else None
