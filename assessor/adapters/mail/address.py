"""Which addresses are written to."""

from typing import Final

from assessor.domain.errors import invalid

MAX_CHARS: Final = 254
"""What the envelope of a mail can hold (RFC 5321, section 4.5.3.1.3)."""
NO_ADDRESS: Final = "is no e-mail address that can be written to"


def accept_address(field: str, text: str) -> str:
    """Return the address in ASCII, as servers take it. Raises InvalidInput; its text holds no address.

    Whether it exists is not asked: that would tell strangers whom we are about to write to.
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise _refused(field) from None
    if found.ascii_email is None or len(found.ascii_email) > MAX_CHARS:
        raise _refused(field)
    return found.ascii_email


def _refused(field: str) -> Exception:
    return invalid(field, NO_ADDRESS, "Send one such as name@example.org, without a name around it.")
