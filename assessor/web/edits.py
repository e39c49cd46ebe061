"""Edits name the state that they were made on, so that nobody overwrites what they have not seen."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import Header

from assessor.domain.errors import AssessorError

ANY: Final = "*"

IfMatch = Annotated[
    str | None,
    Header(
        description="Required. The `ETag` that you read: 412 when the thing has changed since. `*` stands "
        "for whatever it is now.",
        examples=[ANY],
    ),
]
IfNoneMatch = Annotated[str | None, Header(description="An `ETag` that you have.")]


class IfMatchMissing(AssessorError):
    """An edit that does not say which state it was made on."""

    code = "if-match-required"

    def __str__(self) -> str:
        return (
            "This edit does not say what it was made on, so nothing was changed. Send the `ETag` that you "
            "read as `If-Match`, or `If-Match: *` to change whatever stands there now."
        )


def etag(body: bytes) -> str:
    """Return a strong entity tag of a body."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def matching(if_match: str | None) -> Callable[[str], bool]:
    """Return what says of an entity tag whether an edit was made on that state. Raises IfMatchMissing.

    A weak tag is never that of a state to be edited (RFC 9110, 13.1.1).
    """
    if if_match is None or not if_match.strip():
        raise IfMatchMissing
    tags = {tag.strip() for tag in if_match.split(",")}
    return lambda tag: ANY in tags or tag in tags


def known(if_none_match: str | None, tag: str) -> bool:
    """Whether the caller has this state already."""
    tags = {one.strip().removeprefix("W/") for one in (if_none_match or "").split(",")}
    return tag in tags or ANY in tags
