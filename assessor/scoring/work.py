"""What a rater is given, and the parts that scores are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assessor.domain.evidence import Evidence, OwnText
from assessor.domain.item import Item
from assessor.domain.response import Response
from assessor.domain.rubric import Criterion, Rubric
from assessor.domain.score import Notice, Score, Unscored, difficulty_in_logits
from assessor.domain.transcript import Turn

LOGITS_PER_LEVEL = 0.4
"""By how much a criterion of the next anchor level is harder. An authored prior, like difficulty itself."""

MIDDLE_LEVEL = 2.5


@dataclass(frozen=True)
class Work:
    """One item as one candidate did it. Nothing in it says who that is.

    `texts` are the candidate's own words, which is all that can be evidence; `turns` are the
    conversation about an interview question.
    """

    item: Item
    rubric: Rubric | None
    response: Response | None
    texts: tuple[OwnText, ...]
    turns: tuple[Turn, ...] = ()
    ran: Mapping[str, "Finding"] = field(default_factory=dict)
    """What running the candidate's code found, by measure. A rule cannot run it: rules are pure."""


@dataclass(frozen=True)
class Measure:
    """One thing that is worked out by a formula. `text` is for people and never tells the key."""

    criterion: str
    text: str
    weight: float = 1.0


@dataclass(frozen=True)
class Finding:
    """What was found for one measure. `reason` may be read by the candidate after submitting."""

    value: float | None
    reason: str
    unscored: Unscored | None = None


@dataclass(frozen=True)
class Passage:
    """A piece of the candidate's work as a reader gets it."""

    label: str
    text: str


def rule_score(item: Item, measure: Measure, finding: Finding, rule: str) -> Score:
    """Return the score of one measure by `rule:<rule>`."""
    return measure_score(item, measure, finding, f"rule:{rule}")


def measure_score(
    item: Item, measure: Measure, finding: Finding, rater: str, evidence: tuple[Evidence, ...] = ()
) -> Score:
    """Return the score of one measure by a rater."""
    return Score(
        item_id=item.id,
        category=item.category,
        criterion=measure.criterion,
        text=measure.text,
        competency=item.competency,
        weight=measure.weight,
        difficulty=difficulty_in_logits(item.difficulty),
        value=None if finding.value is None else round(finding.value, 6),
        unscored=finding.unscored,
        evidence=evidence,
        rater=rater,
        reason=finding.reason,
    )


def rubric_score(
    item: Item,
    criterion: Criterion,
    *,
    rater: str,
    reason: str,
    value: float | None = None,
    unscored: Unscored | None = None,
    evidence: tuple[Evidence, ...] = (),
    noticed: tuple[Notice, ...] = (),
) -> Score:
    """Return the score of one criterion of a rubric, with the difficulty that its level implies."""
    offset = (criterion.level - MIDDLE_LEVEL) * LOGITS_PER_LEVEL
    return Score(
        item_id=item.id,
        category=item.category,
        criterion=criterion.id,
        text=criterion.text,
        competency=criterion.competency,
        weight=criterion.weight,
        required=criterion.required,
        difficulty=round(difficulty_in_logits(item.difficulty) + offset, 6),
        value=value,
        unscored=unscored,
        evidence=evidence,
        rater=rater,
        reason=reason,
        noticed=noticed,
    )
