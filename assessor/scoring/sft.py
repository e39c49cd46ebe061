"""Ideal responses: what code can check first, then what a reader looks for."""

from collections.abc import Mapping

from assessor.domain.constraint import Constraint
from assessor.domain.item import SftItem
from assessor.domain.response import SftResponse
from assessor.domain.rubric import Rubric
from assessor.scoring.code import NOT_RUN
from assessor.scoring.work import Finding, Measure, Passage, Work

CONSTRAINTS_SHARE = 0.2
"""Of the item's weight, for all its constraints together: keeping to a length is not yet an answer."""


def measures(item: SftItem, rubric: Rubric | None) -> tuple[Measure, ...]:
    """Return one measure a constraint, numbered from 1 as the candidate saw them."""
    if not item.constraints:
        return ()
    by_readers = sum(criterion.weight for criterion in rubric.criteria) if rubric else 1.0
    weight = by_readers * CONSTRAINTS_SHARE / (1 - CONSTRAINTS_SHARE) / len(item.constraints)
    return tuple(
        Measure(f"constraint:{number}", constraint.label, weight)
        for number, constraint in enumerate(item.constraints, 1)
    )


def findings(item: SftItem, response: SftResponse) -> Mapping[str, Finding]:
    """Check each constraint. What has to be run is unscored here: its finding comes with the work."""
    return {
        f"constraint:{number}": NOT_RUN if constraint.kind == "runs" else _kept(constraint, response.text)
        for number, constraint in enumerate(item.constraints, 1)
    }


def _kept(constraint: Constraint, text: str) -> Finding:
    if constraint.met_by(text):
        return Finding(1.0, "Your response keeps to this.")
    return Finding(0.0, "Your response does not keep to this.")


def passages(work: Work) -> tuple[Passage, ...]:
    """Return the response."""
    response = work.response
    return (Passage("Response", response.text),) if isinstance(response, SftResponse) else ()
