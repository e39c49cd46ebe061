"""YAML files as plain data that remembers on which line each value stands.

Authors meet mistakes here first, so nothing is raised: a file that cannot be read becomes a
`Document` without data and a list of problems.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from assessor.domain.errors import LibraryProblem

Location = tuple[str | int, ...]
"""Where a value stands in a file, such as `("items", 2, "key", "order")`."""

MAX_DEPTH = 30

MAX_BYTES = 2_000_000
"""Of one file: some hundred items. Reading keeps every line's place, at many times the file's size."""

_TEXT = "tag:yaml.org,2002:str"

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


class _RefusedError(Exception):
    """A form that no file of the library may have; what follows it is not read."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


class _Reading:
    """Turns the events of one file into data, lines and problems.

    Events are a flat list. Composing nodes first would take as long again, and is recursive in C, where
    bottomless nesting ends the process.
    """

    def __init__(self, file: str, events: Iterator[Any]) -> None:
        self.lines: dict[Location, int] = {}
        self.problems: list[LibraryProblem] = []
        self._file = file
        self._events = events
        self._resolver: Any = Resolver()  # PyYAML types constructors, and not this
        self._scalars = SafeConstructor()

    def document(self) -> Any:
        """Return the data of the only document. Raises what the parser raises, and _RefusedError."""
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return None
        data = self._value(next(self._events), (), 1)
        next(self._events)  # the end of the document
        if not isinstance(after := next(self._events), yaml.StreamEndEvent):
            raise _RefusedError(_line(after), "holds more than one document (---); keep one a file")
        return data

    def _value(self, event: Any, location: Location, line: int) -> Any:
        self.lines[location] = line
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, location, line)
        if isinstance(event, yaml.AliasEvent):
            raise _RefusedError(_line(event), "uses a YAML alias (*name); write the value out")
        if len(location) >= MAX_DEPTH:
            raise _RefusedError(_line(event), f"is nested more than {MAX_DEPTH} deep")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(location)
        return self._sequence(location)

    def _sequence(self, location: Location) -> list[Any]:
        data: list[Any] = []
        for event in self._until(yaml.SequenceEndEvent):
            data.append(self._value(event, (*location, len(data)), _line(event)))
        return data

    def _mapping(self, location: Location) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key in self._until(yaml.MappingEndEvent):
            line = _line(key)
            if not isinstance(key, yaml.ScalarEvent):
                self._refuse(line, location, "has a key that is a list or a mapping; keys are plain words")
                self._skip(key)
                self._skip(next(self._events))
            elif key.value in data:
                first = self.lines[(*location, key.value)]
                self._refuse(line, (*location, key.value), f"stands twice; the first is on line {first}")
                self._skip(next(self._events))
            else:
                data[key.value] = self._value(next(self._events), (*location, key.value), line)
        return data

    def _until(self, end: type) -> Iterator[Any]:
        while not isinstance(event := next(self._events), end):
            yield event

    def _skip(self, event: Any) -> None:
        depth = 0
        while True:
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if not depth:
                return
            event = next(self._events)

    def _scalar(self, event: Any, location: Location, line: int) -> Any:
        tag = event.tag or self._resolver.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag == _TEXT:
            return event.value
        try:
            return self._scalars.construct_object(yaml.ScalarNode(tag, event.value, event.start_mark))
        except (yaml.YAMLError, ValueError) as error:
            reason = getattr(error, "problem", None) or error
            self._refuse(line, location, f"cannot be read as a value: {reason}; put text in quotes")
            return None

    def _refuse(self, line: int, location: Location, problem: str) -> None:
        self.problems.append(LibraryProblem(self._file, line, dotted(location), problem))


def _line(event: Any) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


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
        reading = _Reading(file, yaml.parse(text, Loader=_Loader))
        data = reading.document()
    except _RefusedError as refused:
        return _unreadable(file, refused.line, refused.problem)
    except yaml.reader.ReaderError as error:
        return _unreadable(file, 1, f"holds a character that YAML does not allow: {error.reason}")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        return _unreadable(file, mark.line + 1 if mark else 1, f"is not valid YAML: {reason}")
    if data is None and not reading.problems:
        return _unreadable(file, 1, "is empty")
    return Document(file, data, reading.lines), reading.problems


def _unreadable(file: str, line: int, problem: str) -> tuple[Document, list[LibraryProblem]]:
    return Document(file), [LibraryProblem(file, line, dotted(()), problem)]
