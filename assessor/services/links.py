"""Links of mails that prove by themselves where they lead: nothing of them is kept.

A link is a purpose, an assessment and an end, with a tag that only this installation can make (HMAC-SHA256).
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from assessor.domain.errors import Gone
from assessor.domain.wording import worded

_TAG_BYTES: Final = 16
_END: Final = re.compile(r"[0-9]{1,11}")


class LinkPurpose(StrEnum):
    """What a link opens, as it stands in its address."""

    RESULT = "r"
    """The candidate's own pages, once they have submitted."""
    REMINDERS = "reminders"
    """The page that stops reminders."""


_WAYS_OUT: Final[Mapping[LinkPurpose, str]] = MappingProxyType(
    {
        LinkPurpose.RESULT: worded("Check that it is complete, or go on in the browser in which you worked."),
        LinkPurpose.REMINDERS: worded("Check that it is complete. Nothing was changed."),
    }
)


class SignedLinks:
    """Makes and follows links."""

    def __init__(self, key: bytes, *, public_url: str) -> None:
        self._key = key
        self._public_url = public_url

    def make(self, purpose: LinkPurpose, assessment_id: str, until: datetime | None = None) -> str:
        """Return the address; without `until` it works for good."""
        end = int(until.timestamp()) if until else 0
        return f"{self._public_url}/{purpose}/{assessment_id}.{end}.{self._tag(purpose, assessment_id, end)}"

    def follow(self, purpose: LinkPurpose, token: str, now: datetime) -> str:
        """Return the assessment that a link is about. Raises Gone for one that is not ours, or too late."""
        assessment_id, _, rest = token.partition(".")
        end_text, _, tag = rest.partition(".")
        end = int(end_text) if _END.fullmatch(end_text) else -1
        if not hmac.compare_digest(tag.encode(), self._tag(purpose, assessment_id, end).encode()):
            raise Gone("link", "is not known here", _WAYS_OUT[purpose])
        if end and datetime.fromtimestamp(end, UTC) <= now:
            raise Gone("link", "has expired", _WAYS_OUT[purpose])
        return assessment_id

    def _tag(self, purpose: LinkPurpose, assessment_id: str, end: int) -> str:
        said = f"{purpose}\n{assessment_id}\n{end}".encode()
        tag = hmac.digest(self._key, said, hashlib.sha256)[:_TAG_BYTES]
        return base64.urlsafe_b64encode(tag).decode().rstrip("=")
