"""Mail to candidates: the outbox that the log writes, who puts it into words, and the way out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from assessor.domain.mail import Letter, Mail, MailKind, MailSettled, Sending


@dataclass(frozen=True)
class Enclosure:
    """What mails about facts need and the log must not hold; sealed with the candidate's own key."""

    address: str | None = field(default=None, repr=False)
    """Where to write about this assessment; given when it begins."""
    invite_token: str | None = field(default=None, repr=False)
    """Of the invitation that is issued. It is wiped when the mails that carry its link are sent."""


@dataclass(frozen=True)
class ClaimedMail:
    """A mail that one worker has taken up, with what it needs to write it."""

    id: str
    kind: MailKind
    assessment_id: str
    tries: int
    due_at: datetime
    """When it was to be sent first."""
    until: datetime
    """From then on another worker may take it up."""
    given_at: datetime
    """When the invitation was given that a reminder is about; for others, the time of their fact."""
    last_heard: datetime
    """When anything was last written to the log, or a draft saved."""
    refused: bool
    """Whether the candidate wants no mail of kinds that are not essential."""
    address: str = field(repr=False)
    invite_token: str | None = field(repr=False)


class MailOutbox(Protocol):
    """Mails, which `EventLog` writes in the transaction of the facts."""

    async def claim_mail(
        self, holder: str, now: datetime, until: datetime, limit: int
    ) -> tuple[ClaimedMail, ...]:
        """Take up what is due, platforms in turn, and what waits longest first.

        Nobody else gets the same before `until`.
        """
        ...

    async def release_mail(self, holder: str, now: datetime) -> int:
        """Make due again what a worker had taken up before it ended. Returns how many."""
        ...

    async def record_mail(self, claimed: ClaimedMail, settled: MailSettled, at: datetime) -> None:
        """Note what follows from an attempt; what is settled loses its link in the same transaction."""
        ...

    async def forget_mail(self, before: datetime) -> int:
        """Remove what was settled before a time, but not that a reminder was. Returns how many."""
        ...

    async def mail_address(self, assessment_id: str) -> str | None:
        """Return where to write about an assessment. Raises NotFound, and Gone once its person was erased."""
        ...

    async def refuse_reminders(self, assessment_id: str, at: datetime) -> None:
        """Stop reminders to the assessment's candidate, of all their assessments. Raises NotFound."""
        ...


class LetterWriter(Protocol):
    """Puts letters into words."""

    def write(self, letter: Letter) -> Mail:
        """Return it as plain text and as HTML, in its language or else in English."""
        ...


class Mailer(Protocol):
    """The way to a mail server."""

    async def send(self, mail: Mail) -> Sending:
        """Try once. Whatever goes wrong is a Sending, never an exception."""
        ...
