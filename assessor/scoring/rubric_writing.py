"""Rubric writing: what code can see of a rubric's craft, and what the rubric does when it is applied.

A candidate's rubric is applied to hidden responses of known order, criterion by criterion. Whoever
applies it brings back a table of verdicts; everything that follows from the table is arithmetic.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from statistics import fmean
from typing import Literal

from assessor.domain.item import HiddenResponse, RubricWritingItem
from assessor.domain.response import RubricWritingResponse
from assessor.domain.rubric import Rubric
from assessor.domain.score import Unscored
from assessor.scoring.correlation import tau_b
from assessor.scoring.screening import words
from assessor.scoring.work import Finding, Measure, Passage, Work

CRITERION = "lint"

LINT_SHARE = 0.1
"""Of the item's weight: form is necessary, and says little about what the rubric looks for."""

LEAST_WORDS = 4
"""Less cannot stand alone: "Correctness" leaves open what is to be seen."""

MOST_JOINTS = 1
"""So many "and" or "or" one observable thing may need: "names the file and its line"."""

SAME = 0.8
"""Share of words in common (Jaccard) from which on two criteria look for the same."""

EXTREME_SHARE = 0.27
"""Of the hidden responses in each of the two groups that discrimination compares (Kelley 1939)."""

MOST_ABSTENTIONS = 0.5
"""Share of the table beyond which it says more about whoever applied the rubric than about the rubric."""

Applied = Literal["met", "unmet", "cannot_assess"]

Table = Sequence[Mapping[str, Applied]]
"""One row a criterion, in the order in which the candidate wrote them: verdicts by hidden response."""

_AND_OR = re.compile(r"\band\s*/\s*or\b", re.IGNORECASE)
_JOINT = re.compile(r"\b(?:and|or|as well as|plus)\b|;", re.IGNORECASE)


def measures(_item: RubricWritingItem, rubric: Rubric | None) -> tuple[Measure, ...]:
    """Return the one measure: the lint."""
    by_readers = sum(criterion.weight for criterion in rubric.criteria) if rubric else 1.0
    text = "Each criterion stands alone, asks for one thing, and differs from the others"
    return (Measure(CRITERION, text, by_readers * LINT_SHARE / (1 - LINT_SHARE)),)


def findings(_item: RubricWritingItem, response: RubricWritingResponse) -> Mapping[str, Finding]:
    """Return the share of criteria that pass the lint. That weights add up was checked on handing in."""
    criteria = [row.criterion for row in response.rows]
    problems = lint(criteria)
    value = 1 - len(problems) / len(criteria) if criteria else 0.0
    listed = " ".join(f"Criterion {place + 1} {problem}." for place, problem in sorted(problems.items()))
    return {CRITERION: Finding(value, listed or "Every criterion passes.")}


def lint(criteria: list[str]) -> dict[int, str]:
    """Return the first problem of each criterion that has one, by its place from 0."""
    problems: dict[int, str] = {}
    seen: list[set[str]] = []
    for place, criterion in enumerate(criteria):
        said = words(criterion)
        if len(said) < LEAST_WORDS:
            problems[place] = "is too short to stand alone"
        elif _AND_OR.search(criterion) or len(_JOINT.findall(criterion)) > MOST_JOINTS:
            problems[place] = "asks for more than one thing"
        elif any(_alike(set(said), other) >= SAME for other in seen):
            problems[place] = "looks for the same as an earlier one"
        seen.append(set(said))
    return problems


def passages(work: Work) -> tuple[Passage, ...]:
    """Return each criterion with its weight, and its levels."""
    if not isinstance(work.response, RubricWritingResponse):
        return ()
    found = []
    for number, row in enumerate(work.response.rows, 1):
        found.append(Passage(f"Criterion {number}, weight {row.weight} of 100", row.criterion))
        if row.levels:
            found.append(Passage(f"Levels of criterion {number}", row.levels))
    return tuple(found)


def _alike(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 0.0


APPLIED_MEASURES = (
    Measure("applied:order", "The rubric puts responses of known quality in the right order"),
    Measure("applied:discrimination", "The rubric gives good responses clearly more than poor ones"),
    Measure(
        "applied:coverage", "Its criteria tell apart the responses that have what matters from the others"
    ),
)
"""What is measured of a rubric that was applied. Their weight is for the caller to say."""


def applied_findings(
    item: RubricWritingItem, response: RubricWritingResponse, table: Table
) -> Mapping[str, Finding]:
    """Return the three findings, each in [0, 1]; unscored when most of the table could not be assessed.

    An abstention counts as not met and keeps its weight, so it never raises a total.
    """
    hidden = item.key.hidden_responses
    cells = [row.get(shown.id, "cannot_assess") for row in table for shown in hidden]
    if not cells or cells.count("cannot_assess") > MOST_ABSTENTIONS * len(cells):
        left_open = Finding(
            None, "Your rubric could not be applied; a person does that.", Unscored.CANNOT_ASSESS
        )
        return {measure.criterion: left_open for measure in APPLIED_MEASURES}
    weights = [row.weight for row in response.rows]
    totals = {shown.id: total(weights, table, shown.id) for shown in hidden}
    values = (order_found(hidden, totals), discrimination(hidden, totals), coverage(item, table))
    return {
        measure.criterion: Finding(value, _how_well(value))
        for measure, value in zip(APPLIED_MEASURES, values, strict=True)
    }


def total(weights: Sequence[float], table: Table, response_id: str) -> float:
    """Return the share of the rubric's weight that a hidden response earns, in [0, 1]."""
    pairs = zip(weights, table, strict=True)
    return sum(weight for weight, row in pairs if row.get(response_id) == "met") / sum(weights)


def order_found(hidden: Sequence[HiddenResponse], totals: Mapping[str, float]) -> float:
    """Return Kendall's tau-b of the totals with the panel's order; at most chance is 0."""
    better = {shown.id: -shown.rank for shown in hidden}
    return max(0.0, tau_b(better, {name: round(value, 9) for name, value in totals.items()}))


def discrimination(hidden: Sequence[HiddenResponse], totals: Mapping[str, float]) -> float:
    """Return how much more the best responses earn than the poorest, on average; 0 when not more.

    The upper-lower index D: the mean of the upper 27% less that of the lower 27% (Kelley 1939, The
    selection of upper and lower groups for the validation of test items), here of hidden responses
    by the panel's ranks, those tied with the last of a group included.
    """
    ranks = sorted(shown.rank for shown in hidden)
    count = max(1, round(EXTREME_SHARE * len(ranks)))
    upper = [totals[shown.id] for shown in hidden if shown.rank <= ranks[count - 1]]
    lower = [totals[shown.id] for shown in hidden if shown.rank >= ranks[-count]]
    return max(0.0, fmean(upper) - fmean(lower))


def coverage(item: RubricWritingItem, table: Table) -> float:
    """Return how well the must-haves are looked for, each by a criterion of its own, in [0, 1].

    A criterion looks for a must-have as far as it separates the hidden responses that show it from
    those that do not: `J = share met where shown - share met where not shown`, at least 0 (Youden
    1950, Index for rating diagnostic tests). Each criterion stands for at most one must-have, in the
    pairing with the greatest sum: one criterion "is good" for everything does not cover everything.
    The value is that sum over the number of must-haves; a further criterion never lowers it.
    """
    names = tuple(must.id for must in item.key.must_haves)
    found = [[_youden(item.key.hidden_responses, row, name) for row in table] for name in names]

    @cache
    def best(must: int, free: frozenset[int]) -> float:
        if must == len(names):
            return 0.0
        taken = (found[must][row] + best(must + 1, free - {row}) for row in free if found[must][row] > 0)
        return max((best(must + 1, free), *taken))

    return best(0, frozenset(range(len(table)))) / len(names)


def _youden(hidden: Sequence[HiddenResponse], row: Mapping[str, Applied], must_have: str) -> float:
    shown = [row.get(response.id) == "met" for response in hidden if must_have in response.shows]
    others = [row.get(response.id) == "met" for response in hidden if must_have not in response.shows]
    return max(0.0, fmean(shown) - fmean(others))


def _how_well(value: float) -> str:
    if value >= 0.75:  # noqa: PLR2004 - words for people, decides nothing
        return "Your rubric does this well."
    return "Your rubric does this in part." if value >= 0.4 else "Your rubric hardly does this."  # noqa: PLR2004
