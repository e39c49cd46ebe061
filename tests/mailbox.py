"""A mail server on this machine, which does to mail what servers on the internet do."""

import asyncio
import email
import email.policy
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "assessor", "correct horse battery staple"


@dataclass(frozen=True)
class Got:
    """One mail as it came over the wire."""

    to: list[str]
    sender: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    def part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        if body is None:
            raise AssertionError(f"there is no {kind} part")
        text: str = body.get_content()
        return text.replace("\r\n", "\n")

    @property
    def text(self) -> str:
        return self.part("plain")

    def link(self, path: str) -> str:
        """The one line of the text that is an address with this path."""
        (found,) = {line for line in self.text.splitlines() if path in line}
        return found


@dataclass
class Mailbox:
    """Answers by its scripts, and takes everything when they are over."""

    port: int = 0
    rcpt: deque[str] = field(default_factory=deque)
    """Replies to the next recipients; an empty one takes them."""
    data: deque[str] = field(default_factory=deque)
    refused: dict[str, str] = field(default_factory=dict)
    """Replies to certain recipients, always."""
    hangs: bool = False
    received: list[Got] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def came(self, count: int, seconds: float = 20) -> list[Got]:
        """Wait for so many mails."""
        async with asyncio.timeout(seconds):
            while len(self.received) < count:
                self._came.clear()
                await self._came.wait()
        return self.received

    async def handle_RCPT(  # noqa: N802 - the server finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        reply = self.refused.get(address) or (self.rcpt.popleft() if self.rcpt else "")
        if not reply:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.hangs:
            await asyncio.sleep(3600)
        reply = self.data.popleft() if self.data else ""
        if reply:
            return reply
        content = envelope.original_content or b""
        self.received.append(Got(list(envelope.rcpt_tos), str(envelope.mail_from), content))
        self._came.set()
        return "250 taken"

    def login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any
    ) -> AuthResult:
        given = data if isinstance(data, LoginPassword) else LoginPassword(b"", b"")
        self.logins.append(given.login)
        right = given == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)  # the server words its answer itself


@asynccontextmanager
async def mailbox(
    port: int = 0, *, tls: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False
) -> AsyncIterator[Mailbox]:
    """Serve; with `tls`, by STARTTLS unless it is `implicit`."""
    box = Mailbox()

    def serve() -> SMTP:
        return SMTP(
            box,
            hostname="mx.test",
            tls_context=None if implicit else tls,
            authenticator=box.login if login else None,
            auth_required=login,
            auth_require_tls=tls is not None and not implicit,
            loop=asyncio.get_running_loop(),
        )

    server = await asyncio.get_running_loop().create_server(
        serve, "127.0.0.1", port, ssl=tls if implicit else None
    )
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
