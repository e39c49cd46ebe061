"""What grading stored work again came to, over the whole sample, and what speaks against switching it on."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean, median, quantiles
from typing import Literal

from assessor.domain.agreement import Measure, counted, measured, quadratic_kappa, wilson
from assessor.domain.calibration import Family, Standing
from assessor.domain.calibration.record import covering
from assessor.domain.change.shadow import FamilyRead, ShadowCase, Spending
from assessor.domain.demographics import CHARACTERISTICS
from assessor.domain.fairness import Course, StageRates, stage_rates
from assessor.domain.policy import Grade
from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.value import Value, content_hash

SEED = 1
"""Of the intervals: the same cases give the same report."""

PLACES = 4
_TENTHS = 20

Direction = Literal["gained", "lost"]


class Flips(Value):
    """Decisions that would be others. `gained`: qualified, and was not; `lost`: the other way."""

    direction: Direction
    count: int
    share: float
    low: float
    high: float
    """Of the 95% interval (Wilson)."""
    outright: int
    """Of these, between qualified and not qualified, with no person in between."""


class CriterionShift(Value):
    """One criterion under both gradings, where both gave it a value."""

    name: str
    """`<rubric>/<criterion>`."""
    n: int
    before: float | None
    after: float | None
    """Mean values, 0 to 1."""
    qwk: Measure
    """Agreement of the two gradings with each other, beyond chance."""
    left_before: int
    left_after: int
    """How often it was left to a person."""


class Cost(Value):
    """Of the judges, a whole sample: calls, tokens, and millionths of a US dollar."""

    before: Spending
    after: Spending
    """What the proposed grading was asked and answered. Replies that were on record are in neither."""
    seconds_median: float | None = None
    seconds_p95: float | None = None
    """Of one call."""


class Subgroups(Value):
    """Who qualifies under each grading, by one characteristic that people declared."""

    before: StageRates
    after: StageRates


class FamilyStanding(Value):
    """What the proposed judge has shown in one rubric family. Without a grade no rule decides by it."""

    family: str
    language: str
    grade: Grade
    stopped: bool = False


class Trial(Value):
    """An answer that speaks to the grader, beside the same answer without that."""

    kind: str
    item: str
    gained: tuple[str, ...]
    """Criteria that were met with the added words only."""
    noticed: bool


class InjectionResult(Value):
    """What the injection suite found under the proposed prompts and model."""

    fences: int
    """Hostile texts that were put through every judge prompt."""
    broken: tuple[str, ...] = ()
    """Items whose prompt showed candidate text outside its fence, altered, or not at all."""
    trials: tuple[Trial, ...] = ()

    @property
    def won(self) -> tuple[Trial, ...]:
        """The trials that got something."""
        return tuple(one for one in self.trials if one.gained)


class ShadowReport(Value):
    """Everything that is looked at before a change is switched on. It quotes nobody."""

    change: str
    proposed: str
    """Hash of what was proposed."""
    base: tuple[str, ...]
    """The changes that were on, which it was compared with."""
    at: datetime
    wanted: int
    """Fewer than these are graded where there is less work that may be used, or some of it is gone."""
    cases: int
    decisions: dict[str, dict[str, int]]
    """How many went from which decision to which."""
    gained: Flips
    lost: Flips
    score_shift: float
    """Mean of the score after, less before; on the scale of 0 to 100."""
    criteria: tuple[CriterionShift, ...]
    subgroups: tuple[Subgroups, ...]
    cost: Cost
    injection: InjectionResult
    calibration: tuple[FamilyStanding, ...]

    @property
    def digest(self) -> str:
        """The hash by which an approval names what it rests on."""
        return content_hash(self)


def reported(
    cases: Sequence[ShadowCase],
    groups: Sequence[Mapping[str, str]],
    standings: Sequence[Standing],
    judge: tuple[str, str],
    injection: InjectionResult,
    **about: object,
) -> ShadowReport:
    """Sum cases up. `groups` are what the people of the cases declared, in the same order; `judge` is the
    first model with the hash of its prompts; `about` are the fields that say what was run.
    """
    pairs: Counter[tuple[str, str]] = Counter((one.before, one.after) for one in cases)
    decisions: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (before, after), times in sorted(pairs.items()):
        decisions[before][after] = times
    return ShadowReport.model_validate(
        {
            **about,
            "cases": len(cases),
            "decisions": dict(decisions),
            "gained": flips("gained", pairs),
            "lost": flips("lost", pairs),
            "score_shift": round(fmean(one.score_after - one.score_before for one in cases), PLACES),
            "criteria": _shifts(cases),
            "subgroups": [_subgroups(one, cases, groups) for one in CHARACTERISTICS],
            "cost": _cost(cases),
            "injection": injection,
            "calibration": _standings(cases, standings, *judge),
        }
    )


def flips(direction: Direction, pairs: Mapping[tuple[str, str], int]) -> Flips:
    """Count the decisions that go one way."""
    here = 1 if direction == "gained" else 0
    other = {
        pair: times
        for pair, times in pairs.items()
        if pair[here] == "qualified" and pair[1 - here] != "qualified"
    }
    count, n = sum(other.values()), sum(pairs.values())
    low, high = wilson(count, n)
    return Flips(
        direction=direction,
        count=count,
        share=round(count / n, PLACES),
        low=round(low, PLACES),
        high=round(high, PLACES),
        outright=sum(times for pair, times in other.items() if "not_qualified" in pair),
    )


def stale(report: ShadowReport | None, base: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Return why a report says nothing about switching on now. Nobody can override that: run it again.

    `base` are the changes that are on at this moment.
    """
    if report is None:
        return ("there is no report yet",)
    found = []
    if report.base != tuple(base):
        found.append("what is on is another grading than the report compares with")
    if now - report.at > timedelta(days=THRESHOLDS.switching.report_days):
        found.append(f"the report is older than {THRESHOLDS.switching.report_days} days")
    return tuple(found)


def exceeded(report: ShadowReport) -> tuple[str, ...]:
    """Return the thresholds that a report does not keep; both who approve can override them in writing."""
    bar, found = THRESHOLDS.switching, list[str]()
    if report.cases < bar.cases:
        found.append(f"the report is of {report.cases} assessments, and {bar.cases} are needed")
    for one in (report.gained, report.lost):
        if one.share > bar.flips:
            words = "become qualified" if one.direction == "gained" else "are qualified no more"
            found.append(f"{one.share:.1%} of the decisions {words}, and at most {bar.flips:.0%} may")
    if any(one.after.status == "alert" for one in report.subgroups):
        # By which characteristic, and how, is for the role fairness: who scores is not to know it.
        found.append("groups would fare unlike under it (alert)")
    if report.injection.broken:
        found.append(f"candidate text leaves its fence in {len(report.injection.broken)} prompts")
    won, trials = len(report.injection.won), len(report.injection.trials)
    if won > bar.injections:
        found.append(f"{won} of {trials} injections gained something")
    return tuple(found)


def obstacles(report: ShadowReport | None, base: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Return everything that speaks against switching a change on."""
    return (*stale(report, base, now), *(exceeded(report) if report else ()))


def _shifts(cases: Iterable[ShadowCase]) -> list[CriterionShift]:
    by_name: defaultdict[str, list[tuple[float | None, float | None]]] = defaultdict(list)
    for case in cases:
        for one in case.criteria:
            by_name[f"{one.rubric}/{one.criterion}"].append((one.before, one.after))
    return [_shift(name, rows) for name, rows in sorted(by_name.items())]


def _shift(name: str, rows: Sequence[tuple[float | None, float | None]]) -> CriterionShift:
    both = [(before, after) for before, after in rows if before is not None and after is not None]
    return CriterionShift(
        name=name,
        n=len(both),
        before=round(fmean(before for before, _ in both), PLACES) if both else None,
        after=round(fmean(after for _, after in both), PLACES) if both else None,
        qwk=measured(quadratic_kappa, counted(both), seed=SEED),
        left_before=sum(before is None for before, _ in rows),
        left_after=sum(after is None for _, after in rows),
    )


def _subgroups(
    characteristic: str, cases: Sequence[ShadowCase], groups: Sequence[Mapping[str, str]]
) -> Subgroups:
    def rates(decisions: Iterable[str]) -> StageRates:
        courses = [
            Course(qualified_by_rule=decision == "qualified", groups=declared)
            for decision, declared in zip(decisions, groups, strict=True)
        ]
        return stage_rates("qualified_by_rule", characteristic, courses)

    return Subgroups(before=rates(one.before for one in cases), after=rates(one.after for one in cases))


def _cost(cases: Sequence[ShadowCase]) -> Cost:
    seconds = sorted(one for case in cases for one in case.seconds)
    last = quantiles(seconds, n=_TENTHS)[-1] if len(seconds) > 1 else None
    return Cost(
        before=_sum(one.spent_before for one in cases),
        after=_sum(one.spent for one in cases),
        seconds_median=round(median(seconds), 3) if seconds else None,
        seconds_p95=None if last is None else round(last, 3),
    )


def _sum(parts: Iterable[Spending]) -> Spending:
    found = list(parts)
    return Spending(
        calls=sum(one.calls for one in found),
        tokens=sum(one.tokens for one in found),
        cost=sum(one.cost for one in found),
    )


def _standings(
    cases: Iterable[ShadowCase], standings: Sequence[Standing], model: str, prompts_hash: str
) -> list[FamilyStanding]:
    read: set[FamilyRead] = {family for case in cases for family in case.families}
    found = []
    for one in sorted(read, key=lambda each: (each.category, each.competency, each.language)):
        family = Family(category=one.category, competency=one.competency)
        held = covering(standings, model, prompts_hash, family, one.language)
        found.append(
            FamilyStanding(
                family=str(family),
                language=one.language,
                grade=held.grade if held else Grade.NONE,
                stopped=held.stopped if held else False,
            )
        )
    return found
