"""Whose work is being done, for the cost ledger and the rules on providers."""

from collections.abc import Iterator
from contextlib import contextmanager

from assessor.domain.assessment import Assessment
from assessor.domain.providers import scopes_of
from assessor.ports import SUBJECT, Subject


@contextmanager
def on_behalf_of(assessment: Assessment) -> Iterator[None]:
    """Enter model calls that are made meanwhile, in this task and what it starts, under the assessment.

    Whoever sends a candidate's words to a model does it within this: the rules on providers go by it.
    """
    ordered = assessment.ordered
    before = SUBJECT.set(Subject(assessment.id, ordered.tenant, scopes_of(ordered)))
    try:
        yield
    finally:
        SUBJECT.reset(before)
