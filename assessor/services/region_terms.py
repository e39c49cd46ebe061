"""What a region asks of an order before anybody is invited, so that nobody is turned away at the door.

An assessment can be begun until its invitation expires: what has to hold then is asked for when it is
ordered, and whenever it gets more time.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from assessor.domain.assessment import UNBEGUN, Assessment
from assessor.domain.errors import invalid
from assessor.domain.new_york import NOTICE_BUSINESS_DAYS, REGION, BiasAudit, earliest_use
from assessor.ports import Tenant
from assessor.services.order import Order


def held_to_region(
    order: Order, tenant: Tenant, now: datetime, ends: Callable[[datetime], datetime]
) -> Order:
    """Return the order with what its region asks for: from when, until when, and by which bias audit.

    Raises InvalidInput where it cannot be had like that. `ends` says until when an invitation runs.
    """
    if order.region != REGION:
        return order
    earliest = earliest_use(_notice(order.notice_given_on, now))
    if order.opens_at is not None and order.opens_at < earliest:
        raise invalid(
            "opens_at",
            f"is before {earliest.isoformat()}, {NOTICE_BUSINESS_DAYS} business days after the notice",
            "Name that time or a later one, or leave it out.",
        )
    opens_at = order.opens_at or (earliest if earliest > now else None)
    expires_at = order.expires_at or ends(opens_at or now)
    if expires_at <= earliest:
        raise invalid(
            "expires_at",
            f"is not after {earliest.isoformat()}, {NOTICE_BUSINESS_DAYS} business days after the notice",
            "Name a later time.",
        )
    audit = audit_until(order.track, tenant.bias_audits, expires_at)
    return replace(order, opens_at=opens_at, expires_at=expires_at, bias_audit=audit)


def audit_until(track: str, audits: Sequence[BiasAudit], expires_at: datetime) -> BiasAudit:
    """Return the bias audit of a track that holds until then. Raises InvalidInput where none does."""
    audit = next((one for one in audits if one.track == track), None)
    record = "Have one recorded by whoever runs the service: assessor fairness record-audit."
    if audit is None:
        raise invalid("region", f"{REGION} asks for a bias audit of {track}, and none is recorded", record)
    if expires_at > audit.ends_at:
        raise invalid(
            "expires_at",
            f"is more than a year after the bias audit of {track}, which is of {audit.audited_on}",
            f"Name {audit.ends_at.isoformat()} or an earlier time. {record}",
        )
    return audit


def begin_within_audit(assessment: Assessment, wanted: datetime) -> datetime:
    """Return by when to begin: as wanted, or when the audit ends that the order rests on."""
    audit = assessment.ordered.bias_audit
    if audit is None or assessment.status not in UNBEGUN:
        return wanted
    return min(wanted, audit.ends_at)


def _notice(given_on: date | None, now: datetime) -> date:
    if given_on is None:
        raise invalid(
            "notice_given_on",
            f"is missing, and orders of the region {REGION} need it",
            "Send the day on which you told the candidate of the automated tool, as 2026-11-02.",
        )
    if given_on > now.date():
        raise invalid("notice_given_on", "is to come", "Order once you have told the candidate.")
    return given_on
