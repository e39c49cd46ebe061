"""Whose work is being done, for the cost ledger, the rules on providers, the log and the trace."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from assessor import tracing
from assessor.domain.assessment import Assessment
from assessor.domain.providers import scopes_of
from assessor.ports import SUBJECT, Subject


@contextmanager
def on_behalf_of(assessment: Assessment) -> Iterator[None]:
    """Enter what is done meanwhile, in this task and what it starts, under the assessment.

    That is for calls to models in the ledger, lines in the log, and the current span. Whoever sends a
    candidate's words to a model does it within this: the rules on providers go by it.
    """
    ordered = assessment.ordered
    tracing.describe(assessment=assessment.id, tenant=ordered.tenant)
    before = SUBJECT.set(Subject(assessment.id, ordered.tenant, scopes_of(ordered)))
    try:
        with structlog.contextvars.bound_contextvars(assessment=assessment.id, tenant=ordered.tenant):
            yield
    finally:
        SUBJECT.reset(before)
