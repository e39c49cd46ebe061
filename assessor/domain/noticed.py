"""Passages that a rule noticed in work that was handed in, and what the candidate said about them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from assessor.domain.evidence import Evidence


@dataclass(frozen=True, kw_only=True)
class NoticedPassages:
    """What was noticed in the answer to one item."""

    item_id: str
    passages: tuple[Evidence, ...]
    rule: str
    """The edition of the rule that noticed it."""
    found_at: datetime
    reply: str | None = None
    """What the candidate said about it."""
    is_unanswered: bool = False
    """Whether they let the time for a reply pass."""

    @property
    def is_heard(self) -> bool:
        """Whether the candidate has replied, or had the time to."""
        return self.reply is not None or self.is_unanswered

    def replied(self, text: str) -> Self:
        """Return it with the reply; the first one stays."""
        return self if self.reply is not None else replace(self, reply=text)

    def unanswered(self, found_by: datetime) -> Self:
        """Return it as one whose time for a reply is over, where it was found by then and nobody replied."""
        is_over = self.reply is None and self.found_at <= found_by
        return replace(self, is_unanswered=True) if is_over else self
