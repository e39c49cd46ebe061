"""The judge, with the checks that stand between a model's words and a score."""

from assessor.scoring.judge.exchange import Budget, Record, Watch
from assessor.scoring.judge.judge import Judge

__all__ = ["Budget", "Judge", "Record", "Watch"]
