"""Handing mail to a real server: taken, put off, refused, and never by a way that others can read."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest

from assessor.adapters.mail import SmtpMailer, SmtpServer
from assessor.adapters.mail.smtp import Security
from assessor.domain.mail import Acceptance
from tests.adapters.mail.letters import mail
from tests.certificates import certificate
from tests.mailbox import PASSWORD, USER, Mailbox, mailbox

SENDER = "no-reply@assess.example.org"


def mailer(
    box: Mailbox,
    security: Security = "none",
    *,
    user: str | None = None,
    password: str | None = None,
    tls: ssl.SSLContext | None = None,
    seconds: float = 20,
) -> SmtpMailer:
    server = SmtpServer("127.0.0.1", box.port, security, user, password)
    return SmtpMailer(server, SENDER, tls=tls, total_seconds=seconds)


async def test_a_mail_arrives_with_both_parts_at_the_one_recipient() -> None:
    async with mailbox() as box:
        sending = await mailer(box).send(mail())

    (got,) = box.received
    assert (sending.acceptance, sending.why) == (Acceptance.ACCEPTED, "250")
    assert got.to == ["ana@example.org"]
    assert got.sender == SENDER
    assert got.message["Subject"] == "Acme Data invites you: Python"
    assert str(got.message["From"]) == f"Acme Data <{SENDER}>"
    assert got.id == "<mail_0123456789abcdefghjkmnpqrs@assess.example.org>"
    assert got.text == "Hello,\n\nplease come.\n"
    assert got.part("html").strip() == "<p>Hello,</p><p>please come.</p>"


async def test_a_server_that_is_down_is_asked_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    sending = await mailer(Mailbox(port)).send(mail())

    assert sending.acceptance is Acceptance.DEFERRED
    assert "ana" not in sending.why


async def test_a_server_that_falls_silent_is_given_up_in_time() -> None:
    async with mailbox() as box:
        box.hangs = True

        sending = await mailer(box, seconds=0.3).send(mail())

    assert (sending.acceptance, sending.why) == (Acceptance.DEFERRED, "timeout")


@pytest.mark.parametrize(
    ("recipient", "content", "acceptance", "why"),
    [
        ("450 greylisted, try again", "", Acceptance.DEFERRED, "450"),
        ("", "451 busy", Acceptance.DEFERRED, "451"),
        ("550 ana@example.org is nobody here", "", Acceptance.REFUSED, "550"),
        ("", "554 looks like spam", Acceptance.REFUSED, "554"),
    ],
)
async def test_what_the_server_says_decides_whether_it_is_asked_again(
    recipient: str, content: str, acceptance: Acceptance, why: str
) -> None:
    async with mailbox() as box:
        box.rcpt.append(recipient)
        box.data.append(content)
        sender = mailer(box)

        first, second = await sender.send(mail()), await sender.send(mail())

    assert (first.acceptance, first.why) == (acceptance, why)
    assert "ana@example.org" not in repr(first)
    assert second.acceptance is Acceptance.ACCEPTED
    assert len(box.received) == 1


async def test_with_an_account_it_signs_in(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "127.0.0.1")
    async with mailbox(tls=server, login=True) as box:
        right = await mailer(box, "starttls", user=USER, password=PASSWORD, tls=client).send(mail())

    assert right.acceptance is Acceptance.ACCEPTED
    assert box.logins == [USER.encode()]


async def test_a_wrong_password_is_our_mistake_and_no_mail_is_lost_for_it(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "127.0.0.1")
    async with mailbox(tls=server, login=True) as box:
        wrong = await mailer(box, "starttls", user=USER, password="guess", tls=client).send(mail())

    assert (wrong.acceptance, wrong.why) == (Acceptance.DEFERRED, "535")
    assert box.received == []


async def test_a_server_is_tried_without_a_mail(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "127.0.0.1")
    async with mailbox(tls=server, login=True) as box:
        right = await mailer(box, "starttls", user=USER, password=PASSWORD, tls=client).why_closed()
        wrong = await mailer(box, "starttls", user=USER, password="guess", tls=client).why_closed()
        public = await mailer(box, "starttls", user=USER, password=PASSWORD).why_closed()

    assert (right, wrong) == ("", "535")
    assert public  # nobody vouches for the certificate
    assert box.received == []


async def test_by_implicit_tls_too(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "127.0.0.1")
    async with mailbox(tls=server, implicit=True) as box:
        sending = await mailer(box, "tls", tls=client).send(mail())

    assert sending.acceptance is Acceptance.ACCEPTED


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_gets_neither_mail_nor_password(
    tmp_path: Path, security: Security
) -> None:
    server, _ = certificate(tmp_path, "127.0.0.1")
    async with mailbox(tls=server, implicit=security == "tls", login=security == "starttls") as box:
        sending = await mailer(box, security, user=USER, password=PASSWORD).send(mail())
        await asyncio.sleep(0)

    assert sending.acceptance is Acceptance.DEFERRED
    assert (box.received, box.logins) == ([], [])


async def test_a_server_without_starttls_gets_no_mail_in_the_clear() -> None:
    async with mailbox() as box:
        sending = await mailer(box, "starttls").send(mail())

    assert sending.acceptance is Acceptance.DEFERRED
    assert box.received == []
