"""The code that items of a bank contain, taken out of their texts and run."""

import re
import zoneinfo
from typing import Any, TypeVar

import pytest

from assessor.domain.item import ItemBase
from assessor.domain.library import Library

Kind = TypeVar("Kind", bound=ItemBase)

needs_time_zones = pytest.mark.skipif(
    not zoneinfo.available_timezones(), reason="this machine has no time zone database"
)


def items(library: Library, kind: type[Kind]) -> list[Kind]:
    return [item for item in library.items["python"].values() if isinstance(item, kind)]


def item(library: Library, kind: type[Kind], name: str) -> Kind:
    found = library.item("python", name)
    assert isinstance(found, kind)
    return found


def code_of(text: str) -> str:
    (block,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return str(block)


def run(code: str, **names: Any) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "snippet", **names}
    exec(compile(code, "snippet", "exec"), namespace)  # noqa: S102  our own bank, reviewed like code
    return namespace


def value_of(expression: str, names: dict[str, Any]) -> Any:
    return eval(expression, names)  # noqa: S307  our own bank, reviewed like code
