"""YAML files as plain data that remembers on which line each value stands.

Authors meet mistakes here first, so nothing is raised: a file that cannot be read becomes a
`Document` without data and a list of problems.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from assessor.domain.errors import LibraryProblem

Location = tuple[str | int, ...]
"""Where a value stands in a file, such as `("items", 2, "key", "order")`."""

MAX_DEPTH = 30

MAX_BYTES = 2_000_000
"""Of one file: some hundred items. Reading keeps every line's place, at many times the file's size."""

# The C parser is ten times as fast, but libyaml is not part of every build of PyYAML.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def dotted(location: Location) -> str:
    """Write a location as authors read it.

    >>> dotted(("items", 2, "key", "order"))
    'items[2].key.order'
    """
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "(the whole file)"


@dataclass(frozen=True)
class Document:
    """One file: its data (None when it could not be read) and the line of every location."""

    file: str
    data: Any = None
    lines: Mapping[Location, int] = field(default_factory=dict)

    def problem(self, location: Location, problem: str) -> LibraryProblem:
        """Return a problem at the location, or at the nearest place around it that exists."""
        known = location
        while known and known not in self.lines:
            known = known[:-1]
        return LibraryProblem(self.file, self.lines.get(known, 1), dotted(location), problem)


class _Reading:
    """Turns the nodes of one file into data, lines and problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Location, int] = {}
        self.problems: list[LibraryProblem] = []
        self._scalars = SafeConstructor()

    def refuse(self, line: int, location: Location, problem: str) -> None:
        self.problems.append(LibraryProblem(self.file, line, dotted(location), problem))

    def value(self, node: yaml.Node, location: Location, line: int) -> Any:
        self.lines[location] = line
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.value(child, (*location, place), child.start_mark.line + 1)
                for place, child in enumerate(node.value)
            ]
        return self._scalar(node, location, line)

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, child in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.refuse(line, location, "has a key that is a list or a mapping; keys are plain words")
            elif key.value in data:
                first = self.lines[(*location, key.value)]
                self.refuse(line, (*location, key.value), f"stands twice; the first is on line {first}")
            else:
                data[key.value] = self.value(child, (*location, key.value), line)
        return data

    def _scalar(self, node: yaml.Node, location: Location, line: int) -> Any:
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            reason = getattr(error, "problem", None) or error
            self.refuse(line, location, f"cannot be read as a value: {reason}; put text in quotes")
            return None


def read(path: Path, file: str) -> tuple[Document, list[LibraryProblem]]:
    """Read one YAML file. `file` is the name that problems carry."""
    try:
        with path.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return _unreadable(file, 1, "is missing")
    except OSError as error:
        return _unreadable(file, 1, f"cannot be opened: {error.strerror}")
    if len(raw) > MAX_BYTES:
        return _unreadable(file, 1, f"has more than {MAX_BYTES} bytes; divide it, or shorten its texts")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return _unreadable(file, line, f"is not UTF-8: byte 0x{raw[error.start]:02x} cannot stand here")
    return _parsed(text, file)


def _parsed(text: str, file: str) -> tuple[Document, list[LibraryProblem]]:
    try:
        if (refused := _refused_form(text)) is not None:
            return _unreadable(file, *refused)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.reader.ReaderError as error:
        return _unreadable(file, 1, f"holds a character that YAML does not allow: {error.reason}")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        return _unreadable(file, mark.line + 1 if mark else 1, f"is not valid YAML: {reason}")
    if node is None or node.tag == "tag:yaml.org,2002:null":
        return _unreadable(file, 1, "is empty")
    reading = _Reading(file)
    data = reading.value(node, (), 1)
    return Document(file, data, reading.lines), reading.problems


def _refused_form(text: str) -> tuple[int, str] | None:
    """Return line and problem of what would make reading endless: aliases and bottomless nesting.

    Composing nodes is recursive, in C as well, where it ends the process; events are a flat list.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            return line, "uses a YAML alias (*name); write the value out"
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            return line, f"is nested more than {MAX_DEPTH} deep"
    return None


def _unreadable(file: str, line: int, problem: str) -> tuple[Document, list[LibraryProblem]]:
    return Document(file), [LibraryProblem(file, line, dotted(()), problem)]
