"""Which text may enter: everything a person can type, nothing that breaks what stores or shows it."""

from assessor.domain.errors import TooLarge, invalid
from assessor.domain.wording import worded

MAX_TEXT_CHARS = 20_000


def accept_text(field: str, text: str, *, limit: int = MAX_TEXT_CHARS, required: bool = False) -> str:
    """Return the text as it was typed, with every line end a line feed.

    Raises TooLarge over `limit` characters, InvalidInput for a lone surrogate, a NUL or, when
    `required`, for nothing but white space.
    """
    if len(text) > limit:
        raise TooLarge(field, len(text), limit)
    if "\x00" in text:
        raise invalid(field, "has a NUL character", "Remove it and send the text again.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise invalid(
            field,
            worded("has half of a surrogate pair at character %(place)s", place=error.start),
            "Remove that character and send the text again.",
        ) from None
    if required and not text.strip():
        raise invalid(field, "is empty", "Write something, or say that you do not know.")
    return text.replace("\r\n", "\n").replace("\r", "\n")
