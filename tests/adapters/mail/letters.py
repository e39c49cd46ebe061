"""Letters and mails to send."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from assessor.domain.mail import Letter, Mail, MailKind

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HERE = "https://assess.example.org"


def letter(kind: MailKind = MailKind.INVITE, **changed: Any) -> Letter:
    written = Letter(
        id="mail_0123456789abcdefghjkmnpqrs",
        kind=kind,
        to="ana@example.org",
        language="en",
        platform="Acme Data",
        track="Python",
        link=f"{HERE}/c/0123abcd",
        written_at=NOW,
        livemode=True,
        minutes=45,
        until=NOW + timedelta(days=14),
        unsubscribe=f"{HERE}/reminders/asm_1.0.tag" if kind is MailKind.REMINDER else None,
    )
    return replace(written, **changed)


def mail(**changed: Any) -> Mail:
    written = Mail(
        id="mail_0123456789abcdefghjkmnpqrs",
        to="ana@example.org",
        sender_name="Acme Data",
        subject="Acme Data invites you: Python",
        text="Hello,\n\nplease come.\n",
        html="<p>Hello,</p><p>please come.</p>",
        language="en",
        written_at=NOW,
    )
    return replace(written, **changed)
