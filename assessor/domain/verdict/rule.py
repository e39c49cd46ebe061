"""The rule that decides. Arithmetic only: no model writes a total, a decision or a status."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from assessor.domain import ability
from assessor.domain.events import ReviewDecided
from assessor.domain.form import Form
from assessor.domain.policy import Policy, Stage
from assessor.domain.score import FAULTS, Score, Unscored
from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.track import Competency, Level, Track
from assessor.domain.value import Value
from assessor.domain.verdict.basis import Basis, JudgeBasis, KeySource, basis_obstacles, basis_of, grade_of
from assessor.domain.verdict.reasons import Action, ReasonCode

Outcome = Literal["qualified", "not_qualified", "needs_review", "inconclusive"]
Interval = tuple[float, float]

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


class Decision(Value):
    """The outcome of the rule, before it is bound to an assessment, an id and a time."""

    decision: Outcome
    decided_by: Literal["rule", "person"]
    level: Level | None
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

    observations: tuple[ability.Observation, ...]
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
    identity_open: bool = False,
) -> Decision:
    """Return what follows from the scores, or from the person who decided.

    `scores` are the latest of every criterion of the form, the unscored ones included; `judges`
    name every model whose scores are among them, once for each family (else it has grade `none`).
    `stage` is the pilot's, where one was set: it says what rules may decide, whatever the policy says.
    With `identity_open` it is not as sure who worked as it has to be, and no rule decides.
    """
    counted = in_order(scores)
    weighed = _weigh(counted, track)
    competencies = tuple(_competency(counted, competency, track) for competency in track.competencies)
    if person is not None:
        outcome, reasons = _by_person(person, counted)
    else:
        obstacles = [ReasonCode.IDENTITY_OPEN] if identity_open else []
        obstacles += _stage_obstacles(stage)
        obstacles += _obstacles(counted, form)
        obstacles += basis_obstacles(counted, track, judges, keys, policy.least_basis)
        outcome, reasons = _by_rule(
            weighed, obstacles, _floor_obstacles(competencies), counted, policy.at(stage)
        )
    level = _level(weighed.observations, track, policy) if outcome == "qualified" else None
    actor, action = _next(outcome, reasons, can_score=any(score.is_open for score in counted))
    return Decision(
        decision=outcome,
        decided_by="person" if person is not None and outcome != "needs_review" else "rule",
        level=level,
        score=track.score_of(weighed.estimate.mean),
        interval=(track.score_of(weighed.estimate.low), track.score_of(weighed.estimate.high)),
        probability=weighed.estimate.probability,
        competencies=competencies,
        basis=basis_of(
            counted,
            track,
            judges,
            keys,
            by_person=person is not None,
            level_cut=track.levels[level] if level and level != "entry" else None,
        ),
        reasons=reasons,
        actor=actor,
        action=action,
    )


def in_order(scores: Iterable[Score]) -> tuple[Score, ...]:
    """Return the scores as they count, in the order that does not depend on when they came."""
    return tuple(sorted(map(_with_evidence, scores), key=lambda score: (score.item_id, score.criterion)))


def weights_of(track: Track) -> dict[str, float]:
    """Return what each competency weighs in the composite."""
    return {competency.id: competency.weight for competency in track.competencies}


def _with_evidence(score: Score) -> Score:
    """Refuse a judge's credit that points at nothing, wherever it came from."""
    if score.rater_kind == "judge" and score.value and not score.evidence:
        return score.changed(value=None, unscored=Unscored.EVIDENCE_NOT_FOUND)
    return score


def _weigh(scores: Sequence[Score], track: Track) -> _Weighed:
    observations = ability.observe(scores, weights_of(track))
    cut = track.cut.ability
    return _Weighed(
        observations=observations,
        estimate=ability.estimate(observations, cut),
        worst=ability.estimate(ability.assuming(observations, 0.0), cut).probability,
        best=ability.estimate(ability.assuming(observations, 1.0), cut).probability,
        observed=sum(score.value is not None for score in scores),
    )


def _level(observations: Sequence[ability.Observation], track: Track, policy: Policy) -> Level | None:
    """Return the highest level whose cut is met with the rule's certainty, whatever the unscored turn out.

    Who qualifies has `entry`. A cut that is set less well than the policy asks for gives no level.
    """
    if not track.levels:
        return None
    worst = ability.assuming(observations, 0.0)
    reached: Level = "entry"
    for name, cut in track.higher_levels:
        set_well = grade_of(cut).rank >= policy.least_basis.rank
        if set_well and ability.estimate(worst, cut.ability).probability >= THRESHOLDS.qualified:
            reached = name
    return reached


def _competency(scores: Sequence[Score], competency: Competency, track: Track) -> CompetencyResult:
    own = [score for score in scores if score.competency == competency.id]
    observations = ability.observe(own, {competency.id: 1.0})
    estimate = ability.estimate(observations, track.cut.ability)
    observed = sum(score.value is not None for score in own)
    return CompetencyResult(
        id=competency.id,
        score=track.score_of(estimate.mean),
        interval=(track.score_of(estimate.low), track.score_of(estimate.high)),
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
