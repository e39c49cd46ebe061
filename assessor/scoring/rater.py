"""Raters: who gives scores. Rules score what a key or code can tell; a reader does the rest."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from assessor.domain.events import ModelReplied
from assessor.domain.item import Category
from assessor.domain.rubric import Criterion
from assessor.domain.score import Score, Unscored
from assessor.scoring import evaluation, interview, ranking, rubric_writing, sft, trajectory
from assessor.scoring.applied_rubric import applied_measures
from assessor.scoring.screening import unanswered, without_content
from assessor.scoring.work import Finding, Measure, Passage, Work, measure_score, rubric_score, rule_score

__all__ = [
    "Rater",
    "Work",
    "criteria_of",
    "needs_reader",
    "passages_of",
    "rate_by_rule",
    "read_measures",
    "waiting",
]


class Rater(Protocol):
    """Reads what rules cannot score. Failing to score is a value with a reason, not an error."""

    async def rate(
        self,
        work: Work,
        replies: Mapping[str, ModelReplied],
        record: Callable[[ModelReplied], Awaitable[None]],
    ) -> tuple[Score, ...]:
        """Return one score for each criterion of the rubric, and for each measure that needs a reader.

        `replies` are those recorded before, by request hash: what is among them is not asked again.
        A new one is recorded, and then the next call is made.
        """
        ...


@dataclass(frozen=True)
class _Category:
    """What a category's module offers. Items and responses are of that category."""

    measures: Callable[..., tuple[Measure, ...]]
    findings: Callable[[Any, Any], Mapping[str, Finding]]
    passages: Callable[[Work], tuple[Passage, ...]]
    is_text: bool
    """Whether the response is nothing but the candidate's words: without content it earns nothing."""
    read_measures: Callable[..., tuple[Measure, ...]] = lambda _item, _rubric: ()
    """What a formula makes of what a reader finds."""


_CATEGORIES: Mapping[Category, _Category] = {
    Category.INTERVIEW: _Category(interview.measures, interview.findings, interview.passages, True),
    Category.EVALUATION: _Category(evaluation.measures, evaluation.findings, evaluation.passages, False),
    Category.RANKING: _Category(ranking.measures, ranking.findings, ranking.passages, False),
    Category.RUBRIC_WRITING: _Category(
        rubric_writing.measures, rubric_writing.findings, rubric_writing.passages, True, applied_measures
    ),
    Category.SFT: _Category(sft.measures, sft.findings, sft.passages, True),
    Category.TRAJECTORY: _Category(trajectory.measures, trajectory.findings, trajectory.passages, False),
}


def rate_by_rule(work: Work) -> tuple[Score, ...]:
    """Return the scores that need no reader: every measure, and the rubric where nothing was said.

    What was not answered, and words without content, get the lowest level before any model.
    """
    if reason := unanswered(work):
        return (*_lowest_measures(work, "unanswered", reason), *_lowest_rubric(work, "unanswered", reason))
    reason = without_content(work)
    rubric = _lowest_rubric(work, "no_content", reason) if reason else ()
    category = _CATEGORIES[work.item.category]
    if reason and category.is_text:
        return (*_lowest_measures(work, "no_content", reason), *rubric)
    findings = {**category.findings(work.item, work.response), **work.ran}
    rule = work.item.category.value
    by_key = (rule_score(work.item, m, findings[m.criterion], rule) for m in _measures(work))
    return (*by_key, *rubric)


def waiting(work: Work, why: Unscored = Unscored.WAITS_FOR_PERSON) -> tuple[Score, ...]:
    """Return all that a reader scores as unscored: it waits for a person. Empty when none has to read."""
    if not needs_reader(work):
        return ()
    reason = "A person scores this."
    by_formula = (
        measure_score(work.item, measure, Finding(None, reason, why), "none")
        for measure in read_measures(work)
    )
    by_rubric = (
        rubric_score(work.item, criterion, rater="none", unscored=why, reason=reason)
        for criterion in criteria_of(work)
    )
    return (*by_rubric, *by_formula)


def needs_reader(work: Work) -> bool:
    """Whether there is a rubric and an answer with content, which a judge or a person has to read."""
    return bool(criteria_of(work)) and not unanswered(work) and not without_content(work)


def criteria_of(work: Work) -> tuple[Criterion, ...]:
    """Return the criteria that a judge or a person scores."""
    return work.rubric.criteria if work.rubric else ()


def read_measures(work: Work) -> tuple[Measure, ...]:
    """Return what is measured by a reader's findings."""
    return _CATEGORIES[work.item.category].read_measures(work.item, work.rubric)


def passages_of(work: Work) -> tuple[Passage, ...]:
    """Return the work as a reader gets it."""
    return _CATEGORIES[work.item.category].passages(work)


def _measures(work: Work) -> tuple[Measure, ...]:
    return _CATEGORIES[work.item.category].measures(work.item, work.rubric)


def _lowest_measures(work: Work, rule: str, reason: str) -> tuple[Score, ...]:
    every = (*_measures(work), *read_measures(work))
    return tuple(rule_score(work.item, measure, Finding(0.0, reason), rule) for measure in every)


def _lowest_rubric(work: Work, rule: str, reason: str) -> tuple[Score, ...]:
    return tuple(
        rubric_score(work.item, criterion, rater=f"rule:{rule}", value=0.0, reason=reason)
        for criterion in criteria_of(work)
    )
