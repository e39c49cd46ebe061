"""From marked responses to the numbers of a calibration."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean, pstdev

from assessor.domain.agreement import (
    Measure,
    Undetermined,
    Units,
    cohen_kappa,
    counted,
    gwet_ac,
    krippendorff_alpha,
    measured,
    quadratic_kappa,
    standardised_difference,
    true_negative_rate,
    true_positive_rate,
)
from assessor.domain.calibration.cases import (
    LEVELS,
    Case,
    by_rank,
    judged_levels,
    labels,
    levels,
    levels_of_two_people,
)
from assessor.domain.calibration.record import Agreement, Baseline, Drift

ICC = 0.3
"""How far the labels of one response share one fate (intraclass correlation of residuals).

A stated value: a response effect of SD 1 beside the logistic's own variance of 3.29 gives
1 / (1 + 3.29) = .23, and one rater's leniency over a whole response comes on top.
"""

BINARY = range(2)
PLACES = 6


def agreement_of(cases: Sequence[Case], *, seed: int) -> Agreement:
    """Return how judge and person agree on a family.

    The criteria of one response share its fate, so the intervals of single labels are those of fewer,
    independent ones: n is divided by 1 + (m - 1) * ICC for m labels a response (Kish 1965).
    """
    of_levels, of_labels = levels(cases), labels(cases)
    responses = sum(of_levels.values())
    each = sum(of_labels.values()) / responses if responses else 1.0
    return _agreement(of_levels, of_labels, LEVELS, cases, design_effect=1 + (each - 1) * ICC, seed=seed)


def agreement_by_criterion(cases: Iterable[Case], *, seed: int) -> dict[str, Agreement]:
    """Return the same for each criterion by itself; its levels are its labels, 0 and 1."""
    parts: dict[str, list[Case]] = {}
    for case in cases:
        for mark in case.marks:
            parts.setdefault(mark.criterion, []).append(replace(case, marks=(mark,)))
    found = {}
    for name, part in sorted(parts.items()):
        of_labels = labels(part)
        found[name] = _agreement(of_labels, of_labels, BINARY, part, design_effect=1.0, seed=seed)
    return found


def people_of(cases: Iterable[Case], *, seed: int) -> Measure:
    """Return how two people agree."""
    return measured(quadratic_kappa, levels_of_two_people(cases), seed=seed)


def baseline_of(cases: Iterable[Case], *, seed: int) -> Baseline:
    """Return what word recall achieves on the responses that have a reference, beside the judge."""
    found = [(case.recall, person, judge) for case, person, judge in judged_levels(cases)]
    rows = [(recall, person, judge) for recall, person, judge in found if recall is not None]
    recalls, people = [recall for recall, _, _ in rows], [person for _, person, _ in rows]
    if not rows:
        return _no_baseline("no response has a reference to compare with", 0)
    try:
        dealt = by_rank(recalls, people)
    except Undetermined as why:
        return _no_baseline(str(why), len(rows))
    return Baseline(
        qwk=measured(quadratic_kappa, counted(zip(people, dealt, strict=True)), seed=seed),
        correlation=measured(correlation, counted(zip(people, recalls, strict=True)), seed=seed),
        judge_correlation=measured(
            correlation, counted((person, judge) for _, person, judge in rows), seed=seed
        ),
    )


def _no_baseline(why: str, n: int) -> Baseline:
    none = Measure(value=None, n=n, note=why)
    return Baseline(qwk=none, correlation=none, judge_correlation=none)


def drift_of(cases: Iterable[Case]) -> Drift:
    """Return what the judge's errors in levels are like; all zero without a case."""
    errors = [float(judge - person) for _, person, judge in judged_levels(cases)]
    mean, deviation = _moments(errors)
    size, size_deviation = _moments([abs(error - mean) for error in errors])
    return Drift(mean=mean, deviation=deviation, size=size, size_deviation=size_deviation)


def _moments(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 0.0
    return round(fmean(values), PLACES), round(pstdev(values), PLACES)


def correlation(units: Units) -> float:
    """Return Pearson's correlation of two raters. Raises Undetermined when one of them is constant."""
    pairs = [(a, b, times) for (a, b), times in units.items() if a is not None and b is not None]
    total = sum(times for _, _, times in pairs)
    if not total:
        raise Undetermined("no response was rated by both")
    mean_a, mean_b = (sum(pair[place] * pair[2] for pair in pairs) / total for place in (0, 1))
    both = sum(times * (a - mean_a) * (b - mean_b) for a, b, times in pairs)
    spread = sum(times * (a - mean_a) ** 2 for a, _, times in pairs) * sum(
        times * (b - mean_b) ** 2 for _, b, times in pairs
    )
    if spread <= 0:
        raise Undetermined("one of the two is the same throughout")
    return max(-1.0, min(1.0, both / math.sqrt(spread)))


def _agreement(
    of_levels: Units,
    of_labels: Units,
    scale: range,
    cases: Iterable[Case],
    *,
    design_effect: float,
    seed: int,
) -> Agreement:
    marks = [mark for case in cases for mark in case.marks if mark.people]
    statistics: Mapping[str, Measure] = {
        "qwk": measured(quadratic_kappa, of_levels, seed=seed),
        "kappa": measured(cohen_kappa, of_labels, seed=seed),
        "alpha": measured(lambda units: krippendorff_alpha(units, "ordinal"), of_levels, seed=seed),
        "ac2": measured(lambda units: gwet_ac(units, scale, "quadratic"), of_levels, seed=seed),
        "smd": measured(standardised_difference, of_levels, seed=seed),
        "tpr": true_positive_rate(of_labels, design_effect=design_effect),
        "tnr": true_negative_rate(of_labels, design_effect=design_effect),
    }
    return Agreement(
        responses=sum(of_levels.values()),
        labels=sum(of_labels.values()),
        abstained=sum(mark.judge is None for mark in marks),
        **statistics,
    )
