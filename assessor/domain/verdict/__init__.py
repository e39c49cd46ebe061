"""What counts as qualified: the rule that decides, and the document that says so.

`decide` is arithmetic over scores, `compose` binds its outcome to what made it, and one writer and
one reader turn the document into bytes and back.
"""

from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.verdict.basis import Basis, JudgeBasis, keys_of
from assessor.domain.verdict.counterfactual import Counterfactual, what_would_change
from assessor.domain.verdict.document import (
    SCHEMA_VERSION,
    VerdictDocument,
    bind,
    compose,
    decide_on,
    explain,
    judges_of,
    read_verdict,
    working_language,
    write_verdict,
)
from assessor.domain.verdict.explanation import Explanation, explanation_of
from assessor.domain.verdict.outlook import Outlook, Standing, outlook, standing_of
from assessor.domain.verdict.reasons import REASONS, Action, ReasonCode
from assessor.domain.verdict.rule import CompetencyResult, Decision, decide
from assessor.domain.verdict.stated import StatedRule, stated_rules
from assessor.domain.verdict.stopping import is_clear, probability_by_rules
from assessor.domain.verdict.summary import VerdictStatus, VerdictSummary

__all__ = [
    "REASONS",
    "SCHEMA_VERSION",
    "THRESHOLDS",
    "Action",
    "Basis",
    "CompetencyResult",
    "Counterfactual",
    "Decision",
    "Explanation",
    "JudgeBasis",
    "Outlook",
    "ReasonCode",
    "Standing",
    "StatedRule",
    "VerdictDocument",
    "VerdictStatus",
    "VerdictSummary",
    "bind",
    "compose",
    "decide",
    "decide_on",
    "explain",
    "explanation_of",
    "is_clear",
    "judges_of",
    "keys_of",
    "outlook",
    "probability_by_rules",
    "read_verdict",
    "standing_of",
    "stated_rules",
    "what_would_change",
    "working_language",
    "write_verdict",
]
