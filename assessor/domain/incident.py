"""What of an assessment's log belongs in the account of an incident: what happened, and no word of anybody.

Most facts hold what a candidate or a reviewer wrote. Those named here are told, each with the fields named
beside it; no other fact and no other field is.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from assessor.domain import events as e

TOLD: Final[Mapping[type[e.Fact], tuple[str, ...]]] = MappingProxyType(
    {
        e.AssessmentOrdered: ("track", "track_version", "language", "region", "jurisdiction"),
        e.AssessmentStarted: (),
        e.AssessmentSubmitted: ("by",),
        e.AssessmentExpired: (),
        e.AssessmentCancelled: (),
        e.AssessmentVoided: ("successor",),
        e.FormDrawn: ("prompts_hash", "bank_hash", "rubrics_hash"),
        e.FaultRecorded: ("where", "kind"),
        e.HoldReleased: ("by",),
        e.IdentityUnavailable: ("kind",),
        e.ItemRetired: ("item_id", "by"),
        e.ModelReplied: ("purpose", "item_id", "model", "request_hash"),
        e.AnswerObserved: ("item_id", "model"),
        e.ScoringStarted: (),
        e.ScoringRepeated: ("by", "item_ids", "models", "rubrics_hash", "prompts_hash"),
        e.VerdictIssued: ("verdict_id", "supersedes"),
        e.VerdictRevoked: ("verdict_id", "by", "reason"),
        e.AppealFiled: (),
        e.AppealAnswered: (),
    }
)
"""By the kind of fact. The reason of a revocation is public: it is told to whoever reads the verdict."""

TYPES: Final = frozenset(str(fact.model_fields["type"].default) for fact in TOLD)


def told(fact: e.Fact) -> dict[str, Any]:
    """Return what is told of a fact, as JSON types; of one that is not told at all, nothing."""
    return fact.model_dump(mode="json", include=set(TOLD.get(type(fact), ())))
