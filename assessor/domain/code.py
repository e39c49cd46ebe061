"""Code that a candidate wrote: where it stands in an answer, and what is asked of it.

Expected values stay with the service. What runs the code is told a function and arguments, and
brings back what came of it; whether that is right is said here.
"""

import json
import math
import re
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from assessor.domain.value import Value

MAX_TESTS = 12

_FENCED = re.compile(
    r"^ {0,3}(`{3,}|~{3,})[ \t]*([\w+.-]*)[^\n`]*\n(.*?)(?:^ {0,3}\1[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_PYTHON = {"", "python", "py", "python3", "pycon"}

FunctionName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,60}$")]


class CodeNotRunError(Exception):
    """Code was not run, or not to its end, for a reason that lies with us. Never counts against anybody."""


class CodeCall(Value):
    """One call of a function that the candidate's code defines. Arguments are what JSON can say."""

    function: FunctionName
    args: tuple[JsonValue, ...] = ()


class CodeTest(Value):
    """One call, and what has to come of it: a value, or an exception of a class."""

    call: CodeCall
    returns: JsonValue = None
    """As JSON: tuples and iterators are lists, sets are sorted lists, times are in ISO 8601."""
    raises: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]{2,60}$")] | None = None
    """A built-in exception, or one of its bases."""
    message_has: tuple[str, ...] = ()
    message_lacks: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_expectation(self) -> Self:
        if self.raises is not None and self.returns is not None:
            raise ValueError("returns: a call that raises returns nothing")
        if self.raises is None and (self.message_has or self.message_lacks):
            raise ValueError("raises: is missing; only exceptions have messages")
        return self

    def passed_by(self, outcome: "CodeOutcome") -> bool:
        """Whether this came of the call that was expected."""
        if self.raises is None:
            return outcome.kind == "returned" and same(self.returns, outcome.value)
        return (
            outcome.kind == "raised"
            and self.raises in outcome.classes
            and all(words in outcome.message for words in self.message_has)
            and not any(words in outcome.message for words in self.message_lacks)
        )


class CodeOutcome(Value):
    """What came of one call. Everything in it was said by the candidate's code but the kind `stopped`."""

    kind: Literal["returned", "raised", "stopped"]
    value: JsonValue = None
    classes: tuple[str, ...] = ()
    """The class of what was raised and its bases."""
    message: str = ""
    why: Literal["", "cpu", "output", "crash"] = ""
    """Of `stopped`: it went beyond a limit, or ended without an answer."""


def same(expected: JsonValue, found: JsonValue) -> bool:
    """Whether two JSON values are equal: numbers to 9 digits, and true is not 1."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return expected == found or _near(expected, found)
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(same(expected[name], found[name]) for name in expected)
    return type(expected) is type(found) and expected == found


def _near(expected: float, found: float) -> bool:
    if isinstance(expected, int) and isinstance(found, int):
        return False
    try:
        return math.isclose(expected, found, rel_tol=1e-9, abs_tol=1e-12)
    except OverflowError:  # a whole number that no float can hold is near none
        return False


def code_in(text: str) -> str:
    """Return the Python of an answer: its fenced blocks in order, or all of it where none is fenced.

    Blocks marked as another language (output, shell) are left out.
    """
    blocks = [(language.casefold(), code) for _, language, code in _FENCED.findall(text)]
    if not blocks:
        return text
    return "\n".join(code for language, code in blocks if language in _PYTHON)


def outcome_from(output: str) -> CodeOutcome | None:
    """Read what a call wrote; None when it is not what a call writes. Nothing in it is believed."""
    try:
        return _outcome(json.loads(output, parse_constant=_not_json))
    except (ValueError, RecursionError):
        return None


def _outcome(said: object) -> CodeOutcome:
    """Raises ValueError, as pydantic does too, for instance for numbers that are not finite."""
    match said:
        case {"value": value, **others} if not others:
            return CodeOutcome(kind="returned", value=value)
        case {"raised": [*classes], "message": message, **others} if not others:
            return CodeOutcome(kind="raised", classes=tuple(classes), message=message)
        case _:
            raise ValueError("is not the form of a result")


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
