"""What a bank still lacks before its items can stay in use for long. Warnings, never errors.

A form takes few items, but many people take it: with too small a bank everybody meets the same ones.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

from assessor.adapters.content.documents import Document
from assessor.adapters.content.shelves import Shelf
from assessor.domain.errors import LibraryProblem
from assessor.domain.form import is_repeat
from assessor.domain.item import Category, Item, Outcome, TrajectoryItem

MINIMA: Final[Mapping[Category, int]] = MappingProxyType(
    {
        Category.INTERVIEW: 12,
        Category.EVALUATION: 15,
        Category.RANKING: 15,
        Category.RUBRIC_WRITING: 5,
        Category.SFT: 6,
        Category.TRAJECTORY: 6,
    }
)
DIFFICULTIES = 3

LEAST_STEPS = 8
BRIEF_MINUTES = 2.0
"""A trajectory of at most so many minutes is meant to be short."""


def shortages(shelf: Shelf) -> Iterator[LibraryProblem]:
    """Name what each category lacks that the track's forms draw from, or that has items."""
    drawn = {
        section.category
        for plan in (shelf.track.value.forms.values() if shelf.track.value else ())
        for section in plan.sections
    }
    for category, least in MINIMA.items():
        if category not in drawn | shelf.items.keys() or category in shelf.incomplete:
            continue
        items = [item for _, item in shelf.usable() if item.category is category and not is_repeat(item)]
        document = _file_of(shelf, category)
        if (missing := least - len(items)) > 0:
            yield document.problem(
                ("items",),
                f"a bank needs at least {least} {category} items and has {len(items)}: {missing} missing",
            )
        if problem := _narrow(items):
            yield document.problem(("items",), f"a bank needs {category} items {problem}")


def _narrow(items: list[Item]) -> str:
    found = sorted({item.difficulty for item in items})
    if not items or len(found) >= DIFFICULTIES:
        return ""
    return f"of at least {DIFFICULTIES} difficulties, and all of these are {' or '.join(map(str, found))}"


def _file_of(shelf: Shelf, category: Category) -> Document:
    if entries := shelf.items.get(category):
        return entries[0].document
    folder = PurePosixPath(shelf.track.document.file).parent
    return Document(str(folder / f"{category}.yaml"))


def odd_trajectories(shelf: Shelf) -> Iterator[LibraryProblem]:
    """Warn of trajectories that are short for their minutes, and of a failure that nobody caused."""
    for entry, item in shelf.usable():
        if not isinstance(item, TrajectoryItem):
            continue
        if len(item.steps) < LEAST_STEPS and item.minutes > BRIEF_MINUTES:
            problem = f"has {len(item.steps)} steps; one of more than {BRIEF_MINUTES:g} minutes has 8 to 20"
            yield entry.problem(problem, "steps")
        if item.key.first_error is None and item.key.outcome is not Outcome.SUCCESS:
            problem = f"is {item.key.outcome}, and no step is marked as an error: is that meant?"
            yield entry.problem(problem, "key", "outcome")
