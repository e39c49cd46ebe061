"""What an order says about identity, and whether it can be had."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from assessor.domain.assessment import Assessment
from assessor.domain.errors import InvalidInput, invalid
from assessor.domain.identity import LEVEL_RANK, NOTHING_ASKED, Attestation, HostedOutcome, IdentityNeed
from assessor.domain.track import Track
from assessor.ports import IdentityService

if TYPE_CHECKING:
    from assessor.services.order import Order

CLOCK_SKEW = timedelta(minutes=5)
"""By how much a platform's clock may be ahead of ours."""


@dataclass(frozen=True)
class IdentityTerms:
    """How it is, and has to be, made sure who works."""

    need: IdentityNeed
    attested: Attestation | None = None
    carried: HostedOutcome | None = None

    @classmethod
    def again(cls, spoiled: Assessment) -> Self:
        """Return those of an attempt that is given back: nobody shows a document twice for our fault."""
        terms = spoiled.ordered
        return cls(terms.identity_need, terms.identity, spoiled.identity.verified)


def terms_of(order: "Order", track: Track, service: IdentityService | None, now: datetime) -> IdentityTerms:
    """Return the terms of a new order. Raises InvalidInput, for `identity`, when they cannot be met.

    A program has no documents: where it plays the candidate, nothing is asked.
    """
    attested = _attested(order, now)
    if order.simulated:
        return IdentityTerms(NOTHING_ASKED, attested)
    asked = IdentityNeed.model_validate(order.require_identity or {})
    need = track.identity.and_also(asked)
    if not need.is_met_by(attested) and not _can_check(service, need, livemode=order.livemode):
        raise _unmet(need, track.id, attested)
    return IdentityTerms(need, attested)


def _attested(order: "Order", now: datetime) -> Attestation | None:
    if order.identity is None:
        return None
    attested = Attestation.model_validate(order.identity)
    if attested.checked_at > now + CLOCK_SKEW:
        raise invalid("identity.checked_at", "lies in the future", "Send when the check was made.")
    return attested


def _can_check(service: IdentityService | None, need: IdentityNeed, *, livemode: bool) -> bool:
    if service is None or LEVEL_RANK[service.level] < LEVEL_RANK[need.level]:
        return False
    # What a service finds in its test mode vouches for nobody.
    return service.livemode or not livemode


def _unmet(need: IdentityNeed, track: str, attested: Attestation | None) -> InvalidInput:
    level = f"of level `{need.level}`" if need.level == "high" else f"of level `{need.level}` or more"
    if need.method == "hosted":
        return invalid(
            "identity",
            f"has to be checked by a hosted service, {level}, for {track}; none that does is set up here",
            "Order another track, or ask whoever runs this service to set one up (docs/identity.md).",
        )
    found = "is not attested" if attested is None else f"is attested as `{attested.level}` only"
    return invalid(
        "identity",
        f"{found}, and track {track} asks for an attestation {level}",
        "Send what you have made sure of, with `level`, `reference` and `checked_at`.",
    )
