"""Items of a question bank, one model a category.

What a candidate may see and what only raters may see are apart: everything secret is under `key`
(or in the item's rubric), and `presented()` leaves it out.
"""

from typing import Annotated

from pydantic import Field

from assessor.domain.item.base import (
    RULE_SCORED,
    AiPolicy,
    Category,
    ItemBase,
    Key,
    Rationale,
    Share,
    Source,
    Text,
)
from assessor.domain.item.evaluation import (
    SHARES_ROUNDING,
    Dimension,
    DimensionKey,
    EvaluationItem,
    EvaluationKey,
    Issue,
    IssueTag,
)
from assessor.domain.item.interview import InterviewItem, Probe, ProbeKind, QuestionWords
from assessor.domain.item.ranking import CandidateResponse, PairAgreement, RankingItem, RankingKey
from assessor.domain.item.rubric_writing import (
    LEAST_RANKS,
    HiddenResponse,
    MustHave,
    RubricWritingItem,
    RubricWritingKey,
)
from assessor.domain.item.sft import SftItem, SftKey
from assessor.domain.item.trajectory import (
    ErrorClass,
    Outcome,
    Step,
    StepKey,
    StepLabel,
    ToolCall,
    TrajectoryItem,
    TrajectoryKey,
)

__all__ = [
    "LEAST_RANKS",
    "RULE_SCORED",
    "SHARES_ROUNDING",
    "AiPolicy",
    "CandidateResponse",
    "Category",
    "Dimension",
    "DimensionKey",
    "ErrorClass",
    "EvaluationItem",
    "EvaluationKey",
    "HiddenResponse",
    "InterviewItem",
    "Issue",
    "IssueTag",
    "Item",
    "ItemBase",
    "Key",
    "MustHave",
    "Outcome",
    "PairAgreement",
    "Probe",
    "ProbeKind",
    "QuestionWords",
    "RankingItem",
    "RankingKey",
    "Rationale",
    "RubricWritingItem",
    "RubricWritingKey",
    "SftItem",
    "SftKey",
    "Share",
    "Source",
    "Step",
    "StepKey",
    "StepLabel",
    "Text",
    "ToolCall",
    "TrajectoryItem",
    "TrajectoryKey",
]

Item = Annotated[
    InterviewItem | EvaluationItem | RankingItem | RubricWritingItem | SftItem | TrajectoryItem,
    Field(discriminator="category"),
]
