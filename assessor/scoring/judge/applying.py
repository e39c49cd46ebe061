"""Applying a candidate's rubric to responses that we have, and what its scores rest on.

The criteria are data like any other text of theirs. One reading each: what is asked is how they sort
several responses, and a single doubtful answer hardly changes that.
"""

from collections.abc import Mapping
from dataclasses import replace

from assessor.domain.evidence import Evidence, Sources
from assessor.domain.item import Item, RubricWritingItem
from assessor.domain.response import RubricRow, RubricWritingResponse
from assessor.domain.score import Score, Unscored
from assessor.scoring.applied_rubric import Rows, Table, applied_findings, applied_unscored, rows_that_found
from assessor.scoring.judge.brief import Briefs
from assessor.scoring.judge.hearing import CRITERIA_A_CALL, Heard, Hearing, Means, Opinion, in_calls
from assessor.scoring.judge.reasons import NOBODY_READ, reason_for
from assessor.scoring.judge.reply import Verdict
from assessor.scoring.rater import read_measures
from assessor.scoring.work import Finding, Work, measure_score

MOST_CITED = 3
"""Criteria that a score points at: those that did most."""

_NOT_OWN = "What your criteria find could not be put down to words of your own, so a person scores this."


async def applied(
    means: Means, briefs: Briefs, item: Item, criteria: Mapping[str, str], response: str
) -> Mapping[str, Verdict] | Unscored:
    """Say of each criterion, by its id, whether the response meets it.

    A model that is in doubt, or shows no words for it, makes a `cannot_assess`. What is lost by a fault
    of ours makes no verdict at all: then all of it is unscored, for it would cost the candidate.
    """
    brief = briefs.applying(item, criteria, response)
    heard: dict[str, Heard] = {}
    for ids in in_calls(list(criteria), CRITERIA_A_CALL):
        heard |= await Hearing(means, brief, "applied").hear(ids)
        for name in ids:
            if (why := _lost(heard[name])) is not None:
                return why
    return {name: _verdict(heard[name]) for name in criteria}


async def rubric_applied(
    means: Means, briefs: Briefs, item: RubricWritingItem, response: RubricWritingResponse
) -> Table | Unscored:
    """Apply a candidate's rubric to every hidden response, one after the other, so that replies are
    recorded in the same order each time. Stops at the first that is lost."""
    criteria = {str(place): _in_words(row) for place, row in enumerate(response.rows)}
    columns: dict[str, Mapping[str, Verdict]] = {}
    for hidden in item.key.hidden_responses:
        column = await applied(means, briefs, item, criteria, hidden.text)
        if isinstance(column, Unscored):
            return column
        columns[hidden.id] = column
    return tuple({name: column[place] for name, column in columns.items()} for place in criteria)


async def applied_scores(
    means: Means, briefs: Briefs, work: Work, sources: Sources, rater: str
) -> tuple[Score, ...]:
    """Return the scores of what the rubric does; none for an item of another category.

    `sources` hold the candidate's own words: a score that is not 0 points at the criteria that it rests
    on, and does not count without any that is theirs.
    """
    item, response = work.item, work.response
    if not isinstance(item, RubricWritingItem) or not isinstance(response, RubricWritingResponse):
        return ()
    table = await rubric_applied(means, briefs, item, response)
    cited: Mapping[str, Rows] = {}
    if isinstance(table, Unscored):
        findings = applied_unscored(table, reason_for(table))
        rater = "none" if table in NOBODY_READ else rater
    else:
        findings, cited = applied_findings(item, response, table), rows_that_found(item, response, table)
    scores = []
    for measure in read_measures(work):
        finding = findings[measure.criterion]
        evidence: tuple[Evidence, ...] = ()
        if finding.value:
            evidence = _evidence(cited[measure.criterion], response, sources)
            finding = finding if evidence else Finding(None, _NOT_OWN, Unscored.EVIDENCE_NOT_FOUND)
        scores.append(measure_score(item, measure, finding, rater, evidence))
    return tuple(scores)


def _evidence(rows: Rows, response: RubricWritingResponse, sources: Sources) -> tuple[Evidence, ...]:
    """Return where the criteria stand in the candidate's own text, the first few that count."""
    found = (_located(row, response.rows[row].criterion, sources) for row in rows)
    return tuple(one for one in found if one is not None)[:MOST_CITED]


def _located(row: int, criterion: str, sources: Sources) -> Evidence | None:
    path = f"rows.{row}.criterion"
    own = tuple(text for text in sources.texts if text.path == path)
    return replace(sources, texts=own).evidence(criterion)


def _lost(heard: Heard) -> Unscored | None:
    """Return the fault of ours that left no opinion; words that were not found are a doubt of the model's."""
    return heard if isinstance(heard, Unscored) and heard is not Unscored.EVIDENCE_NOT_FOUND else None


def _verdict(heard: Heard) -> Verdict:
    if isinstance(heard, Opinion) and heard.vote is not None:
        return "met" if heard.vote else "unmet"
    return "cannot_assess"


def _in_words(row: RubricRow) -> str:
    return f"{row.criterion}\n{row.levels}" if row.levels else row.criterion
