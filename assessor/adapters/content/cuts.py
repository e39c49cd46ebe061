"""Cut scores and the studies that they come from."""

from collections.abc import Iterator
from typing import Final

from assessor.adapters.content.shelves import Shelf
from assessor.domain.errors import LibraryProblem

CUT_ROUNDING: Final = 0.0005
"""A track may state its cut to three places."""


def cut_is_the_one_of_its_record(shelf: Shelf) -> Iterator[LibraryProblem]:
    """A cut that names a study is the study's, so that nobody moves it without another one."""
    if (track := shelf.track.value) is None or track.cut.record is None:
        return
    entry = shelf.studies.get(track.cut.record)
    if entry is None:
        yield shelf.track.problem(f"there is no standards/{track.cut.record}.yaml", "cut", "record")
        return
    if (study := entry.value) is None:
        return
    if (study.id, study.track) != (track.cut.record, track.id):
        yield entry.problem(f"is of study {study.id!r} for track {study.track!r}", "id")
    for name in ("ability", "standard_error"):
        found, recorded = getattr(track.cut, name), getattr(study, name)
        if abs(found - recorded) > CUT_ROUNDING:
            problem = f"is {found:g}, and {recorded:g} in the study {study.id!r}"
            yield shelf.track.problem(problem, "cut", name)


def doubts(shelf: Shelf) -> Iterator[LibraryProblem]:
    """Yield what speaks against a cut, though it follows from its study."""
    track = shelf.track.value
    entry = shelf.studies.get(track.cut.record or "") if track else None
    if entry is not None and entry.value is not None:
        yield from (entry.problem(warning, "standard_error") for warning in entry.value.warnings)
