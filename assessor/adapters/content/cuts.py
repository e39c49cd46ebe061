"""Cut scores and the studies that they come from."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from assessor.adapters.content.shelves import Shelf
from assessor.domain.errors import LibraryProblem
from assessor.domain.track import Cut, Track

CUT_ROUNDING: Final = 0.0005
"""A track may state its cut to three places."""

Place = tuple[str, ...]
"""Where a cut stands in its track."""


def cut_is_the_one_of_its_record(shelf: Shelf) -> Iterator[LibraryProblem]:
    """A cut that names a study is the study's, so that nobody moves it without another one."""
    if (track := shelf.track.value) is None:
        return
    for place, cut in _cuts(track):
        if cut.record is not None:
            yield from _against_its_study(shelf, track, place, cut)


def _cuts(track: Track) -> Iterator[tuple[Place, Cut]]:
    yield ("cut",), track.cut
    yield from ((("levels", name), cut) for name, cut in track.higher_levels)


def _against_its_study(shelf: Shelf, track: Track, place: Place, cut: Cut) -> Iterator[LibraryProblem]:
    entry = shelf.studies.get(cut.record or "")
    if entry is None:
        yield shelf.track.problem(f"there is no standards/{cut.record}.yaml", *place, "record")
        return
    if (study := entry.value) is None:
        return
    if (study.id, study.track) != (cut.record, track.id):
        yield entry.problem(f"is of study {study.id!r} for track {study.track!r}", "id")
    if study.level != (level := place[-1] if place[0] == "levels" else "entry"):
        problem = f"is of a study for the level {study.level!r}, and stands at {level!r}"
        yield shelf.track.problem(problem, *place, "record")
    for name in ("ability", "standard_error"):
        found, recorded = getattr(cut, name), getattr(study, name)
        if abs(found - recorded) > CUT_ROUNDING:
            problem = f"is {found:g}, and {recorded:g} in the study {study.id!r}"
            yield shelf.track.problem(problem, *place, name)


def doubts(shelf: Shelf) -> Iterator[LibraryProblem]:
    """Yield what speaks against a cut, though it follows from its study."""
    if (track := shelf.track.value) is None:
        return
    for _, cut in _cuts(track):
        entry = shelf.studies.get(cut.record or "")
        if entry is not None and entry.value is not None:
            yield from (entry.problem(warning, "standard_error") for warning in entry.value.warnings)
    for (_, lower), (place, upper) in pairwise(_cuts(track)):
        apart = round(upper.ability - lower.ability, 6)
        error = round(upper.standard_error + lower.standard_error, 6)
        if apart < error:
            problem = (
                f"lies {apart:.2f} above the cut below it, less than their standard errors together "
                f"({error:.2f}): another author or panel might change their order"
            )
            yield shelf.track.problem(problem, *place, "ability")
