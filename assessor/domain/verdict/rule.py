"""The rule that decides. Arithmetic only: no model writes a total, a decision or a status."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from assessor.domain import ability
from assessor.domain.calibration import Family
from assessor.domain.events import ReviewDecided
from assessor.domain.form import Form
from assessor.domain.item import Item, Key
from assessor.domain.policy import Grade, Policy, Stage
from assessor.domain.score import FAULTS, Score, Unscored
from assessor.domain.track import Competency, Track
from assessor.domain.value import Value
from assessor.domain.verdict.reasons import Action, ReasonCode

KeySource = Literal["authored", "panel"]
Outcome = Literal["qualified", "not_qualified", "needs_review", "inconclusive"]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Thresholds:
    """Every number of the rule, written once."""

    qualified: float = 0.95
    """Least P(ability >= cut) on which a rule may say qualified."""
    not_qualified: float = 0.05
    """Highest P(ability >= cut) on which a rule may say not qualified."""
    interval: float = ability.INTERVAL
    floor: float = 0.5
    """Least P(competency >= floor) with which a floor counts as met."""
    score_at_cut: float = 60.0
    points_per_logit: float = 15.0
    lowest_score: float = 0.0
    highest_score: float = 100.0


THRESHOLDS = Thresholds()

_TO_SCORE = frozenset({ReasonCode.OPEN_CRITERIA, ReasonCode.REQUIRED_UNSCORED, ReasonCode.TECHNICAL_FAULT})
"""Reasons that go away when a person scores what is open."""

_STAGE_OBSTACLES: Final[Mapping[Stage, ReasonCode]] = MappingProxyType(
    {Stage.SHADOW: ReasonCode.PILOT_SHADOW, Stage.CALIBRATION: ReasonCode.PILOT_CALIBRATION}
)
"""Of the stages at which no rule decides anything."""


class CompetencyResult(Value):
    """One competency on the score scale, with its interval. Reported; the composite decides."""

    id: str
    score: float
    interval: Interval
    floor: Literal["met", "below", "unknown"] | None
    observations: int
    unscored: int


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


class Decision(Value):
    """The outcome of the rule, before it is bound to an assessment, an id and a time."""

    decision: Outcome
    decided_by: Literal["rule", "person"]
    score: float
    interval: Interval
    probability: float
    competencies: tuple[CompetencyResult, ...]
    basis: Basis
    reasons: tuple[ReasonCode, ...]
    actor: Literal["reviewer", "candidate", "platform", "none"]
    action: Action


@dataclass(frozen=True)
class _Weighed:
    """The posterior, and the probability of reaching the cut however the unscored turn out."""

    estimate: ability.Estimate
    worst: float
    best: float
    observed: int


def decide(
    scores: Iterable[Score],
    track: Track,
    form: Form,
    policy: Policy,
    *,
    judges: Sequence[JudgeBasis] = (),
    keys: KeySource = "authored",
    person: ReviewDecided | None = None,
    stage: Stage | None = None,
) -> Decision:
    """Return what follows from the scores, or from the person who decided.

    `scores` are the latest of every criterion of the form, the unscored ones included; `judges`
    name every model whose scores are among them, once for each family (else it has grade `none`).
    `stage` is the pilot's, where one was set: it says what rules may decide, whatever the policy says.
    """
    counted = tuple(sorted(map(_with_evidence, scores), key=lambda score: (score.item_id, score.criterion)))
    weighed = _weigh(counted, {competency.id: competency.weight for competency in track.competencies}, track)
    competencies = tuple(_competency(counted, competency, track) for competency in track.competencies)
    if person is not None:
        outcome, reasons = _by_person(person, counted)
    else:
        obstacles = _stage_obstacles(stage)
        obstacles += _obstacles(counted, form)
        obstacles += _basis_obstacles(counted, track, judges, keys, policy.least_basis)
        outcome, reasons = _by_rule(
            weighed, obstacles, _floor_obstacles(competencies), counted, policy.at(stage)
        )
    actor, action = _next(outcome, reasons, can_score=any(score.is_open for score in counted))
    return Decision(
        decision=outcome,
        decided_by="person" if person is not None and outcome != "needs_review" else "rule",
        score=_points(weighed.estimate.mean, track),
        interval=(_points(weighed.estimate.low, track), _points(weighed.estimate.high, track)),
        probability=weighed.estimate.probability,
        competencies=competencies,
        basis=_basis(counted, track, judges, keys, person),
        reasons=reasons,
        actor=actor,
        action=action,
    )


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


def _with_evidence(score: Score) -> Score:
    """Refuse a judge's credit that points at nothing, wherever it came from."""
    if score.rater_kind == "judge" and score.value and not score.evidence:
        return score.changed(value=None, unscored=Unscored.EVIDENCE_NOT_FOUND)
    return score


def _weigh(scores: Sequence[Score], weights: dict[str, float], track: Track) -> _Weighed:
    observations = ability.observe(scores, weights)
    cut = track.cut.ability
    return _Weighed(
        estimate=ability.estimate(observations, cut),
        worst=ability.estimate(ability.assuming(observations, 0.0), cut).probability,
        best=ability.estimate(ability.assuming(observations, 1.0), cut).probability,
        observed=sum(score.value is not None for score in scores),
    )


def _competency(scores: Sequence[Score], competency: Competency, track: Track) -> CompetencyResult:
    own = [score for score in scores if score.competency == competency.id]
    observations = ability.observe(own, {competency.id: 1.0})
    estimate = ability.estimate(observations, track.cut.ability)
    observed = sum(score.value is not None for score in own)
    return CompetencyResult(
        id=competency.id,
        score=_points(estimate.mean, track),
        interval=(_points(estimate.low, track), _points(estimate.high, track)),
        floor=None if competency.floor is None else _floor(observations, competency.floor),
        observations=observed,
        unscored=len(own) - observed,
    )


def _floor(observations: Sequence[ability.Observation], floor: float) -> Literal["met", "below", "unknown"]:
    """Whether the floor is met whatever the unscored turn out to be."""
    if all(observation.value is None for observation in observations):
        return "unknown"
    if ability.estimate(observations, floor).probability < THRESHOLDS.floor:
        return "below"
    worst = ability.estimate(ability.assuming(observations, 0.0), floor)
    return "met" if worst.probability >= THRESHOLDS.floor else "unknown"


def _floor_obstacles(competencies: Iterable[CompetencyResult]) -> list[ReasonCode]:
    floors = {competency.floor for competency in competencies}
    codes = {"below": ReasonCode.FLOOR_BELOW, "unknown": ReasonCode.FLOOR_UNKNOWN}
    return [code for floor, code in codes.items() if floor in floors]


def _stage_obstacles(stage: Stage | None) -> list[ReasonCode]:
    return [_STAGE_OBSTACLES[stage]] if stage is not None and stage in _STAGE_OBSTACLES else []


def _obstacles(scores: Sequence[Score], form: Form) -> list[ReasonCode]:
    """Return what keeps any rule from deciding, whatever the number says."""
    found = []
    if any(score.unscored in FAULTS for score in scores):
        found.append(ReasonCode.TECHNICAL_FAULT)
    if any(score.required and score.unscored for score in scores):
        found.append(ReasonCode.REQUIRED_UNSCORED)
    silent = {place.category for place in form.items} - {
        score.category for score in scores if score.value is not None
    }
    absent = {place.item_id for place in form.items if place.is_scored} - {score.item_id for score in scores}
    if absent or any(score.is_open and score.category in silent for score in scores):
        found.append(ReasonCode.OPEN_CRITERIA)
    elif silent:
        found.append(ReasonCode.COULD_NOT_JUDGE)
    return found


def _by_rule(
    weighed: _Weighed,
    obstacles: Sequence[ReasonCode],
    floors: Sequence[ReasonCode],
    scores: Sequence[Score],
    policy: Policy,
) -> tuple[Outcome, tuple[ReasonCode, ...]]:
    if weighed.worst >= THRESHOLDS.qualified:
        if not obstacles and not floors and "qualified" in policy.rules_may_decide:
            return "qualified", (ReasonCode.ABOVE_CUT,)
        proposal = () if _TO_SCORE & set(obstacles) else (ReasonCode.PROPOSED_QUALIFIED,)
        return "needs_review", (*obstacles, *floors, *proposal)
    if weighed.best <= THRESHOLDS.not_qualified:
        if not obstacles and "not_qualified" in policy.rules_may_decide:
            return "not_qualified", (ReasonCode.BELOW_CUT,)
        return "needs_review", (*obstacles, ReasonCode.PROPOSED_NOT_QUALIFIED)
    doubts = [*obstacles, *floors]
    if weighed.observed and THRESHOLDS.not_qualified < weighed.estimate.probability < THRESHOLDS.qualified:
        doubts.append(ReasonCode.NEAR_CUT)
    if any(score.is_open for score in scores):
        doubts.append(ReasonCode.OPEN_CRITERIA)
    elif any(score.unscored for score in scores):
        doubts.append(ReasonCode.COULD_NOT_JUDGE)
    return "needs_review", tuple(dict.fromkeys(doubts)) or (ReasonCode.NEAR_CUT,)


def _by_person(person: ReviewDecided, scores: Sequence[Score]) -> tuple[Outcome, tuple[ReasonCode, ...]]:
    if person.decision == "qualified" and any(score.required and score.unscored for score in scores):
        return "needs_review", (ReasonCode.REQUIRED_UNSCORED,)
    if person.decision == "inconclusive":
        return "inconclusive", (ReasonCode.CANNOT_BE_JUDGED,)
    return person.decision, (ReasonCode.DECIDED_BY_PERSON,)


def _next(
    outcome: Outcome, reasons: Sequence[ReasonCode], *, can_score: bool
) -> tuple[Literal["reviewer", "platform", "none"], Action]:
    if outcome == "inconclusive":
        return "platform", Action.ORDER_NEW_ATTEMPT
    if outcome != "needs_review":
        return "none", Action.NONE
    if can_score and _TO_SCORE & set(reasons):
        return "reviewer", Action.SCORE_OPEN_CRITERIA
    proposals = {ReasonCode.PROPOSED_QUALIFIED, ReasonCode.PROPOSED_NOT_QUALIFIED}
    return "reviewer", Action.CONFIRM if proposals & set(reasons) else Action.DECIDE


def _basis_obstacles(
    scores: Sequence[Score], track: Track, judges: Sequence[JudgeBasis], keys: KeySource, least: Grade
) -> list[ReasonCode]:
    """Return what of the basis is below the policy. A judge that only abstained counts too: its silence
    must not make the basis look better."""
    authored = Grade.PROVISIONAL
    others = [Grade.CALIBRATED if track.cut.method != "authored" else authored]
    if any(score.rater_kind == "rule" for score in scores):
        others.append(Grade.CALIBRATED if keys == "panel" else authored)
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


def _basis(
    scores: Sequence[Score],
    track: Track,
    judges: Sequence[JudgeBasis],
    keys: KeySource,
    person: ReviewDecided | None,
) -> Basis:
    scored = [score for score in scores if score.value is not None]
    raters = {score.rater if score.rater_kind == "judge" else score.rater_kind for score in scored}
    if person is not None:
        raters.add("person")
    authored = track.cut.method == "authored"
    return Basis(
        raters=tuple(sorted(raters)),
        judges=tuple(judge for judge in judges if any(judge.covers(score) for score in scores)),
        keys=keys,
        cut="authored" if authored else f"{track.cut.method}:{track.cut.record}",
    )


def _points(theta: float, track: Track) -> float:
    """Place an ability on the score scale: linear, the cut at 60, clipped to 0..100."""
    points = THRESHOLDS.score_at_cut + THRESHOLDS.points_per_logit * (theta - track.cut.ability)
    return round(min(THRESHOLDS.highest_score, max(THRESHOLDS.lowest_score, points)), 2)
