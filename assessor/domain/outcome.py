"""Outcomes: how good the work was that somebody did after an assessment, as the platform saw it."""

from datetime import timedelta
from typing import Annotated, NamedTuple

from pydantic import AwareDatetime, Field, StringConstraints

from assessor.domain.ids import Slug
from assessor.domain.value import Value

Metric = Slug
"""What was measured, in a short name of the platform's own: `accept_rate`, `audit_score`."""

WorkReference = Annotated[str, StringConstraints(max_length=128, pattern=r"^[\x21-\x7e]*$")]
"""A platform's own reference of a piece of work, printable and without spaces; empty for none."""

MOST = 1e12
"""The largest value, either way: means and squares of any number of them can be worked out."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far in the future an observation may lie: no two clocks agree."""


class OutcomeKey(NamedTuple):
    """What makes two outcomes the same one, however often it is sent."""

    assessment_id: str
    metric: str
    work: str
    observed_at: AwareDatetime


class Outcome(Value):
    """One observation of one person's work."""

    id: str
    assessment_id: str
    metric: Metric
    value: Annotated[float, Field(ge=-MOST, le=MOST)]
    """On the metric's own scale; more is better."""
    work: WorkReference = ""
    observed_at: AwareDatetime
    recorded_at: AwareDatetime

    @property
    def key(self) -> OutcomeKey:
        """What makes it the same outcome when it is sent again."""
        return OutcomeKey(self.assessment_id, self.metric, self.work, self.observed_at)
