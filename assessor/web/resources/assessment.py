"""An assessment as it was ordered, and where it stands."""

from datetime import datetime
from typing import Literal

from assessor.domain.appeal import Appeal, AppealState
from assessor.domain.assessment import Assessment, Projection, Status
from assessor.domain.events import HelpKind, Outcome
from assessor.domain.identification import CheckState
from assessor.domain.identity import IdentityNeed
from assessor.domain.value import Value
from assessor.services.order import Ordered


class OrderedAssessment(Value):
    """An assessment as it was ordered, with the link that opens it once."""

    id: str
    object: Literal["assessment"] = "assessment"
    status: Status
    candidate_ref: str
    track: str
    form: str
    language: str
    livemode: bool
    created_at: datetime
    expires_at: datetime
    opens_at: datetime | None
    """From when it can be begun; null is at once."""
    compensation: str | None
    """What the candidate is told about pay."""
    metadata: dict[str, str]
    redirect_url: str | None
    callback_endpoint: str | None
    simulate: Outcome | None
    invite_url: str
    """Opens the assessment once. Shown here and never again; a new one can be issued."""


class AssessmentLinks(Value):
    """Where to go on."""

    self: str
    verdict: str
    verdicts: str
    transcript: str


class AssessmentResource(Value):
    """Where an assessment stands."""

    id: str
    object: Literal["assessment"] = "assessment"
    status: Status
    candidate_ref: str
    track: str
    livemode: bool
    simulated: bool
    """Played by a program."""
    created_at: datetime
    expires_at: datetime
    deadline: datetime | None
    """Null before the start, during a break, and for an untimed assessment."""
    paused_until: datetime | None
    """When a break ends by itself."""
    needs_help: HelpKind | None
    """The most urgent thing that the candidate asked for and no reviewer has seen to yet."""
    submitted_at: datetime | None
    decision: Literal["qualified", "not_qualified", "needs_review", "inconclusive"] | None
    open_criteria: int
    """How many criteria wait for a person."""
    links: AssessmentLinks


class IdentityResource(Value):
    """How it has to be made sure who works, and how far that has come."""

    needs: IdentityNeed
    check: CheckState
    """Where the candidate's check by the hosted service stands."""


class AppealResource(Value):
    """The appeal of one criterion. What the candidate wrote about it is for reviewers."""

    item_id: str
    criterion: str
    status: AppealState
    """`waiting`; `kept` or `raised` once a person who had not seen the score has answered; `void` when the
    criterion counts no more."""
    filed_at: datetime
    due_at: datetime
    """By when the answer is promised."""
    answered_at: datetime | None
    score_before: float | None
    """Null where it was not scored."""
    score_after: float | None
    """Null until it is answered, and where it is not scored."""


class AssessmentDetail(AssessmentResource):
    """An assessment with its terms. What is noted in `metadata` is sealed, so lists do without it."""

    form: str
    language: str
    attempt: int
    identity: IdentityResource
    opens_at: datetime | None
    """From when it can be begun; null is at once."""
    compensation: str | None
    """What the candidate is told about pay."""
    metadata: dict[str, str]
    redirect_url: str | None
    callback_endpoint: str | None
    simulate: Outcome | None
    appeals: tuple[AppealResource, ...]
    """What the candidate appealed, the first filed first."""


class AssessmentList(Value):
    """Assessments, newest first."""

    object: Literal["list"] = "list"
    data: tuple[AssessmentResource, ...]
    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""


class Invite(Value):
    """A new link; the earlier one and any open session have stopped working."""

    object: Literal["invite"] = "invite"
    assessment_id: str
    invite_url: str
    expires_at: datetime


def ordered_assessment(ordered: Ordered) -> OrderedAssessment:
    """Write down a fresh order."""
    row, terms = ordered.assessment.projection(), ordered.assessment.ordered
    return OrderedAssessment(
        id=row.id,
        status=row.status,
        candidate_ref=row.candidate_ref,
        track=row.track,
        form=ordered.assessment.form.name,
        language=terms.language,
        livemode=row.livemode,
        created_at=row.ordered_at,
        expires_at=row.expires_at,
        opens_at=terms.opens_at,
        compensation=terms.compensation,
        metadata=dict(ordered.assessment.metadata),
        redirect_url=terms.redirect_url,
        callback_endpoint=terms.callback_endpoint,
        simulate=terms.simulate,
        invite_url=ordered.invite_url,
    )


def assessment_resource(row: Projection) -> AssessmentResource:
    """Write down where an assessment stands."""
    here = f"/v1/assessments/{row.id}"
    return AssessmentResource.model_validate(
        {
            "id": row.id,
            "status": row.status,
            "candidate_ref": row.candidate_ref,
            "track": row.track,
            "livemode": row.livemode,
            "simulated": row.simulated,
            "created_at": row.ordered_at,
            "expires_at": row.expires_at,
            "deadline": row.deadline,
            "paused_until": row.paused_until,
            "needs_help": row.needs_help,
            "submitted_at": row.submitted_at,
            "decision": row.decision,
            "open_criteria": row.open_criteria,
            "links": {"self": here}
            | {name: f"{here}/{name}" for name in ("verdict", "verdicts", "transcript")},
        }
    )


def assessment_detail(assessment: Assessment) -> AssessmentDetail:
    """Write down where an assessment stands, with its terms."""
    terms = assessment.ordered
    return AssessmentDetail(
        **dict(assessment_resource(assessment.projection())),
        form=assessment.form.name,
        language=terms.language,
        attempt=terms.attempt,
        identity=IdentityResource(needs=terms.identity_need, check=assessment.identity.state),
        opens_at=terms.opens_at,
        compensation=terms.compensation,
        metadata=dict(assessment.metadata),
        redirect_url=terms.redirect_url,
        callback_endpoint=terms.callback_endpoint,
        simulate=terms.simulate,
        appeals=tuple(_appeal(assessment, one) for one in assessment.appeals.values()),
    )


def _appeal(assessment: Assessment, appeal: Appeal) -> AppealResource:
    answer = appeal.answer
    return AppealResource(
        item_id=appeal.before.item_id,
        criterion=appeal.before.criterion,
        status=assessment.appeal_state(appeal),
        filed_at=appeal.filed_at,
        due_at=appeal.due_at,
        answered_at=answer.at if answer else None,
        score_before=appeal.before.value,
        score_after=answer.after.value if answer else None,
    )


def invite(ordered: Ordered) -> Invite:
    """Write down a new link."""
    assessment: Assessment = ordered.assessment
    (expires_at,) = assessment.invites.values()
    return Invite(assessment_id=assessment.id, invite_url=ordered.invite_url, expires_at=expires_at)
