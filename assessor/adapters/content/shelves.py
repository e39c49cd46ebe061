"""One shelf a track: its files read and every entry validated on its own.

An entry that fails keeps its place and its id, so that the checks across entries can tell
"there is no such item" from "there is one, and it has a mistake".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from assessor.adapters.content.documents import Document, Location, read
from assessor.adapters.content.english import plain_problems
from assessor.domain.errors import InvalidInput, LibraryProblem
from assessor.domain.item import Category, Item
from assessor.domain.rubric import Rubric
from assessor.domain.standard_setting import StandardSetting
from assessor.domain.track import Track

V = TypeVar("V")

_ITEM: TypeAdapter[Item] = TypeAdapter(Item)


@dataclass(frozen=True)
class Entry(Generic[V]):
    """One track, item or rubric in its file; `value` is None when it has a mistake."""

    document: Document
    location: Location
    id: str | None
    value: V | None

    def problem(self, problem: str, *field: str | int) -> LibraryProblem:
        """Return a problem with a field of this entry."""
        return self.document.problem((*self.location, *field), problem)

    def with_value(self, value: V) -> "Entry[V]":
        """Return the entry with another value in its place."""
        return replace(self, value=value)


@dataclass
class Shelf:
    """Everything that belongs to one track.

    `incomplete` are the categories in which an entry or the file has a mistake; `unread` are files
    of which not even the ids are known.
    """

    name: str
    track: Entry[Track]
    items: dict[Category, list[Entry[Item]]] = field(default_factory=dict)
    rubrics: list[Entry[Rubric]] = field(default_factory=list)
    studies: dict[str, Entry[StandardSetting]] = field(default_factory=dict)
    incomplete: set[Category] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    problems: list[LibraryProblem] = field(default_factory=list)
    doubts: list[LibraryProblem] = field(default_factory=list)
    """What to look at, found while reading."""

    def entries(self) -> Iterator[Entry[Item]]:
        """Every item entry, category by category."""
        for category in Category:
            yield from self.items.get(category, [])

    def usable(self) -> Iterator[tuple[Entry[Item], Item]]:
        """The item entries without a mistake of their own."""
        for entry in self.entries():
            if entry.value is not None:
                yield entry, entry.value


def load_shelf(folder: Path, rubrics: Path, banks_name: str, rubrics_name: str) -> Shelf:
    """Read the folder of one track and the folder of its rubrics, which may be absent."""
    track_file = f"{banks_name}/{folder.name}/track.yaml"
    document, problems = read(folder / "track.yaml", track_file)
    track, faults = _entry(document, (), document.data, Track.model_validate)
    shelf = Shelf(folder.name, track, problems=problems + (faults if document.data is not None else []))
    for path in sorted(folder.glob("*.y*ml")):
        if path.name != "track.yaml":
            _add_bank(shelf, path, f"{banks_name}/{folder.name}/{path.name}")
    for path in sorted((folder / "standards").glob("*.yaml")):
        _add_study(shelf, path, f"{banks_name}/{folder.name}/standards/{path.name}")
    for path in sorted(rubrics.glob("*.y*ml")):
        file = f"{rubrics_name}/{folder.name}/{path.name}"
        rubric_entries, problems = listed(path, file, "rubrics", Rubric.model_validate)
        shelf.rubrics += rubric_entries
        shelf.problems += problems
        if problems and not rubric_entries:
            shelf.unread.add(file)
    return shelf


def load_rubrics(path: Path) -> tuple[tuple[Rubric, ...], list[LibraryProblem]]:
    """Read a file of rubrics by itself; return those without a mistake, and every problem."""
    entries, problems = listed(path, path.name, "rubrics", Rubric.model_validate)
    rubrics = [entry.value for entry in entries if entry.value is not None]
    names = [entry.id for entry in entries]
    problems += [
        entry.problem("stands twice in this file", "id")
        for place, entry in enumerate(entries)
        if entry.id in names[:place]
    ]
    return tuple(rubrics), problems


def _add_bank(shelf: Shelf, path: Path, file: str) -> None:
    if path.suffix != ".yaml" or path.stem not in set(Category):
        names = ", ".join(f"{category}.yaml" for category in Category)
        shelf.problems.append(Document(file).problem((), f"is not a file of a bank; those are {names}"))
        return
    category = Category(path.stem)
    entries, problems = listed(path, file, "items", lambda raw: _item(raw, category), category)
    shelf.items[category] = entries
    shelf.problems += problems
    if problems:
        shelf.incomplete.add(category)
    if problems and not entries:
        shelf.unread.add(file)


def _add_study(shelf: Shelf, path: Path, file: str) -> None:
    document, problems = read(path, file)
    shelf.problems += problems
    if document.data is None:
        return
    try:
        entry, faults = _entry(document, (), document.data, StandardSetting.model_validate)
    except InvalidInput as refused:  # its ratings settle no cut
        shelf.problems += [document.problem(("ratings",), str(one)) for one in refused.problems]
        return
    shelf.studies[path.stem] = entry
    shelf.problems += faults


def _item(raw: Any, category: Category) -> Item:
    if not isinstance(raw, dict):
        return _ITEM.validate_python(raw)
    return _ITEM.validate_python({**raw, "category": category})


def listed(
    path: Path, file: str, name: str, validate: Callable[[Any], V], category: str = ""
) -> tuple[list[Entry[V]], list[LibraryProblem]]:
    """Return the entries of a file, those with mistakes as well, and its problems."""
    document, problems = read(path, file)
    if document.data is None:
        return [], problems
    data = document.data if isinstance(document.data, dict) else {}
    problems += [document.problem((key,), "is not a field that is known here") for key in data if key != name]
    if not isinstance(data.get(name), list):
        return [], [*problems, document.problem((name,), "is missing, or is not a list")]
    entries = []
    for place, raw in enumerate(data[name]):
        entry, faults = _entry(document, (name, place), raw, validate, category)
        entries.append(entry)
        problems += faults
    return entries, problems


def _entry(
    document: Document, location: Location, raw: Any, validate: Callable[[Any], V], category: str = ""
) -> tuple[Entry[V], list[LibraryProblem]]:
    identity = raw.get("id") if isinstance(raw, dict) else None
    name = identity if isinstance(identity, str) else None
    if category and isinstance(raw, dict) and raw.get("category", category) != category:
        wrong = document.problem(
            (*location, "category"), f"is {raw['category']!r}, but the file says '{category}'"
        )
        return Entry(document, location, name, None), [wrong]
    try:
        return Entry(document, location, name, validate(raw)), []
    except ValidationError as error:
        return Entry(document, location, name, None), plain_problems(error, document, location, category)
