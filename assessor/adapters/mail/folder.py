"""Mail without a server: told in the log, and in development kept as files that mail programs open."""

import asyncio
import os
from pathlib import Path
from typing import Final

import structlog

from assessor.adapters.mail.message import as_message
from assessor.domain.mail import Acceptance, Mail, Sending

SENDER: Final = "assessor@localhost.localdomain"
NO_SERVER: Final = "no_server"

log = structlog.get_logger()


class FolderMailer:
    """Fulfils `Mailer` without a server. Logs have neither address nor words, unless it `shows` them."""

    def __init__(self, folder: Path | None, *, shows: bool = False) -> None:
        self._folder = folder
        self._shows = shows

    async def send(self, mail: Mail) -> Sending:
        """Say that a mail would be sent, and write it into the folder where there is one."""
        file = await asyncio.to_thread(_keep, mail, self._folder) if self._folder else None
        shown = {"to": mail.to, "subject": mail.subject, "text": mail.text} if self._shows else {}
        log.info("mail not sent: no server is set", mail=mail.id, file=file and str(file), **shown)
        return Sending(Acceptance.NOT_SENT, NO_SERVER, str(file) if file else "")


def _keep(mail: Mail, folder: Path) -> Path:
    """Write it for the eyes of this user alone: it holds links that open assessments."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{mail.id}.eml"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(as_message(mail, SENDER).as_bytes())
    return file
