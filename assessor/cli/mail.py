"""`mail`: whether mail to candidates finds its way."""

import asyncio
import secrets
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from assessor.cli.app import mails
from assessor.cli.output import Json, print_json, settings
from assessor.domain.ids import make_id
from assessor.domain.mail import Acceptance, Mail, Sending
from assessor.settings import Settings

SUBJECT: Final = "A test of the mail server"
WORDS: Final = "If you read this, mail from Assessor finds its way. There is nothing you need to do."


@mails.command("test")
def try_out(address: Annotated[str, typer.Argument(help="Where to send it.")], as_json: Json = False) -> None:
    """Send one mail with the settings of the service, and tell what the server said to it."""
    from assessor.adapters.mail import accept_address

    chosen, to = settings(), accept_address("ADDRESS", address)
    sending = asyncio.run(_send(chosen, to))
    if as_json:
        print_json({"acceptance": sending.acceptance, "why": sending.why, "detail": sending.detail})
    else:
        typer.echo(_told(sending, chosen), err=sending.acceptance is not Acceptance.ACCEPTED)
    if sending.acceptance in {Acceptance.DEFERRED, Acceptance.REFUSED}:
        raise typer.Exit(1)


async def _send(chosen: Settings, to: str) -> Sending:
    from assessor.bootstrap import mailer

    mail = Mail(
        id=make_id("mail", secrets.token_bytes(16)),
        to=to,
        sender_name="Assessor",
        subject=SUBJECT,
        text=f"{WORDS}\n",
        html=f'<!doctype html><html lang="en"><title>{SUBJECT}</title><p>{WORDS}</p></html>',
        language="en",
        written_at=datetime.now(UTC),
    )
    return await mailer(chosen).send(mail)


def _told(sending: Sending, chosen: Settings) -> str:
    server = f"{chosen.smtp_host}:{chosen.smtp_port}"
    kept = sending.detail or "nothing"
    said = f"{sending.why} {sending.detail}".strip()
    return {
        Acceptance.ACCEPTED: f"{server} took the mail. Whether it arrives, the mailbox tells.",
        Acceptance.NOT_SENT: f"No mail server is set (ASSESSOR_SMTP_HOST); wrote {kept}",
        Acceptance.DEFERRED: f"error: {server} did not take the mail, and would be asked again: {said}",
        Acceptance.REFUSED: f"error: {server} refused the mail for good: {said}",
    }[sending.acceptance]
