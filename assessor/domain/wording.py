"""Sentences with values in them, kept apart, so that they can be said in another language."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Self


class Wording(str):
    """A sentence in English that remembers its text and what stands in its places.

    It is a string like any other. A page that speaks another language looks `text` up, and puts `values` into
    the translation; a value that is a `Wording` itself is translated as well.
    """

    __slots__ = ("text", "values")

    text: str
    values: Mapping[str, object]

    def __new__(cls, text: str, **values: object) -> Self:
        """Put the values into the places of the text, such as `%(limit)s`; for a per cent sign write `%%`."""
        said = super().__new__(cls, text % {name: _in_english(value) for name, value in values.items()})
        said.text, said.values = text, values
        return said

    def __reduce__(self) -> tuple[Callable[..., "Wording"], tuple[object, ...]]:
        """Be copied as what it is made of: the finished sentence has no places any more."""
        return _made_of, (type(self), self.text, dict(self.values))


def worded(text: str, **values: object) -> Wording:
    """Return a sentence for candidates. The call also marks the text for the catalogues."""
    return Wording(text, **values)


def _made_of(kind: type[Wording], text: str, values: dict[str, object]) -> Wording:
    return kind(text, **values)


def _in_english(value: object) -> object:
    return f"{value:%d %B %Y}" if isinstance(value, datetime) else value
