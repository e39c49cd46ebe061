"""What a platform asks for, whether it can be had, and how it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.errors import invalid
from assessor.domain.library import Library
from assessor.domain.new_york import BiasAudit
from assessor.domain.track import Track
from assessor.ports import Tenant
from assessor.services.identity_terms import IdentityTerms
from assessor.services.retaking import Attempt


@dataclass(frozen=True)
class Order:
    """What a platform asks for. Three are accommodations, as in `domain/accommodation.py`."""

    candidate_ref: str
    track: str
    candidate_email: str | None = field(default=None, repr=False)
    """Where to write to the candidate; without it nothing is written. No fact holds it."""
    form: str = "full"
    language: str = "en"
    specialty: str | None = None
    """One of the track's; items of another one are not drawn."""
    region: str | None = None
    """For which part of the world it is; the pilot's stage may be another one there."""
    notice_given_on: date | None = None
    """When the candidate was told of the automated tool, where the region asks for that."""
    bias_audit: BiasAudit | None = None
    """The one that the order rests on, where the region asks for one; never the platform's to send."""
    jurisdiction: str | None = None
    """One of the track's, its first by default; items of another one are not drawn."""
    simulated: bool = False
    livemode: bool = True
    time_factor: float = 1.0
    untimed: bool = False
    extra_break_minutes: int = 0
    waive_retake_policy: str | None = None
    """Why the attempt is given although the track's retake policy does not allow it yet."""
    identity: Mapping[str, Any] | None = None
    """What the platform attests, as in `domain/identity.py`."""
    require_identity: Mapping[str, Any] | None = None
    """How it has to be made sure who works, where that is more than the track asks for."""
    expires_at: datetime | None = None
    """By when it has to be begun; as set for the whole service where it is None."""
    opens_at: datetime | None = None
    """From when it may be begun; at once where it is None."""
    compensation: str | None = None
    """What candidates are told about pay; the platform's policy says it where it is None."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    redirect_url: str | None = None
    callback_endpoint: str | None = None
    simulate: e.Outcome | None = None


@dataclass(frozen=True)
class Ordered:
    """A new assessment and the link that opens it once."""

    assessment: Assessment
    invite_url: str


def offered(tenant: Tenant, order: Order, library: Library) -> Track:
    """Return the track that is ordered. Raises InvalidInput when it is not to be had like that."""
    track = library.offered_to(tenant.id, order.track)
    if track is None:
        known = ", ".join(sorted(library.tracks.keys() - library.owners.keys()))
        raise invalid("track", f"{order.track!r} is not a track", f"Use one of: {known}.")
    if order.language not in track.languages:
        raise invalid(
            "language",
            f"the interview of track {track.id} cannot be held in {order.language!r}",
            f"Use one of: {', '.join(track.languages)}.",
        )
    _require_one_of("specialty", order.specialty, track.id, track.specialties)
    _require_one_of("jurisdiction", order.jurisdiction, track.id, track.jurisdictions)
    return track


def _require_one_of(field: str, asked: str | None, track: str, choices: Sequence[str]) -> None:
    if asked is None or asked in choices:
        return
    remedy = f"Use one of: {', '.join(choices)}." if choices else "Leave it out: the track has none."
    raise invalid(field, f"{asked!r} is not a {field} of track {track}", remedy)


def ordered_fact(
    tenant: Tenant,
    order: Order,
    library: Library,
    candidate_id: str,
    expires_at: datetime,
    attempt: Attempt,
    identity: IdentityTerms,
    replaces: str | None,
) -> e.AssessmentOrdered:
    """Return the order as it is kept. Raises InvalidInput where it cannot be had like that."""
    track = offered(tenant, order, library)
    _require_simulable(order)
    return e.AssessmentOrdered(
        tenant=tenant.id,
        candidate_id=candidate_id,
        candidate_ref=order.candidate_ref,
        track=track.id,
        track_version=track.version,
        language=order.language,
        specialty=order.specialty,
        region=order.region,
        jurisdiction=order.jurisdiction or track.jurisdiction,
        notice_given_on=order.notice_given_on,
        bias_audit=order.bias_audit,
        livemode=order.livemode,
        simulated=order.simulated,
        # For a chosen outcome rules and models never decide, so that a (simulated) person can.
        policy=(
            tenant.policy.changed(judge_may_score=False, rules_may_decide=())
            if order.simulate
            else tenant.policy
        ),
        time_factor=order.time_factor,
        untimed=order.untimed,
        extra_break_minutes=order.extra_break_minutes,
        attempt=attempt.number,
        replaces=replaces,
        earlier_attempts=attempt.earlier,
        retake_policy_waived=attempt.waived,
        identity=identity.attested,
        identity_need=identity.need,
        identity_carried=identity.carried,
        expires_at=expires_at,
        opens_at=_opens_at(order, expires_at),
        compensation=order.compensation or tenant.policy.compensation,
        metadata=dict(order.metadata),
        redirect_url=order.redirect_url,
        callback_endpoint=order.callback_endpoint,
        simulate=order.simulate,
    )


def _opens_at(order: Order, expires_at: datetime) -> datetime | None:
    if order.opens_at is not None and order.opens_at >= expires_at:
        raise invalid(
            "opens_at", f"is not before {expires_at.isoformat()}, when it expires", "Name an earlier time."
        )
    return order.opens_at


def _require_simulable(order: Order) -> None:
    # A simulated candidate knows the keys.
    if order.simulate and (order.livemode or not order.simulated):
        raise invalid("simulate", "is for test keys only", "Leave it out, or order with a test key.")
