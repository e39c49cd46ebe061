"""What a track's judge has to have shown before rules may decide either way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assessor.domain.calibration import Family, Standing
from assessor.domain.form import may_draw
from assessor.domain.item import Item
from assessor.domain.library import Library
from assessor.domain.policy import Grade
from assessor.domain.quality import Pair, below_bar
from assessor.domain.rubric import Rubric
from assessor.domain.track import Track


@dataclass(frozen=True)
class JudgeInUse:
    """The judge of an installation: its models, the one that reads first, and its prompts."""

    models: tuple[str, ...]
    prompts_hash: str

    def stands_in(self, standing: Standing) -> bool:
        """Whether a calibration is of this judge."""
        return (standing.models, standing.prompts_hash) == (self.models, self.prompts_hash)


def judged_families(library: Library, track: Track) -> tuple[Family, ...]:
    """Return the rubric families that any form of a track can hold."""
    found = {
        Family(category=item.category, competency=criterion.competency)
        for item, rubric in _judged(library, track)
        for criterion in rubric.criteria
    }
    return tuple(sorted(found, key=str))


def _judged(library: Library, track: Track) -> Iterator[tuple[Item, Rubric]]:
    sections = [section for plan in track.forms.values() for section in plan.sections]
    for item in library.items[track.id].values():
        if item.rubric and any(may_draw(item, section) for section in sections):
            yield item, library.rubric(item.rubric)


def lacking(
    families: Iterable[Family],
    language: str,
    standings: Sequence[Standing],
    judge: JudgeInUse,
    second_looks: Mapping[str, Sequence[Pair]],
) -> tuple[str, ...]:
    """Return what keeps rules from deciding either way, a clause for each family; empty when nothing does.

    `second_looks` are what people found who saw no scores, by calibration, the newest first.
    """
    own = {(one.family, one.language): one for one in standings if judge.stands_in(one)}
    said = ((family, _lack(own.get((family, language)), second_looks)) for family in families)
    return tuple(f"{family} {lack}" for family, lack in said if lack)


def _lack(standing: Standing | None, second_looks: Mapping[str, Sequence[Pair]]) -> str | None:
    if standing is None:
        return "has no calibration of this judge"
    if standing.stopped:
        return f"was stopped ({standing.calibration_id}): the judge agrees with people less than it did"
    if standing.grade is not Grade.CALIBRATED:
        return f"has the grade {standing.grade.value} ({standing.calibration_id})"
    why = below_bar(second_looks.get(standing.calibration_id, ()))
    return why and f"does not hold any more ({standing.calibration_id}): {why}"
