"""A verdict in words says what was measured, and decides nothing anew."""

from typing import Any, Literal

import pytest

from assessor.domain.verdict import VerdictDocument, bind, decide
from assessor.domain.verdict.explanation import explanation_of
from assessor.domain.verdict.rule import CompetencyResult, Interval
from tests.domain.samples import NOW, PILOT, SUBMITTED, assessment, form, scored, scores, track


def document(**changes: Any) -> VerdictDocument:
    of = assessment(*SUBMITTED, *scored(scores(0.9)))
    decision = decide(of.scores.values(), track(), form(), PILOT)
    return bind(of, track(), decision, verdict_id="ver_1", issued_at=NOW).changed(**changes)


def measured(**changes: Any) -> CompetencyResult:
    basics: dict[str, Any] = {
        "id": "semantics", "score": 70.4, "interval": (61.0, 80.0), "floor": None, "observations": 9,
        "unscored": 0,
    }  # fmt: skip
    return CompetencyResult(**(basics | changes))


def text_of(**changes: Any) -> str:
    found = explanation_of(document(competencies=(measured(**changes),)), {})
    return found.competencies[0].text


@pytest.mark.parametrize(
    ("interval", "where"),
    [
        ((61.0, 80.0), "the whole 90% interval, 61 to 80, lies above the cut."),
        ((60.0, 80.0), "the whole 90% interval, 60 to 80, lies above the cut."),
        ((50.0, 60.0), "the 90% interval, 50 to 60, has the cut within it."),
        ((40.0, 59.4), "the whole 90% interval, 40 to 59, lies below the cut."),
    ],
)
def test_a_competency_lies_above_below_or_about_the_cut(interval: Interval, where: str) -> None:
    assert text_of(interval=interval) == f"70, from 9 observations: {where}"


def test_of_what_nothing_was_scored_nothing_is_said() -> None:
    assert text_of(observations=0) == "Nothing of it has been scored, so nothing can be said."


@pytest.mark.parametrize(
    ("observations", "open_", "said"),
    [
        (1, 0, "70, from 1 observation: "),
        (2, 1, " 1 more has no score; that widens the interval."),
        (2, 3, " 3 more have no score; that widens the interval."),
    ],
)
def test_it_counts_what_it_rests_on_and_what_is_open(observations: int, open_: int, said: str) -> None:
    text = text_of(observations=observations, unscored=open_)

    assert said in text
    assert ("no score" in text) is bool(open_)


@pytest.mark.parametrize(
    ("floor", "said"),
    [("met", "which is met."), ("below", "lies below it."), ("unknown", "is not known well")],
)
def test_a_floor_is_told(floor: Literal["met", "below", "unknown"], said: str) -> None:
    assert said in text_of(floor=floor)
    assert "floor" not in text_of()


def test_the_summary_says_what_was_decided_by_whom_and_on_what_numbers() -> None:
    by_rule = document(score=71.6, interval=(64.2, 79.0), probability_at_or_above_cut=0.984)

    said = explanation_of(by_rule, {}).summary

    assert said.startswith("Qualified. Decided by rule. The composite is 72 of 100")
    assert "its 90% interval 64 to 79; the cut is 60" in said
    assert said.endswith("with a probability of 98%.")
    by_person = explanation_of(by_rule.changed(decided_by="person", decision="not_qualified"), {}).summary
    assert by_person.startswith("Not qualified with this attempt. A person decided. The composite")


def test_what_could_not_be_judged_has_no_numbers() -> None:
    said = explanation_of(document(decision="inconclusive", decided_by="person"), {}).summary

    assert said.endswith("does not count against the candidate. A person decided.")


def test_everything_else_is_the_documents_own() -> None:
    of = document()

    found = explanation_of(of, {"semantics": "What code does"})

    assert (found.verdict_id, found.reasons, found.next) == (of.id, of.reasons, of.next)
    assert (found.counterfactual, found.evidence) == (of.counterfactual, of.evidence)
    assert [(one.id, one.score, one.interval) for one in found.competencies] == [
        (one.id, one.score, one.interval) for one in of.competencies
    ]
    assert {one.title for one in found.competencies} == {"What code does", "judgement"}
