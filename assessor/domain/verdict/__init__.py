"""What counts as qualified: the rule that decides, and the document that says so.

`decide` is arithmetic over scores, `compose` binds its outcome to what made it, and one writer and
one reader turn the document into bytes and back.
"""

from assessor.domain.verdict.document import (
    SCHEMA_VERSION,
    VerdictDocument,
    bind,
    compose,
    explain,
    judges_of,
    read_verdict,
    write_verdict,
)
from assessor.domain.verdict.reasons import REASONS, Action, ReasonCode
from assessor.domain.verdict.rule import (
    THRESHOLDS,
    Basis,
    CompetencyResult,
    Decision,
    JudgeBasis,
    decide,
    keys_of,
)

__all__ = [
    "REASONS",
    "SCHEMA_VERSION",
    "THRESHOLDS",
    "Action",
    "Basis",
    "CompetencyResult",
    "Decision",
    "JudgeBasis",
    "ReasonCode",
    "VerdictDocument",
    "bind",
    "compose",
    "decide",
    "explain",
    "judges_of",
    "keys_of",
    "read_verdict",
    "write_verdict",
]
