"""What a score that was raised on appeal may do to a decision: it never makes a result worse."""

from collections.abc import Mapping
from typing import Any

from assessor.domain.verdict.reasons import Action, ReasonCode
from assessor.domain.verdict.rule import Decision


def after_appeal(decision: Decision, stood: Mapping[str, Any]) -> Decision:
    """Return the decision with the appeal among its reasons. `stood` is the document of the live verdict.

    `qualified` stands, with its level, whatever the rule would say by now: policy, calibrations or the
    pilot's stage may have changed since, and another rater weighs otherwise.
    """
    if decision.decided_by == "rule" and stood["decision"] == "qualified" != decision.decision:
        return decision.changed(
            decision="qualified",
            level=stood["level"],
            reasons=(ReasonCode.RAISED_BY_APPEAL,),
            actor="none",
            action=Action.NONE,
        )
    return decision.changed(reasons=(*decision.reasons, ReasonCode.RAISED_BY_APPEAL))
