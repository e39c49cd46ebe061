"""Whether groups of people fare unlike, and whether that is more than chance."""

from assessor.domain.fairness.audit import Audit, AuditRow, audit
from assessor.domain.fairness.course import STAGES, Course, Stage
from assessor.domain.fairness.items import ItemAnswer, ItemDifference, item_differences
from assessor.domain.fairness.rule import RULE, FairnessRule, Status
from assessor.domain.fairness.scores import GroupScores, ScoreDifferences, score_differences
from assessor.domain.fairness.selection import GroupRate, StageRates, compared, stage_rates

__all__ = [
    "RULE",
    "STAGES",
    "Audit",
    "AuditRow",
    "Course",
    "FairnessRule",
    "GroupRate",
    "GroupScores",
    "ItemAnswer",
    "ItemDifference",
    "ScoreDifferences",
    "Stage",
    "StageRates",
    "Status",
    "audit",
    "compared",
    "item_differences",
    "score_differences",
    "stage_rates",
]
