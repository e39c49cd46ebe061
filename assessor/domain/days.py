"""Days as people give them: in UTC, from the first moment to before the first moment of the next."""

from datetime import UTC, date, datetime, time, timedelta

from assessor.domain.errors import invalid


def first_moment(field: str, text: str) -> datetime | None:
    """Return when a day begins, or None for no text. Raises InvalidInput naming the field."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if day == date.max:  # also the day after which there is none
        raise invalid(field, f"{text[:50]!r} is no day", "Write it like 2026-01-31.")
    return datetime.combine(day, time(), UTC)


def end_of(field: str, text: str) -> datetime | None:
    """Return when the day after begins, or None for no text. Raises InvalidInput naming the field."""
    begins = first_moment(field, text)
    return begins and begins + timedelta(days=1)
