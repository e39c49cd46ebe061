"""The rubric engine: every score comes from here, or from a person."""

from assessor.scoring.code import with_code_run
from assessor.scoring.judge import Budget, Judge
from assessor.scoring.rater import Rater, Work, needs_reader, rate_by_rule, waiting

__all__ = ["Budget", "Judge", "Rater", "Work", "needs_reader", "rate_by_rule", "waiting", "with_code_run"]
