"""Mail: how letters are worded, and the ways to a server or to a folder."""

from assessor.adapters.mail.address import accept_address
from assessor.adapters.mail.folder import FolderMailer
from assessor.adapters.mail.letters import TemplateLetters
from assessor.adapters.mail.smtp import SmtpMailer, SmtpServer

__all__ = ["FolderMailer", "SmtpMailer", "SmtpServer", "TemplateLetters", "accept_address"]
