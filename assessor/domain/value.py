"""The base of every value of the domain, and the one canonical way to write a value as bytes."""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

FLOAT_PLACES = 6


class Value(BaseModel):
    """An immutable value that refuses fields it does not know.

    It refuses NaN and infinities too: JSON cannot carry them, and a score that is not a number
    must not travel.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,  # the input may be a candidate's words, and errors are logged
    )

    def changed(self, **fields: Any) -> Self:
        """Return a validated copy; `model_copy(update=...)` would skip validation."""
        current = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**(current | fields))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a canonical document cannot carry a number that is not finite")
        return round(value, FLOAT_PLACES) + 0.0  # + 0.0 turns -0.0 into 0.0
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


def canonical(value: Value | dict[str, Any] | list[Any]) -> bytes:
    """Write a value as UTF-8 JSON with sorted keys, no spaces, floats to 6 places.

    The same value gives the same bytes on every machine, so hashes and signatures hold.
    """
    data = value.model_dump(mode="json") if isinstance(value, Value) else value
    return json.dumps(
        _rounded(data), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def content_hash(value: Value | dict[str, Any] | list[Any]) -> str:
    """Return `sha256:<hex>` of the canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()


def strings_in(value: Any) -> Iterator[str]:
    """Yield every string within mappings and sequences, in order; keys are no content."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from strings_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings_in(part)
