"""What pydantic found, said to an author in plain English at the field that it is about."""

import re
from typing import Any

from pydantic import ValidationError

from assessor.adapters.content.documents import Document, Location
from assessor.domain.errors import LibraryProblem

_MAPPING = "has to be a mapping (name: value)"
_LIST = "has to be a list"
_WHOLE = "has to be a whole number"
_NUMBER = "has to be a number"

_SENTENCES = {
    "missing": "is missing",
    "extra_forbidden": "is not a field that is known here",
    "string_type": "has to be text; put it in quotes if YAML reads it as something else",
    "string_pattern_mismatch": "does not have the form {pattern}",
    "string_too_short": "has to have at least {min_length} characters",
    "string_too_long": "may have at most {max_length} characters",
    "too_short": "needs at least {min_length} entries and has {actual_length}",
    "too_long": "may have at most {max_length} entries and has {actual_length}",
    "greater_than": "has to be more than {gt}",
    "greater_than_equal": "has to be at least {ge}",
    "less_than": "has to be less than {lt}",
    "less_than_equal": "may be at most {le}",
    "literal_error": "has to be {expected}",
    "enum": "has to be {expected}",
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "has to be a finite number",
}
"""By pydantic's error type, filled in with its context. Any other type keeps pydantic's own words."""

_NAMED_FIELD = re.compile(r"^(?:Value error, )?([a-z_]+(?:\.[a-z_]+)*): (.+)$", re.DOTALL)
"""Validators of the domain that look at several fields begin with the name of the one to change."""


def plain_problems(
    error: ValidationError, document: Document, base: Location, tag: str = ""
) -> list[LibraryProblem]:
    """Return the problems of the value at `base`; `tag` is a union's tag, which stands in no file."""
    faults = [fault for fault in error.errors(include_url=False) if not _is_echo(fault)]
    return [_problem(fault, document, base, tag) for fault in faults]


def _is_echo(fault: Any) -> bool:
    """A list that pydantic calls too short only because it left out the entries with mistakes."""
    found = fault["input"]
    return (
        fault["type"] == "too_short"
        and isinstance(found, list | tuple)
        and len(found) >= fault["ctx"]["min_length"]
    )


def _problem(fault: Any, document: Document, base: Location, tag: str) -> LibraryProblem:
    path: Location = tuple(part for part in fault["loc"] if part != "[key]")
    if path and path[0] == tag:
        path = path[1:]
    if fault["type"] == "value_error" and (named := _NAMED_FIELD.match(fault["msg"])):
        return document.problem((*base, *path, *named[1].split(".")), named[2])
    if fault["type"] in _SENTENCES:
        text = _SENTENCES[fault["type"]].format(**fault.get("ctx", {}))
    else:
        text = fault["msg"].removeprefix("Value error, ").replace("Input should", "should")
    return document.problem((*base, *path), text)
