"""Cursors: where a page of a list ended, as a text that callers hand back and need not understand."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Final

from assessor.domain.errors import InvalidInput, invalid
from assessor.ports import ListPlace

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 100


def cursor_of(place: ListPlace) -> str:
    """Write a place."""
    text = f"{place.at.astimezone(UTC).isoformat()}/{place.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str) -> ListPlace:
    """Read a place. Raises InvalidInput for what no list gave out."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        at, _, thing = text.partition("/")
        moment = datetime.fromisoformat(at)
    except (binascii.Error, ValueError):
        raise _refused() from None
    if moment.tzinfo is None or not thing.isascii() or not thing.isprintable():
        raise _refused()
    return ListPlace(moment, thing)


def _refused() -> InvalidInput:
    return invalid("cursor", "is none that a list gave out", "Leave it out to begin with the newest.")
