"""What a verdict means for a qualification on another platform."""

from datetime import UTC, datetime
from enum import StrEnum

from assessor.client.documents import ServedVerdict


class Standing(StrEnum):
    """What is to be done with the qualification."""

    GRANT = "grant"
    WITHDRAW = "withdraw"
    LEAVE = "leave"
    """Nothing is decided by this verdict: a person still looks at it, or another one took its place."""


def standing_of(
    served: ServedVerdict, *, demonstration: bool = False, now: datetime | None = None
) -> Standing:
    """Return what a verdict asks for. Read it afresh (`Client.verdict`), and verify its signature, before.

    What a demonstration or a test key made changes nothing unless `demonstration` is set. An inconclusive
    verdict says nothing against the candidate, so it changes nothing either.
    """
    verdict = served.document
    if served.status == "superseded" or not (verdict.livemode or demonstration):
        return Standing.LEAVE
    if served.status == "revoked" or verdict.valid_until <= (now or datetime.now(UTC)):
        return Standing.WITHDRAW
    return {"qualified": Standing.GRANT, "not_qualified": Standing.WITHDRAW}.get(
        verdict.decision, Standing.LEAVE
    )
