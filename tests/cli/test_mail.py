"""`assessor mail test`, as an operator tries a mail server out."""

import asyncio
from pathlib import Path

from tests.cli.conftest import Run
from tests.mailbox import Mailbox, mailbox


def settings(box: Mailbox) -> dict[str, str]:
    return {
        "ASSESSOR_SMTP_HOST": "127.0.0.1",
        "ASSESSOR_SMTP_PORT": str(box.port),
        "ASSESSOR_SMTP_SECURITY": "none",
        "ASSESSOR_MAIL_FROM": "no-reply@assess.example.org",
    }


async def test_a_mail_arrives_and_a_refusal_is_told_with_the_servers_words(run: Run) -> None:
    async with mailbox() as box:
        sent = await asyncio.to_thread(run, "mail", "test", "ana@example.org", **settings(box))
        box.refused["bo@example.org"] = "550 nobody of that name"
        refused = await asyncio.to_thread(run, "mail", "test", "bo@example.org", **settings(box))

    assert sent.returncode == 0, sent.stderr
    assert "took the mail" in sent.stdout
    assert [got.to for got in box.received] == [["ana@example.org"]]
    assert refused.returncode == 1
    assert "550 nobody of that name" in refused.stderr


def test_without_a_server_it_says_where_the_mail_went(run: Run, tmp_path: Path) -> None:
    done = run("mail", "test", "ana@example.org")

    (file,) = (tmp_path / "var" / "mail").iterdir()
    assert done.returncode == 0
    assert "No mail server is set (ASSESSOR_SMTP_HOST)" in done.stderr
    assert str(file) in done.stderr
