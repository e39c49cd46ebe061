"""Mail by SMTP."""

import asyncio
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from assessor.adapters.mail.message import as_message
from assessor.domain.mail import Acceptance, Mail, Sending

if TYPE_CHECKING:
    from aiosmtplib import SMTP

TOTAL_SECONDS: Final = 60.0
"""For one mail from the connection to the server's last word: less than a claim lasts."""
PERMANENT: Final = 500
Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over, and how."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 20.0


class SmtpMailer:
    """Fulfils `Mailer`: a connection for each mail, so that a server that went away is asked anew.

    The server's certificate has to be one that `tls` trusts, by default that of a public authority.
    """

    def __init__(
        self,
        server: SmtpServer,
        sender: str,
        *,
        tls: ssl.SSLContext | None = None,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._server = server
        self._sender = sender
        self._tls = tls
        self._total_seconds = total_seconds

    async def send(self, mail: Mail) -> Sending:
        """Try once. Only what the server says of the recipient or of this mail is refused for good.

        What it says of us (no account, no right to send) is tried again: an operator can mend it.
        """
        from aiosmtplib import SMTPException

        try:
            async with asyncio.timeout(self._total_seconds):
                return await self._hand_over(mail)
        except TimeoutError:
            return Sending(Acceptance.DEFERRED, "timeout")
        except (SMTPException, OSError) as fault:
            return _read(fault)

    async def why_closed(self) -> str:
        """Connect, sign in and leave. Return the kind of what kept us from it; empty when nothing did."""
        from aiosmtplib import SMTPException

        client = self._client()
        try:
            async with asyncio.timeout(self._total_seconds):
                await client.connect()
                await client.quit()
        except TimeoutError:
            return "timeout"
        except (SMTPException, OSError) as fault:
            client.close()
            return _read(fault).why
        return ""

    def _client(self) -> "SMTP":
        from aiosmtplib import SMTP

        server = self._server
        return SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout_seconds,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=self._tls,
            # Else it looks its own name up, which may take long and tells the server more than it needs.
            local_hostname=self._sender.rpartition("@")[2],
            username=server.user,
            password=server.password,
        )

    async def _hand_over(self, mail: Mail) -> Sending:
        from aiosmtplib import SMTPException

        client = self._client()
        await client.connect()
        try:
            await client.send_message(
                as_message(mail, self._sender), sender=self._sender, recipients=[mail.to]
            )
        except BaseException:
            client.close()
            raise
        try:
            await client.quit()
        except (SMTPException, OSError):
            client.close()  # it was taken already; how the server says goodbye changes nothing
        return Sending(Acceptance.ACCEPTED, "250")


def _read(fault: Exception) -> Sending:
    """Return what a fault means. Only a status or the kind of the fault is told: texts may name people."""
    from aiosmtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException

    if isinstance(fault, SMTPRecipientsRefused) and fault.recipients:
        fault = fault.recipients[0]
        about_the_mail = True
    else:
        about_the_mail = isinstance(fault, SMTPDataError)
    if not isinstance(fault, SMTPResponseException):
        return Sending(Acceptance.DEFERRED, type(fault).__name__, str(fault))
    for_good = about_the_mail and fault.code >= PERMANENT
    return Sending(
        Acceptance.REFUSED if for_good else Acceptance.DEFERRED, str(fault.code), str(fault.message)
    )
