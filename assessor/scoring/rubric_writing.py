"""Rubric writing: what code can see of a rubric's craft. What it does when applied is beside this."""

import re
from collections.abc import Mapping

from assessor.domain.item import RubricWritingItem
from assessor.domain.response import RubricWritingResponse
from assessor.domain.rubric import Rubric
from assessor.scoring.applied_rubric import LINT_SHARE, whole_weight
from assessor.scoring.screening import words
from assessor.scoring.work import Finding, Measure, Passage, Work

CRITERION = "lint"

LEAST_WORDS = 4
"""Less cannot stand alone: "Correctness" leaves open what is to be seen."""

MOST_JOINTS = 1
"""So many "and" or "or" one observable thing may need: "names the file and its line"."""

SAME = 0.8
"""Share of words in common (Jaccard) from which on two criteria look for the same."""

_AND_OR = re.compile(r"\band\s*/\s*or\b", re.IGNORECASE)
_JOINT = re.compile(r"\b(?:and|or|as well as|plus)\b|;", re.IGNORECASE)


def measures(_item: RubricWritingItem, rubric: Rubric | None) -> tuple[Measure, ...]:
    """Return the one measure: the lint."""
    text = "Each criterion stands alone, asks for one thing, and differs from the others"
    return (Measure(CRITERION, text, whole_weight(rubric) * LINT_SHARE),)


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
    return len(a & b) / len(a | b)
