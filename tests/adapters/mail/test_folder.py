"""Mail where no server is set: told, kept as a file in development, and never shown in a log by accident."""

import email
import email.policy
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from assessor.adapters.mail import FolderMailer
from assessor.domain.mail import Acceptance
from tests.adapters.mail.letters import mail

SECRETS = ("ana@example.org", "please come")


@pytest.fixture(autouse=True)
def _every_level_is_logged() -> Iterator[None]:
    """Services that other tests start in this process set the least level that is logged."""
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)


async def test_in_development_a_mail_is_a_file_that_a_mail_program_opens(tmp_path: Path) -> None:
    sending = await FolderMailer(tmp_path / "mail").send(mail())

    (file,) = (tmp_path / "mail").iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert sending.acceptance is Acceptance.NOT_SENT
    assert file.name == "mail_0123456789abcdefghjkmnpqrs.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert message["To"] == "ana@example.org"


async def test_the_log_says_that_a_mail_would_be_sent_and_neither_to_whom_nor_what() -> None:
    with capture_logs() as logs:
        await FolderMailer(None).send(mail())

    (line,) = map(json.dumps, logs)
    assert "mail_0123456789abcdefghjkmnpqrs" in line
    assert not [secret for secret in SECRETS if secret in line]


async def test_a_demonstration_shows_it(tmp_path: Path) -> None:
    with capture_logs() as logs:
        await FolderMailer(tmp_path, shows=True).send(mail())

    (line,) = map(json.dumps, logs)
    assert [secret for secret in SECRETS if secret not in line] == []
