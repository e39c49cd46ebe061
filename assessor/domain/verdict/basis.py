"""What a decision stands on: who scored, by which keys, against which cut, and how far each was measured."""

from collections.abc import Iterable, Sequence
from typing import Literal

from assessor.domain.calibration import Family
from assessor.domain.item import Item, Key
from assessor.domain.policy import Grade
from assessor.domain.score import Score
from assessor.domain.track import Cut, Track
from assessor.domain.value import Value
from assessor.domain.verdict.reasons import ReasonCode

KeySource = Literal["authored", "panel"]


class JudgeBasis(Value):
    """A language model that scored, and how far it has been measured against people for such work."""

    model: str
    family: str
    """Of what it scored: `<category>/<competency>`."""
    prompt_hash: str
    rubric_hash: str
    calibration_id: str | None = None
    grade: Grade = Grade.NONE
    stopped: bool = False
    """It was measured, and agrees with people less than it did."""

    def covers(self, score: Score) -> bool:
        """Whether it stands for this score."""
        return (self.model, self.family) == (model_of(score), str(family_of(score)))


class Basis(Value):
    """What a decision stands on."""

    raters: tuple[str, ...]
    judges: tuple[JudgeBasis, ...]
    keys: KeySource
    cut: str
    """`authored`, or `angoff:<study>`."""
    level_cut: str | None = None
    """Likewise, of the level that is given, where that has a cut of its own."""


def model_of(score: Score) -> str | None:
    """Return the language model that scored, None for any other rater."""
    return score.rater.partition(":")[2] if score.rater_kind == "judge" else None


def family_of(score: Score) -> Family:
    """Return the rubric family that a score belongs to."""
    return Family(category=score.category, competency=score.competency)


def keys_of(items: Iterable[Item]) -> KeySource:
    """Return `panel` when every key of these items comes from a panel, else `authored`."""
    keys = [key for item in items if isinstance(key := getattr(item, "key", None), Key)]
    return "panel" if keys and all(key.source == "panel" for key in keys) else "authored"


def grade_of(cut: Cut) -> Grade:
    """Return how far a cut has been set by people: an author's is provisional."""
    return Grade.PROVISIONAL if cut.method == "authored" else Grade.CALIBRATED


def basis_obstacles(
    scores: Sequence[Score], track: Track, judges: Sequence[JudgeBasis], keys: KeySource, least: Grade
) -> list[ReasonCode]:
    """Return what of the basis is below the policy. A judge that only abstained counts too: its silence
    must not make the basis look better."""
    others = [grade_of(track.cut)]
    if any(score.rater_kind == "rule" for score in scores):
        others.append(Grade.CALIBRATED if keys == "panel" else Grade.PROVISIONAL)
    judged = [_judged_by(score, judges) for score in scores if score.rater_kind == "judge"]
    weak = [judge for judge in judged if (judge.grade if judge else Grade.NONE).rank < least.rank]
    found = []
    if weak or min(grade.rank for grade in others) < least.rank:
        found.append(ReasonCode.BASIS_BELOW_POLICY)
    if any(judge is not None and judge.stopped for judge in weak):
        found.append(ReasonCode.JUDGE_STOPPED)
    if any(judge is None or not judge.stopped for judge in weak):
        found.append(ReasonCode.JUDGE_NOT_CALIBRATED)
    return found


def _judged_by(score: Score, judges: Sequence[JudgeBasis]) -> JudgeBasis | None:
    return next((judge for judge in judges if judge.covers(score)), None)


def basis_of(
    scores: Sequence[Score],
    track: Track,
    judges: Sequence[JudgeBasis],
    keys: KeySource,
    *,
    by_person: bool,
    level_cut: Cut | None,
) -> Basis:
    """Return what a decision on these scores stands on. `level_cut` is of the level that is given."""
    scored = [score for score in scores if score.value is not None]
    raters = {score.rater if score.rater_kind == "judge" else score.rater_kind for score in scored}
    if by_person:
        raters.add("person")
    return Basis(
        raters=tuple(sorted(raters)),
        judges=tuple(judge for judge in judges if any(judge.covers(score) for score in scores)),
        keys=keys,
        cut=track.cut.source,
        level_cut=level_cut.source if level_cut else None,
    )
