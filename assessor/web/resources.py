"""The JSON documents of the platforms' API."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field

from assessor import __version__
from assessor.domain.accommodation import BreakMinutes, TimeFactor
from assessor.domain.appeal import Appeal, AppealState
from assessor.domain.assessment import Assessment, Projection, Status
from assessor.domain.events import HelpKind, Outcome
from assessor.domain.identification import CheckState
from assessor.domain.identity import IdentityNeed
from assessor.domain.item import AiPolicy, Category, Item
from assessor.domain.track import FormPlan, Level, Track
from assessor.domain.value import Value
from assessor.domain.verdict import VerdictDocument
from assessor.domain.wishes import Wish
from assessor.ports import StoredVerdict
from assessor.services.caring import MAX_REASON_CHARS, MAX_TOLD_CHARS
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


class AccommodationRequest(Value):
    """What is to hold from now on. What is left out stays as it is, and nothing is ever taken away."""

    model_config = ConfigDict(strict=True)

    time_factor: TimeFactor | None = None
    """Usually 1.25, 1.5 or 2. Time that was used stays used; what is left is scaled."""
    untimed: bool | None = None
    """True takes the deadline away."""
    extra_break_minutes: BreakMinutes | None = None
    """In all, beyond what your policy gives everybody."""
    reason: Annotated[str, Field(max_length=MAX_REASON_CHARS)] = ""
    """For your own records. Name no diagnosis."""
    answer: Literal["granted", "declined"] | None = None
    """Answers the candidate's `request` as a whole. What you grant beside it holds at once."""
    message: Annotated[str, Field(max_length=MAX_TOLD_CHARS)] = ""
    """Shown to the candidate with the answer; needed where you decline."""


class AccommodationAsked(Value):
    """What the candidate asked for last."""

    asked_at: datetime
    wishes: tuple[Wish, ...]
    note: str
    """In the candidate's own words, and for whoever decides about it alone: it may be about their health."""
    waiting: tuple[Wish, ...]
    """What waits for your answer; the rest holds, or was answered. Nothing once the work is handed in."""
    answer: Literal["granted", "declined"] | None
    message: str | None
    answered_at: datetime | None


class AccommodationResource(Value):
    """The terms that hold, and what they do to the time. Reviewers who score do not see them."""

    object: Literal["accommodation"] = "accommodation"
    assessment_id: str
    status: Status
    time_factor: float
    untimed: bool
    extra_break_minutes: int
    minutes: float | None
    """Working time in all; null without a limit."""
    break_minutes: float | None
    """Break time in all; null where no clock runs."""
    deadline: datetime | None
    """Null before the start, during a break, and for an untimed assessment."""
    request: AccommodationAsked | None
    """Null where the candidate has asked for nothing."""


class ConsentAnswer(Value):
    """What the candidate said once about one use."""

    use: str
    given: bool
    at: datetime
    version: str
    """Of the notice whose words were answered."""
    hash: str


class ConsentResource(Value):
    """What a candidate agreed to beyond the notice. Reviewers who score do not see it."""

    object: Literal["consents"] = "consents"
    assessment_id: str
    notice_version: str | None
    """The edition of the notice that was read last; null before the start."""
    notice_hash: str | None
    agreed_to: tuple[str, ...]
    """The uses that are allowed now, such as `task-quality`."""
    history: tuple[ConsentAnswer, ...]
    """Every answer, the oldest first."""


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


class TrackCompetency(Value):
    """One thing that is measured."""

    id: str
    title: str
    description: str


class TrackSection(Value):
    """A part of a form."""

    category: Category
    items: int
    """How many are asked."""
    ai_policies: tuple[AiPolicy, ...]
    """What its items say of AI tools; each states its own to the candidate."""


class TrackForm(Value):
    """One way of assessing for a track."""

    minutes: int
    """What the candidate is told."""
    time_limit_minutes: int
    """How long the session stays open once it is started, before accommodations."""
    sections: tuple[TrackSection, ...]


class TrackResource(Value):
    """What one can be assessed for."""

    id: str
    object: Literal["track"] = "track"
    title: str
    summary: str
    minutes: dict[str, int]
    """What the candidate is told, by form."""
    forms: dict[str, TrackForm]
    competencies: tuple[TrackCompetency, ...]
    languages: tuple[str, ...]
    specialties: tuple[str, ...]
    levels: tuple[Level, ...]
    """What a verdict may name beside `qualified`, from the lowest; empty where there is one line only."""
    rules_url: str | None
    """The page that says how candidates are scored; null for a track of your own, which only they see."""
    jurisdictions: tuple[str, ...]
    """The first is taken when an order names none."""
    identity: IdentityNeed
    """How it has to be made sure who works; an order may ask for more."""


class TrackList(Value):
    """Every track."""

    object: Literal["list"] = "list"
    data: tuple[TrackResource, ...]


class ServedVerdict(Value):
    """A signed verdict, with what may change later beside it."""

    status: Literal["issued", "superseded", "revoked"]
    superseded_by: str | None
    revoked_at: datetime | None
    reason: str | None
    """Why it was revoked."""
    document: VerdictDocument
    """Exactly the bytes that were signed."""
    jws: str
    """Compact JWS over the document, Ed25519."""


class VerdictList(Value):
    """All verdicts of an assessment, oldest first; at most one is `issued`."""

    object: Literal["list"] = "list"
    data: tuple[ServedVerdict, ...]


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


def accommodation_resource(assessment: Assessment) -> AccommodationResource:
    """Write down the terms that hold."""
    limit = assessment.accommodation.limit(assessment.form.time_limit_minutes)
    budget = assessment.break_budget
    return AccommodationResource(
        assessment_id=assessment.id,
        status=assessment.status,
        minutes=None if limit is None else limit.total_seconds() / 60,
        break_minutes=None if budget is None else budget / 60,
        deadline=assessment.deadline,
        request=_asked(assessment),
        **assessment.accommodation.model_dump(),
    )


def _asked(assessment: Assessment) -> AccommodationAsked | None:
    asked = assessment.asked
    if asked is None:
        return None
    said = asked.answer
    return AccommodationAsked(
        asked_at=asked.at,
        wishes=asked.wishes,
        note=asked.note,
        waiting=assessment.waits_for_platform,
        answer=None if said is None else ("granted" if said.is_granted else "declined"),
        message=said.told if said else None,
        answered_at=said.at if said else None,
    )


def consent_resource(assessment: Assessment) -> ConsentResource:
    """Write down what a candidate agreed to."""
    notice = assessment.notice
    return ConsentResource(
        assessment_id=assessment.id,
        notice_version=notice.version if notice else None,
        notice_hash=notice.hash if notice else None,
        agreed_to=tuple(use for use, given in assessment.agreed_to.items() if given),
        history=tuple(
            ConsentAnswer(use=one.use, given=one.given, at=at, version=one.version, hash=one.hash)
            for at, one in assessment.consents
        ),
    )


def track_resource(track: Track, items: Collection[Item], *, is_own: bool) -> TrackResource:
    """Write down what a platform may know of a track; cut scores and weights stay inside."""
    return TrackResource(
        id=track.id,
        title=track.title,
        summary=track.summary,
        minutes={str(name): plan.minutes for name, plan in track.forms.items()},
        forms={str(name): _form(plan, items) for name, plan in track.forms.items()},
        competencies=tuple(
            TrackCompetency(id=competency.id, title=competency.title, description=competency.description)
            for competency in track.competencies
        ),
        languages=track.languages,
        specialties=track.specialties,
        levels=("entry", *(name for name, _ in track.higher_levels)) if track.levels else (),
        rules_url=None if is_own else f"/how-you-are-scored/{track.id}",
        jurisdictions=track.jurisdictions,
        identity=track.identity,
    )


def _form(plan: FormPlan, items: Collection[Item]) -> TrackForm:
    return TrackForm(
        minutes=plan.minutes,
        time_limit_minutes=plan.time_limit_minutes,
        sections=tuple(
            TrackSection(
                category=section.category,
                items=section.count,
                ai_policies=tuple(
                    sorted({item.ai_policy for item in items if item.category is section.category})
                ),
            )
            for section in plan.sections
        ),
    )


def served_verdict(verdict: StoredVerdict) -> bytes:
    """Put a verdict together around its stored bytes, which are never written anew."""
    # A compact JWS has no character that JSON writes otherwise.
    return b'%s, "document": %s, "jws": "%s"}' % (_standing(verdict), verdict.document, verdict.jws.encode())


def _standing(verdict: StoredVerdict) -> bytes:
    """Write what changes later, without the closing brace. Most of what is polled holds."""
    if verdict.status == "issued":
        return _HOLDS
    head = {
        "status": verdict.status,
        "superseded_by": verdict.superseded_by,
        "revoked_at": verdict.revoked_at.isoformat() if verdict.revoked_at else None,
        "reason": verdict.revoked_because,
    }
    return json.dumps(head)[:-1].encode()


_HOLDS: Final = b'{"status": "issued", "superseded_by": null, "revoked_at": null, "reason": null'


def verdict_tag(verdict: StoredVerdict, media_type: str) -> str:
    """Return a strong entity tag of a verdict in one form, without looking at the document.

    What was signed never changes, so the id stands for it; the rest is what changes beside it, and how this
    release writes it.
    """
    standing = f"{verdict.id} {verdict.status} {verdict.superseded_by} {verdict.revoked_at} {media_type}"
    return etag(f"{standing} {__version__}".encode())


def etag(body: bytes) -> str:
    """Return a strong entity tag of a body."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
