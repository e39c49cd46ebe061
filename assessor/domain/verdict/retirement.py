"""What a retired item may do to a decision: a mistake of ours never makes a result worse by itself."""

from assessor.domain.verdict.reasons import Action, ReasonCode
from assessor.domain.verdict.rule import Decision


def after_retirement(decision: Decision, stood: str | None) -> Decision:
    """Return the decision with the retirement among its reasons.

    `stood` is what the live verdict says, None before the first one. What a rule would lower stays:
    `qualified` stands until a person has looked at it, and nobody becomes `not_qualified` but by a person.
    What a person decided stays as they decided it.
    """
    if decision.decided_by == "rule" and stood == "qualified" and decision.decision != "qualified":
        return decision.changed(
            decision="qualified",
            reasons=(ReasonCode.ITEM_RETIRED, ReasonCode.STANDS_UNTIL_REVIEWED),
            actor="reviewer",
            action=Action.DECIDE,
        )
    if decision.decided_by == "rule" and decision.decision == "not_qualified" and stood != "not_qualified":
        return decision.changed(
            decision="needs_review",
            reasons=(ReasonCode.ITEM_RETIRED, ReasonCode.PROPOSED_NOT_QUALIFIED),
            actor="reviewer",
            action=Action.CONFIRM,
        )
    return decision.changed(reasons=(*decision.reasons, ReasonCode.ITEM_RETIRED))
