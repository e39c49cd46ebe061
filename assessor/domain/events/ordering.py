"""What a platform orders, and how it is drawn and invited to."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.accommodation import Accommodation, BreakMinutes, TimeFactor
from assessor.domain.form import Form
from assessor.domain.grading import Grading
from assessor.domain.identity import NOTHING_ASKED, Attestation, HostedOutcome, IdentityNeed
from assessor.domain.ids import CandidateRef, Region, Slug
from assessor.domain.new_york import BiasAudit
from assessor.domain.policy import Compensation, Policy
from assessor.domain.value import Value

Outcome = Literal["qualified", "not_qualified", "needs_review"]
"""What an order in test mode may ask a simulated candidate to bring about."""


MAX_METADATA = 20


MetadataName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]


MetadataValue = Annotated[str, Field(max_length=500)]


Metadata = Annotated[dict[MetadataName, MetadataValue], Field(max_length=MAX_METADATA)]
"""What a platform notes for itself."""


class AssessmentOrdered(Value):
    """A platform asked for an assessment."""

    type: Literal["assessment.ordered"] = "assessment.ordered"
    tenant: str
    candidate_id: str
    candidate_ref: CandidateRef
    track: Slug
    track_version: int
    language: str
    specialty: Slug | None = None
    region: Region | None = None
    """Where the platform means to use the verdict; a pilot may be at another stage there."""
    jurisdiction: Slug | None = None
    notice_given_on: date | None = None
    """When the platform says that it told the candidate of the automated tool; a region may ask for it."""
    bias_audit: BiasAudit | None = None
    """The bias audit that the region asks for, as the platform had it recorded then."""
    livemode: bool
    simulated: bool = False
    """Played by a program, and shown as such wherever a person sees it."""
    policy: Policy
    time_factor: TimeFactor = 1.0
    untimed: bool = False
    extra_break_minutes: BreakMinutes = 0
    identity: Attestation | None = None
    identity_need: IdentityNeed = NOTHING_ASKED
    """How it has to be made sure who works: by the track, or by the order where that asks for more."""
    identity_carried: HostedOutcome | None = None
    """What a hosted service had found in the attempt that this one was given back for."""
    attempt: Annotated[int, Field(ge=1)] = 1
    replaces: str | None = None
    """The voided assessment that this attempt was given back for."""
    earlier_attempts: tuple[datetime, ...] = ()
    """When the candidate made those attempts at the track before that count, the oldest first."""
    retake_policy_waived: Annotated[str, Field(min_length=10, max_length=500)] | None = None
    """Why the platform ordered although the track's retake policy did not allow it; None where it did."""
    expires_at: datetime
    opens_at: datetime | None = None
    """From when it may be begun; None is at once."""
    compensation: Compensation | None = None
    """What the platform says about pay, in its own words; None says nothing."""
    metadata: Metadata = Field(default_factory=dict)
    redirect_url: str | None = None
    """Where the candidate may go on to at the end."""
    callback_endpoint: str | None = None
    """The one webhook endpoint that is told of this assessment; None is every one that wants to be."""
    simulate: Outcome | None = None
    """What a simulated candidate is to bring about."""

    @property
    def accommodation(self) -> Accommodation:
        """The accommodation that was ordered; later ones are facts of their own."""
        return Accommodation(
            time_factor=self.time_factor,
            untimed=self.untimed,
            extra_break_minutes=self.extra_break_minutes,
        )


class FormDrawn(Value):
    """The items were drawn."""

    type: Literal["form.drawn"] = "form.drawn"
    seed: str
    form: Form
    bank_hash: str
    rubrics_hash: str
    prompts_hash: str
    avoided: tuple[Slug, ...] = ()
    """Items that the candidate had seen before, sorted: drawn only where the bank had no others."""
    seen_before: tuple[Slug, ...] = ()
    """Those of them that could not be avoided."""
    retired: tuple[Slug, ...] = ()
    """Items that were retired when the form was drawn, sorted: never drawn."""
    grading: Grading | None = None
    """What had been switched on in place of what is installed; whole, so that a replay needs no file."""


class InviteIssued(Value):
    """A single-use link was made; only the hash of its token is kept."""

    type: Literal["invite.issued"] = "invite.issued"
    token_hash: str
    expires_at: datetime


class InviteRedeemed(Value):
    """The link was used; it opens nothing any more."""

    type: Literal["invite.redeemed"] = "invite.redeemed"
    token_hash: str


class MetadataReplaced(Value):
    """The platform noted something else for itself."""

    type: Literal["metadata.replaced"] = "metadata.replaced"
    metadata: Metadata
