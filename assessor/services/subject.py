"""Whose work is being done, for the cost ledger."""

from collections.abc import Iterator
from contextlib import contextmanager

from assessor.domain.assessment import Assessment
from assessor.ports import SUBJECT, Subject


@contextmanager
def on_behalf_of(assessment: Assessment) -> Iterator[None]:
    """Enter model calls that are made meanwhile, in this task and what it starts, under the assessment."""
    before = SUBJECT.set(Subject(assessment.id, assessment.ordered.tenant))
    try:
        yield
    finally:
        SUBJECT.reset(before)
