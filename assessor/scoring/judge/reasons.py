"""Why a model's reading left something unscored, in words for the candidate."""

from collections.abc import Mapping

from assessor.domain.score import Unscored

NOBODY_READ = frozenset({Unscored.MODEL_UNAVAILABLE, Unscored.BUDGET_EXHAUSTED})
"""No model was reached, so the score stands under no model's name."""

_REASONS: Mapping[Unscored, str] = {
    Unscored.QUARANTINED: "Our language model failed a check of ours, so a person scores this.",
    Unscored.JUDGES_DISAGREE: "Several readings of this differ, so a person decides.",
    Unscored.BUDGET_EXHAUSTED: "A person scores this.",
    Unscored.EVIDENCE_NOT_FOUND: "The words given for this were not found in the answer.",
}
_FAULT = "A fault of ours left this unscored. It does not count against you; a person scores it."


def reason_for(why: Unscored) -> str:
    """Return what the candidate reads."""
    return _REASONS.get(why, _FAULT)
