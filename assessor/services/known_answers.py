"""Answers of the library whose scores are known: the rubrics' own examples. No candidate wrote any."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessor.domain.calibration.cases import level
from assessor.domain.item import Item
from assessor.domain.library import Library
from assessor.domain.quality import QualityMark
from assessor.domain.rubric import Anchor, Rubric
from assessor.domain.training import Compared, compared
from assessor.scoring.labelled import response_id, work_on
from assessor.scoring.noticing import Noticed
from assessor.services.reviewing import CaseItem

ID_CHARS = 16


@dataclass(frozen=True)
class KnownAnswer:
    """One example answer to an item, with the criteria that it is known to meet."""

    id: str
    item: Item
    rubric: Rubric
    anchor: Anchor

    @property
    def level(self) -> int:
        """On 0 to 4, worked out of the criteria as everybody's is."""
        return level((one.weight, int(one.id in self.anchor.met)) for one in self.rubric.criteria)

    def compared(self, given: Mapping[str, QualityMark]) -> Compared:
        """Compare somebody's marks of every criterion with what is known."""
        return compared(self.rubric, self.anchor.met, given)

    @property
    def shown(self) -> CaseItem:
        """As reviewers see work: without the rubric, whose other examples would tell the level."""
        work = work_on(self.item, self.rubric, self.anchor.answer.strip())
        (own, *_) = work.texts
        return CaseItem(self.item, None, work.response, own.event_seq, work.turns, (), (), Noticed())


def known_answers(library: Library, track_id: str) -> dict[str, KnownAnswer]:
    """Return the examples of every rubric of a track, by id. Each rubric stands with its first item."""
    language = library.track(track_id).language
    found: dict[str, KnownAnswer] = {}
    for rubric_id, item in _by_rubric(library, track_id).items():
        rubric = library.rubric(rubric_id)
        for anchor in rubric.anchors:
            id_ = response_id(item, language, anchor.answer).removeprefix("sha256:")[:ID_CHARS]
            found[id_] = KnownAnswer(id_, item, rubric, anchor)
    return found


def known_levels(library: Library, track_id: str) -> list[int]:
    """Return the level of every example of a track, without reading any."""
    rubrics = [library.rubric(name) for name in _by_rubric(library, track_id)]
    return [anchor.level for rubric in rubrics for anchor in rubric.anchors]


def rubric_versions(library: Library, track_id: str) -> dict[str, int]:
    """Return the versions of a track's rubrics. Of a platform's own track, without the upload's suffix."""
    suffix = track_id.removeprefix(family(library, track_id))
    rubrics = [library.rubric(name) for name in _by_rubric(library, track_id)]
    return {one.id.removesuffix(suffix): one.version for one in rubrics}


def family(library: Library, track_id: str) -> str:
    """Return what all versions of a track share: its id, of a platform's own without the upload's suffix."""
    return track_id.rpartition("_")[0] if track_id in library.owners else track_id


def _by_rubric(library: Library, track_id: str) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for item in library.items[track_id].values():
        if item.rubric:
            found.setdefault(item.rubric, item)
    return found
