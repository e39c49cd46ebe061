"""Demands on an ideal answer that code can check."""

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.code import code_in
from assessor.domain.language import SMALL_WORDS, base, is_written_in
from assessor.domain.value import Value

Kind = Literal[
    "min_words",
    "max_words",
    "must_include",
    "must_not_include",
    "code_block",
    "valid_json",
    "language",
    "runs",
]

_FENCED_BLOCK = re.compile(r"^ {0,3}```[^`\n]*\n.*?^ {0,3}```", re.MULTILINE | re.DOTALL)

_TAKES: Final[Mapping[Kind, type | None]] = MappingProxyType(
    {
        "min_words": int, "max_words": int, "must_include": str, "must_not_include": str,
        "code_block": None, "valid_json": None, "language": str, "runs": None,
    }
)  # fmt: skip


class Constraint(Value):
    """A demand on an ideal answer that code can check."""

    kind: Kind
    """`runs`: code in the answer passes the tests of the item's key. What runs it is not in this module."""
    value: int | str | None = None
    label: Annotated[str, Field(min_length=5, max_length=160)]
    """The demand as the candidate reads it."""

    @model_validator(mode="after")
    def _value_fits(self) -> Self:
        kind = _TAKES[self.kind]
        if kind is None and self.value is not None:
            raise ValueError(f"value: {self.kind} takes none")
        if kind is not None and not isinstance(self.value, kind):
            raise ValueError(f"value: {self.kind} takes {kind.__name__}")
        if isinstance(self.value, int) and self.value < 1:
            raise ValueError("value: has to be at least 1")
        if self.value == "":
            raise ValueError("value: is empty, and every answer would include it")
        if self.kind == "language" and base(str(self.value)) not in SMALL_WORDS:
            known = ", ".join(SMALL_WORDS)
            raise ValueError(f"value: {self.value!r} is not a language that can be told; known are {known}")
        return self

    @property
    def is_open(self) -> bool:
        """Whether the label says all that is looked for, so that telling early who keeps to it tells nothing.

        What only a run of the code can show is not open either.
        """
        if self.kind in {"must_include", "must_not_include"}:
            return str(self.value).strip().strip('"').casefold() in self.label.casefold()
        return self.kind != "runs"

    def met_by(self, text: str) -> bool:
        """Whether the text keeps to this. Words are what whitespace separates; case is ignored.

        Of `runs` this says only whether there is code at all.
        """
        return _CHECKS[self.kind](text, self.value)


def _words(text: str) -> int:
    return len(text.split())


def _includes(text: str, value: object) -> bool:
    return str(value).casefold() in text.casefold()


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


_CHECKS: Final[Mapping[Kind, Callable[[str, int | str | None], bool]]] = MappingProxyType(
    {
        "min_words": lambda text, value: _words(text) >= int(value or 0),
        "max_words": lambda text, value: _words(text) <= int(value or 0),
        "must_include": _includes,
        "must_not_include": lambda text, value: not _includes(text, value),
        "code_block": lambda text, _: _FENCED_BLOCK.search(text) is not None,
        "valid_json": lambda text, _: _is_json(text),
        "language": lambda text, value: is_written_in(str(value), text),
        "runs": lambda text, _: bool(code_in(text).strip()),
    }
)
