"""The quality sample: some of what rules decided is scored a second time, by people who see no scores.

What comes of it stands beside the calibration of the judge. It changes no verdict by itself.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from pydantic import Field

from assessor.domain.agreement import (
    Measure,
    Undetermined,
    counted,
    measured,
    quadratic_kappa,
    standardised_difference,
)
from assessor.domain.appeal import Place
from assessor.domain.calibration import REQUIRED
from assessor.domain.calibration.cases import LEVELS, level
from assessor.domain.ids import Language, Slug
from assessor.domain.item import Category
from assessor.domain.score import Score
from assessor.domain.value import Value

QualityMark = Literal["met", "unmet", "cannot_assess"]
Mark = Annotated[int, Field(ge=0, le=1)]
Pair = tuple[int, int]
"""The level of a response by a person, and by the judge."""

_SEED: Final = 1
"""Of the intervals; a fixed one makes the same levels give the same answer."""
_OF_MEASURES: Final = ":"
"""In the name of what is measured by a formula, for instance `applied:order`. Nobody can score that."""


@dataclass(frozen=True)
class Quality:
    """Every number of the sample, written once."""

    differs: int = 2
    """Levels, of 0 to 4, from which on person and judge are shown to the reviewers as disagreeing."""
    least: int = 30
    """Responses of a calibration before they say anything: as many as tell how well two people agree."""
    newest: int = REQUIRED.responses
    """Only so many count, the newest: a judge that was good for long must not live on that. From so many
    on the number itself has to reach the bar, as in a calibration; before, it must lie below for certain."""


QUALITY: Final = Quality()


@dataclass(frozen=True)
class Sampling:
    """Which assessments are sampled. Who does not have the key cannot tell beforehand."""

    share: float
    key: bytes = field(repr=False)
    simulations: bool = False
    """Whether what a program played is sampled, instead of what counts."""

    def draws(self, assessment_id: str) -> bool:
        """Whether this one is; always the same answer."""
        digest = hmac.digest(self.key, assessment_id.encode(), "sha256")
        return int.from_bytes(digest[:8]) < self.share * 2**64


class QualityLevel(Value):
    """One response in one competency: what the judge and the person who did not see it came to."""

    item_id: Slug
    category: Category
    competency: Slug
    model: str
    calibration_id: str | None
    """That the verdict stood on; None where the policy asked for none."""
    person: Annotated[int, Field(ge=0, le=LEVELS[-1])]
    judge: Annotated[int, Field(ge=0, le=LEVELS[-1])]
    reviewer: str
    """Who the person is."""
    rubric: str
    """By which both scored, with its version: `explains-cause@2`."""
    language: Language
    marks: dict[Slug, tuple[Mark, Mark]]
    """By criterion, person first: 1 met, 0 not met. The levels follow from these and the weights."""

    @property
    def differs(self) -> bool:
        """Whether the two are as far apart as is shown to reviewers."""
        return abs(self.person - self.judge) >= QUALITY.differs


@dataclass(frozen=True)
class SecondLook:
    """How far a second look has come. `criteria` are those to score, by item."""

    criteria: Mapping[str, tuple[str, ...]]
    marks: Mapping[str, Mapping[str, QualityMark]] = field(default_factory=dict)
    reviewers: Mapping[str, str] = field(default_factory=dict)
    """Who marked what, by item."""
    levels: tuple[QualityLevel, ...] | None = None
    """None until every item is scored."""
    is_seen: bool = False
    """Whether a senior has seen to the differences."""
    reasons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By item and criterion, where one was given."""
    settled: frozenset[Place] = frozenset()
    """Criteria in which judge and person differed, and a third person decided."""

    @property
    def open_items(self) -> tuple[str, ...]:
        """The items that nobody has looked at a second time yet."""
        return tuple(item_id for item_id in self.criteria if item_id not in self.marks)

    @property
    def differences(self) -> tuple[QualityLevel, ...]:
        """Where person and judge are far apart."""
        return tuple(one for one in self.levels or () if one.differs)


@dataclass(frozen=True)
class JudgeNamed:
    """A judge as a verdict names it: with its family, and the calibration that it stands on."""

    model: str
    family: str
    calibration_id: str | None


@dataclass(frozen=True)
class LookedAt:
    """How one item was looked at a second time."""

    reviewer: str
    rubric: str
    language: Language
    marks: Mapping[str, QualityMark]


def to_look_at(scores: Iterable[Score]) -> dict[str, tuple[str, ...]]:
    """Return by item the criteria that a judge scored and a person can score as well."""
    found: dict[str, tuple[str, ...]] = {}
    for score in scores:
        if score.rater_kind == "judge" and score.value is not None and _OF_MEASURES not in score.criterion:
            found[score.item_id] = (*found.get(score.item_id, ()), score.criterion)
    return dict(sorted(found.items()))


def compared(
    scores: Mapping[tuple[str, str], Score],
    looks: Mapping[str, LookedAt],
    judges: Sequence[JudgeNamed],
) -> tuple[QualityLevel, ...]:
    """Return the levels by person and judge, over what both scored. `looks` are by item."""
    parts: dict[tuple[str, str], list[tuple[Score, Mark]]] = {}
    for item_id, look in sorted(looks.items()):
        for criterion, mark in sorted(look.marks.items()):
            score = scores.get((item_id, criterion))
            if score and score.rater_kind == "judge" and score.value is not None and mark != "cannot_assess":
                parts.setdefault((item_id, score.competency), []).append((score, int(mark == "met")))
    return tuple(_level(part, looks[item_id], judges) for (item_id, _), part in parts.items())


def _level(part: Sequence[tuple[Score, Mark]], look: LookedAt, judges: Sequence[JudgeNamed]) -> QualityLevel:
    first = part[0][0]
    model, family = first.rater.partition(":")[2], f"{first.category.value}/{first.competency}"
    named = next((one for one in judges if (one.model, one.family) == (model, family)), None)
    return QualityLevel(
        item_id=first.item_id,
        category=first.category,
        competency=first.competency,
        model=model,
        calibration_id=named.calibration_id if named else None,
        person=level((score.weight, mark) for score, mark in part),
        judge=level((score.weight, _judged(score)) for score, _ in part),
        reviewer=look.reviewer,
        rubric=look.rubric,
        language=look.language,
        marks={score.criterion: (mark, _judged(score)) for score, mark in part},
    )


def _judged(score: Score) -> Mark:
    return round(score.value or 0.0)


class SecondLookAgreement(Value):
    """How a judge and people who did not see its scores agree, lately. No number where none can be had."""

    responses: int
    qwk: float | None
    smd: float | None


def agreement_in(pairs: Sequence[Pair]) -> SecondLookAgreement:
    """Return the agreement of the newest pairs. `pairs` come the newest first."""
    units = counted(pairs[: QUALITY.newest])
    values: list[float | None] = []
    for statistic in (quadratic_kappa, standardised_difference):
        try:
            values.append(round(statistic(units), 6))
        except Undetermined:
            values.append(None)
    return SecondLookAgreement(responses=sum(units.values()), qwk=values[0], smd=values[1])


def below_bar(pairs: Sequence[Pair]) -> str | None:
    """Return why second looks speak against a calibration, None while they do not.

    `pairs` come the newest first. The bar is the calibration's own.
    """
    found = agreement_in(pairs)
    if found.responses < QUALITY.least:
        return None
    if found.qwk is not None and found.qwk < REQUIRED.qwk and _for_certain(pairs, "qwk"):
        return f"agreement (QWK) with {found.responses} second looks is {found.qwk:.2f}"
    if found.smd is not None and abs(found.smd) > REQUIRED.smd and _for_certain(pairs, "smd"):
        side = "lenient" if found.smd > 0 else "severe"
        return f"by {found.responses} second looks the judge is too {side} (SMD {found.smd:+.2f})"
    return None


def _for_certain(pairs: Sequence[Pair], name: Literal["qwk", "smd"]) -> bool:
    """Whether the bar is missed with as many responses as a calibration has, or by the whole interval."""
    newest = pairs[: QUALITY.newest]
    if len(newest) >= QUALITY.newest:
        return True
    if name == "qwk":
        kappa = measured(quadratic_kappa, counted(newest), seed=_SEED)
        return kappa.high is not None and kappa.high < REQUIRED.qwk
    return _is_beyond(measured(standardised_difference, counted(newest), seed=_SEED))


def _is_beyond(difference: Measure) -> bool:
    if difference.low is None or difference.high is None:
        return False
    return difference.low > REQUIRED.smd or difference.high < -REQUIRED.smd
