"""Question banks and rubrics on disk.

question_banks/<track>/track.yaml        one Track
question_banks/<track>/<category>.yaml   items: [...]
question_banks/<track>/standards/*.yaml  one standard-setting study each, for a cut to name
question_banks/<track>/panel/ratings.yaml  what experts say of items, in place of what authors say in keys
rubrics/<track>/*.yaml                   rubrics: [...]

and, beside the prompts, what the interviewer says in each language.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assessor.adapters.content.checks import CHECKS, repeated_ids, spoken_in
from assessor.adapters.content.code_checks import run_code
from assessor.adapters.content.cues import criteria_of_feelings, cues, echoes, unused_rubrics
from assessor.adapters.content.cuts import doubts
from assessor.adapters.content.documents import Document
from assessor.adapters.content.minima import odd_trajectories, shortages
from assessor.adapters.content.panel_ratings import rate_by_panel
from assessor.adapters.content.sentences import Sentences, load_sentences
from assessor.adapters.content.shelves import Shelf, load_rubrics, load_shelf
from assessor.adapters.content.statistics import TrackStatistics, statistics
from assessor.adapters.shipped import shipped
from assessor.domain.errors import LibraryInvalid, LibraryProblem
from assessor.domain.library import Library
from assessor.domain.rubric import Rubric
from assessor.ports import CodeRunner

__all__ = ["CheckReport", "FileContent", "check", "read_rubrics", "shipped_content"]


@dataclass(frozen=True)
class CheckReport:
    """What `check` found: items by track and category, what is wrong, what to look at, and in figures."""

    counts: Mapping[str, Mapping[str, int]]
    errors: tuple[LibraryProblem, ...]
    warnings: tuple[LibraryProblem, ...]
    statistics: Mapping[str, TrackStatistics]


class FileContent:
    """The `Content` port over folders. Files are read once, on first use.

    `sentences` is the folder of what the interviewer says; the shipped one by default.
    """

    def __init__(self, banks: Path, rubrics: Path, sentences: Path | None = None) -> None:
        self._banks = banks
        self._rubrics = rubrics
        self._sentences = sentences or _shipped_sentences()
        self._library: Library | None = None

    async def library(self, track: str | None = None) -> Library:  # noqa: ARG002 - all tracks are here
        """Return the whole library. Raises LibraryInvalid with every problem there is."""
        if self._library is None:
            self._library = await asyncio.to_thread(_load, self._banks, self._rubrics, self._sentences)
        return self._library


@cache
def shipped_content() -> FileContent:
    """Return the library that came with this version; a process reads its files once."""
    return FileContent(shipped("question_banks"), shipped("rubrics"))


def check(banks: Path, rubrics: Path, runner: CodeRunner | None = None) -> CheckReport:
    """Read everything and report; nothing in the files makes this raise.

    With a runner the code in keys is run as well; where it refuses, that is a warning.
    """
    shelves, _, errors = _read(banks, rubrics, _shipped_sentences())
    counts = {
        shelf.name: {category.value: len(entries) for category, entries in sorted(shelf.items.items())}
        for shelf in shelves
    }
    figures = {shelf.name: statistics(shelf) for shelf in shelves}
    hints = [hint for shelf in shelves for hint in _hints(shelf, figures[shelf.name])]
    if runner is not None:
        found = asyncio.run(run_code(shelves, runner))
        errors, hints = errors + list(found.errors), hints + list(found.not_run)
    return CheckReport(counts, tuple(errors), tuple(hints), figures)


def _hints(shelf: Shelf, figures: TrackStatistics) -> Iterator[LibraryProblem]:
    """Yield what an author should look at, though the library can be used as it is."""
    yield from shortages(shelf)
    yield from odd_trajectories(shelf)
    yield from cues(shelf, figures)
    yield from echoes(shelf)
    yield from unused_rubrics(shelf)
    yield from criteria_of_feelings(shelf)
    yield from doubts(shelf)
    yield from shelf.doubts


def read_rubrics(file: Path) -> tuple[Rubric, ...]:
    """Return the rubrics of one file of a library. Raises LibraryInvalid with every problem there is."""
    rubrics, problems = load_rubrics(file)
    if problems:
        raise LibraryInvalid(problems)
    return rubrics


def _load(banks: Path, rubrics: Path, authored: Path) -> Library:
    shelves, sentences, errors = _read(banks, rubrics, authored)
    if errors:
        raise LibraryInvalid(errors)
    return Library(
        tracks={shelf.name: shelf.track.value for shelf in shelves if shelf.track.value is not None},
        items={shelf.name: {item.id: item for _, item in shelf.usable()} for shelf in shelves},
        rubrics={entry.value.id: entry.value for shelf in shelves for entry in shelf.rubrics if entry.value},
        sentences=sentences,
    )


def _shipped_sentences() -> Path:
    return shipped("prompts") / "interview" / "authored"


def _read(
    banks: Path, rubrics: Path, authored: Path
) -> tuple[list[Shelf], dict[str, Sentences], list[LibraryProblem]]:
    """Return one shelf a track, the sentences, and every problem in the order of files and lines."""
    sentences, faults = load_sentences(authored)
    names = _folders(banks)
    shelves = [load_shelf(banks / name, rubrics / name, banks.name, rubrics.name) for name in names]
    for shelf in shelves:
        rate_by_panel(shelf, banks / shelf.name, banks.name)
    errors = faults + [problem for shelf in shelves for problem in shelf.problems]
    errors += [problem for shelf in shelves for rule in CHECKS for problem in rule(shelf)]
    if not faults:
        errors += [problem for shelf in shelves for problem in spoken_in(shelf, sentences)]
    errors += repeated_ids((entry for shelf in shelves for entry in shelf.rubrics), "rubric")
    if not names:
        errors.append(Document(banks.name).problem((), "holds no track: expected <track>/track.yaml"))
    for name in sorted(set(_folders(rubrics)) - set(names)):
        orphan = Document(f"{rubrics.name}/{name}")
        errors.append(orphan.problem((), "holds rubrics for a track that does not exist"))
    return shelves, sentences, sorted(errors, key=lambda problem: (problem.file, problem.line, problem.field))


def _folders(root: Path) -> list[str]:
    return sorted(path.name for path in root.glob("*/") if path.name[0] not in "._")
