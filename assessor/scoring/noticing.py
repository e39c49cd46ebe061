"""What reviewers are told about the reading of one answer. No score follows from any of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from assessor.domain.evidence import Evidence, OwnText, Sources
from assessor.domain.score import Notice, Score, Unscored


@dataclass(frozen=True)
class Noticed:
    """What was noticed about one item."""

    addressed: tuple[Evidence, ...] = ()
    """Where the candidate's words speak to whoever grades."""
    quarantined: tuple[Score, ...] = ()
    """Criteria for which a model's reply failed the control questions."""
    differed: tuple[Score, ...] = ()
    """Criteria on which readings by models differed."""

    def __bool__(self) -> bool:
        return bool(self.addressed or self.quarantined or self.differed)


def noticed(texts: Iterable[OwnText], scores: Iterable[Score]) -> Noticed:
    """Return what was noticed: in the texts by looking again, of the reading as the scores keep it."""
    scores = tuple(scores)
    return Noticed(
        addressed=Sources(tuple(texts)).addressed_to_grader,
        quarantined=_with(scores, Notice.QUARANTINED, Unscored.QUARANTINED),
        differed=_with(scores, Notice.READINGS_DIFFERED, Unscored.JUDGES_DISAGREE),
    )


def _with(scores: Iterable[Score], notice: Notice, unscored: Unscored) -> tuple[Score, ...]:
    return tuple(score for score in scores if notice in score.noticed or score.unscored is unscored)
