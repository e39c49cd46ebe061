"""What an incident is about, in data and in its reporter's own words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from assessor.domain.errors import invalid
from assessor.domain.text import accept_text

MIN_WORDS_CHARS: Final = 10
MAX_WORDS_CHARS: Final = 10_000


@dataclass(frozen=True)
class Scope:
    """Which assessments are affected: those that something happened to in a time, and that fit the rest."""

    since: datetime
    until: datetime
    """Not included."""
    tenant: str | None = None
    """None: of all platforms."""
    assessments: tuple[str, ...] = ()
    """Only these; none: all."""
    track: str | None = None
    model: str | None = None
    """Only what this model replied about, by its name."""
    prompts: str | None = None
    """Only what was worked on with these prompts, by their common hash or its beginning."""

    def document(self) -> dict[str, Any]:
        """Return it as JSON types."""
        times = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        return {**vars(self), **times, "assessments": list(self.assessments)}

    def require_times(self) -> None:
        """Raise InvalidInput where no moment lies between the two."""
        if self.since >= self.until:
            raise invalid("to", "is not after the beginning", "Give a later day, or the same one.")


@dataclass(frozen=True)
class Account:
    """What whoever reports it says."""

    what: str
    """What happened, as far as it is known."""
    done: str
    """What was done about it."""

    @classmethod
    def accepted(cls, what: str, done: str) -> "Account":
        """Return both as they are written down. Raises InvalidInput, TooLarge."""
        return cls(_accepted("what", what), _accepted("done", done))


def _accepted(field: str, text: str) -> str:
    text = accept_text(field, text, limit=MAX_WORDS_CHARS, required=True).strip()
    if len(text) < MIN_WORDS_CHARS:
        raise invalid(field, "is too short", "Say it in a sentence at least, and name no candidate.")
    return text
