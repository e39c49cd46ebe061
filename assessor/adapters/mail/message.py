"""A mail as bytes: the headers and parts that every way out has in common."""

from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from typing import Final

from assessor.domain.mail import Mail


class _Unfolded(UnstructuredHeader, BaseHeader):
    """Stays on its line: folding would encode a long address, which mail programs do not undo."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS: Final = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Unfolded)
_PLAIN_POLICY: Final = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)
"""Servers that know nothing but ASCII pass it on unchanged."""


def as_message(mail: Mail, sender: str) -> EmailMessage:
    """Return the message, from the address `sender`.

    The same mail gives the same bytes at each attempt, and one `Message-ID`: where one came twice, its
    reader can tell. Raises ValueError for a header with a line break in it.
    """
    message = EmailMessage(_PLAIN_POLICY)
    message["From"] = Address(mail.sender_name, addr_spec=sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    # Nobody's absence note is an answer to a program.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{mail.id}")
    message["Content-Language"] = mail.language  # last: making parts moves headers of this kind into one
    return message
