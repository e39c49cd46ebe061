"""The facts of an assessment. Each is one event of its append-only log."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from assessor.domain.accommodation import Accommodation, BreakMinutes, TimeFactor
from assessor.domain.appeal import AppealedCriterion, AppealOutcome, Ground
from assessor.domain.calibration import Standing
from assessor.domain.evidence import Evidence
from assessor.domain.form import Form, FormItem
from assessor.domain.grading import Grading
from assessor.domain.identity import (
    NOTHING_ASKED,
    Attestation,
    Failure,
    HostedOutcome,
    IdentityNeed,
    Level,
    Reference,
    ReportedOutcome,
)
from assessor.domain.ids import CandidateRef, Region, Slug
from assessor.domain.override import OverrideCode
from assessor.domain.policy import Compensation, Policy, Stage
from assessor.domain.quality import QualityLevel, QualityMark
from assessor.domain.redaction import Redaction
from assessor.domain.response import Response
from assessor.domain.rubric import Rubric
from assessor.domain.score import Score
from assessor.domain.timekeeping import PauseReason
from assessor.domain.value import Value
from assessor.domain.wishes import MAX_NOTE_CHARS, Wish

Outcome = Literal["qualified", "not_qualified", "needs_review"]
"""What an order in test mode may ask a simulated candidate to bring about."""

MAX_METADATA = 20
MetadataName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$")]
MetadataValue = Annotated[str, Field(max_length=500)]
Metadata = Annotated[dict[MetadataName, MetadataValue], Field(max_length=MAX_METADATA)]
"""What a platform notes for itself."""

HelpKind = Literal["distress", "person", "more_time", "accommodation", "break"]
"""What a candidate may need, the most urgent first."""


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


class NoticeAccepted(Value):
    """The candidate read the notice, before the start or when it had changed since."""

    type: Literal["notice.accepted"] = "notice.accepted"
    version: str
    hash: str
    """Of the whole edition, so that what was read can be shown later."""


class ConsentAnswered(Value):
    """The candidate said whether their answers may be used for something else. Never told to who scores."""

    type: Literal["consent.answered"] = "consent.answered"
    use: Slug
    given: bool
    version: str
    hash: str
    """Version and hash of the notice whose words were answered."""


class SessionMoved(Value):
    """The candidate went on in another browser, with a code; the one before was signed out."""

    type: Literal["session.moved"] = "session.moved"


class IdentityAsked(Value):
    """Before the clock starts, a hosted service has to be asked who the candidate is."""

    type: Literal["identity.asked"] = "identity.asked"


class IdentityCheckOpened(Value):
    """The candidate was sent to the hosted service. Neither its address nor what is shown there is kept."""

    type: Literal["identity.opened"] = "identity.opened"
    reference: Reference
    level: Level
    """How sure it is, should it succeed."""


class IdentityReported(Value):
    """The hosted service said how a check stands: the outcome, and nothing of the document."""

    type: Literal["identity.reported"] = "identity.reported"
    reference: Reference
    outcome: ReportedOutcome
    failure: Failure | None = None
    at: datetime
    """By the service's clock."""


class IdentityUnavailable(Value):
    """The hosted service could not be reached. The candidate goes on, and the verdict waits."""

    type: Literal["identity.unavailable"] = "identity.unavailable"
    kind: str


class AssessmentStarted(Value):
    """The clock runs until `deadline`; None is without a limit."""

    type: Literal["assessment.started"] = "assessment.started"
    deadline: datetime | None


class CandidateMessage(Value):
    """What the candidate said in the interview."""

    type: Literal["message.candidate"] = "message.candidate"
    message_id: Annotated[str, Field(min_length=8, max_length=64)]
    """Made by the client once a message and kept over retries: the same id twice is one message."""
    item_id: Slug | None
    """The question that was open; None is the unscored opening."""
    text: str
    redactions: tuple[Redaction, ...] = ()


class InterviewerMessage(Value):
    """What the interviewer said."""

    type: Literal["message.interviewer"] = "message.interviewer"
    run: str
    kind: Literal["opening", "core", "probe", "answer", "closing"]
    """`answer` replies to something that is not an answer: a request to repeat, for a person."""
    item_id: Slug | None = None
    probe_id: Slug | None = None
    reply_to: int | None = None
    """Sequence number of the candidate's message; None for the opening."""
    text: str
    source: Literal["authored", "model"]
    guard: str | None = None
    """Why the model's words were replaced, when they were."""
    redactions: tuple[Redaction, ...] = ()
    """Where it had repeated what the candidate took back."""


class ItemSwapped(Value):
    """A question gave way to another of the same competency. It is neither scored nor asked again."""

    type: Literal["interview.item_swapped"] = "interview.item_swapped"
    item_id: Slug
    place: FormItem
    """What stands on the form instead."""
    reason: Literal["not_my_field", "background"]


class HelpAsked(Value):
    """The candidate needs a person. Shown to reviewers; it has no effect on scores."""

    type: Literal["interview.help_asked"] = "interview.help_asked"
    kind: HelpKind
    message: int
    """Sequence number of the candidate's message, or of their request."""


class HelpSeen(Value):
    """A reviewer has seen to what the candidate asked for, up to and including one message."""

    type: Literal["help.seen"] = "help.seen"
    reviewer: str
    message: int
    """Sequence number of the candidate's last message that they saw to."""


class AnswerCorrected(Value):
    """The candidate corrected, or added to, what they had said to a question."""

    type: Literal["answer.corrected"] = "answer.corrected"
    correction_id: Annotated[str, Field(min_length=8, max_length=64)]
    """Made by the client, like a message's: the same id twice is one correction."""
    item_id: Slug
    replaces: int | None = None
    """Sequence number of the message, or of the addition, that no longer counts; None only adds."""
    text: str
    redactions: tuple[Redaction, ...] = ()


class WordsRedacted(Value):
    """The candidate took words back. What those events held was destroyed in the same transaction."""

    type: Literal["words.redacted"] = "words.redacted"
    redaction_id: Annotated[str, Field(min_length=8, max_length=64)]
    """Made by the client, like a message's: the same id twice is one redaction."""
    left: tuple["Left", ...] = ()
    """What is left of each of them. A later redaction of the same event takes this over, and leaves none."""


class Left(Value):
    """What an event says once its words are gone."""

    seq: Annotated[int, Field(ge=1)]
    fact: Annotated[
        CandidateMessage | InterviewerMessage | AnswerCorrected | WordsRedacted, Field(discriminator="type")
    ]


Spoken = CandidateMessage | InterviewerMessage | AnswerCorrected | WordsRedacted
"""Facts that hold words of the conversation."""


class SummaryConfirmed(Value):
    """The candidate confirmed the summary of what the interview covered."""

    type: Literal["summary.confirmed"] = "summary.confirmed"
    item_ids: tuple[Slug, ...]
    """The questions that it named."""


class AnswerObserved(Value):
    """What an observer found in an answer. It steers later follow-ups, and has no effect on scores."""

    type: Literal["interview.observed"] = "interview.observed"
    message: int
    """Sequence number of the last message that was looked at."""
    item_id: Slug
    covered: tuple[Slug, ...]
    """The approved probes that the answer has covered already."""
    terms: tuple[Evidence, ...] = ()
    """Where terms stand that are worth quoting back. The words themselves stay in the message alone."""
    model: str


class InterviewFinished(Value):
    """Every core question has been asked, or skipped for a recorded reason.

    `conduct`: the candidate kept insulting after a warning.
    """

    type: Literal["interview.finished"] = "interview.finished"
    reason: Literal["complete", "time", "conduct"]


class ResponseHandedIn(Value):
    """A task was answered. Handing in again supersedes the earlier response."""

    type: Literal["response.handed_in"] = "response.handed_in"
    item_id: Slug
    response: Response
    shown_order: tuple[Slug, ...] = ()
    """The order in which responses to rank were shown."""


class BlockFinished(Value):
    """Every task of a block was handed in: its answers are final, and more is given or not."""

    type: Literal["block.finished"] = "block.finished"
    block: Annotated[int, Field(ge=0)]
    probability: float
    """P(ability >= cut) by what rules score so far. Nobody is told before the verdict."""
    ends: bool
    """Whether the blocks that are left are not given. It decides nothing but that."""


class AssessmentSubmitted(Value):
    """The candidate submitted, or time ran out on what had been handed in."""

    type: Literal["assessment.submitted"] = "assessment.submitted"
    by: Literal["candidate", "deadline"] = "candidate"


class ScoringStarted(Value):
    """The scoring workflow runs."""

    type: Literal["scoring.started"] = "scoring.started"


class ModelReplied(Value):
    """A recorded model reply: a replay reads it instead of calling again."""

    type: Literal["model.replied"] = "model.replied"
    purpose: Literal["judge", "turn"]
    item_id: Slug | None = None
    model: str
    request_hash: str
    reply: str
    """Empty when the model was reached and gave nothing usable."""
    probabilities: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    """By the ids of the reply, where the provider told how likely each verdict's token was."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Annotated[int, Field(ge=0)] = 0
    """What was billed for it, in millionths of a US dollar; 0 where no price is known."""


class ResponseScored(Value):
    """Scores for one item; a later score for the same criterion supersedes an earlier one."""

    type: Literal["response.scored"] = "response.scored"
    item_id: Slug
    scores: tuple[Score, ...]


class ScoringRepeated(Value):
    """Stored work was scored again under another rubric, prompt or model.

    The scores of `item_ids` give way to those that follow in the same transaction. What people scored
    is among them as they scored it.
    """

    type: Literal["scoring.repeated"] = "scoring.repeated"
    by: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
    item_ids: tuple[Slug, ...]
    models: tuple[str, ...] = ()
    """The judge's, and then the one it asks in doubt; none when no model was set."""
    rubrics: tuple[Rubric, ...] = ()
    """Used instead of those that the form was drawn with; whole, so that a replay needs no file."""
    rubrics_hash: str
    prompts_hash: str


class ItemRetired(Value):
    """An item of the form was found to be faulty. It counts no more, as if it had never been asked."""

    type: Literal["item.retired"] = "item.retired"
    item_id: Slug
    by: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(min_length=10, max_length=2000)]


class ScoreOverridden(Value):
    """A person put another score in the place of one that stood. The new one comes just after."""

    type: Literal["score.overridden"] = "score.overridden"
    reviewer: str
    item_id: Slug
    criterion: str
    code: OverrideCode
    mark: QualityMark
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
    """The candidate may read it."""


class ScoreDisputed(Value):
    """A person read a criterion otherwise than a colleague who scored it. The score stands until a third
    person has decided."""

    type: Literal["score.disputed"] = "score.disputed"
    reviewer: str
    item_id: Slug
    criterion: str
    code: OverrideCode
    mark: QualityMark
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
    evidence: tuple[Evidence, ...] = ()


class ScoreAdjudicated(Value):
    """Somebody who gave neither of two readings decided between them. A new score comes just after."""

    type: Literal["score.adjudicated"] = "score.adjudicated"
    reviewer: str
    item_id: Slug
    criterion: str
    mark: QualityMark
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
    """The candidate may read it."""


class ReviewDecided(Value):
    """A person decided; final for the attempt."""

    type: Literal["review.decided"] = "review.decided"
    reviewer: str
    decision: Literal["qualified", "not_qualified", "inconclusive"]
    reason: Annotated[str, Field(min_length=10, max_length=2000)]


class VerdictIssued(Value):
    """A verdict was decided and signed. It carries references, never quotes."""

    type: Literal["verdict.issued"] = "verdict.issued"
    verdict_id: str
    supersedes: str | None
    document: dict[str, Any]
    jws: str
    standings: tuple[Standing, ...] = ()
    """The calibrations that held at the time for the judges that scored."""
    stage: Stage | None = None
    """That the pilot was at, where one had been set."""


class VerdictRevoked(Value):
    """The live verdict must not be relied on any more. What was signed stays as it is."""

    type: Literal["verdict.revoked"] = "verdict.revoked"
    verdict_id: str
    by: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(min_length=10, max_length=500)]
    """Told to whoever reads the verdict: it names nobody and quotes nothing."""


class ResultShared(Value):
    """The candidate consented to show their result by a link; only the hash of its token is kept."""

    type: Literal["result.shared"] = "result.shared"
    share_id: str
    token_hash: str
    until: datetime


class SharingEnded(Value):
    """The candidate took that consent back; the link shows nothing any more."""

    type: Literal["sharing.ended"] = "sharing.ended"
    share_id: str


class FaultRecorded(Value):
    """A fault of ours. The assessment is held; nothing counts against the candidate."""

    type: Literal["fault.recorded"] = "fault.recorded"
    where: str
    kind: str


class HoldReleased(Value):
    """Work goes on where it stood."""

    type: Literal["hold.released"] = "hold.released"
    by: str


class AssessmentVoided(Value):
    """The attempt does not count; another was given."""

    type: Literal["assessment.voided"] = "assessment.voided"
    reason: str
    successor: str


class AssessmentPaused(Value):
    """The clock stands still."""

    type: Literal["assessment.paused"] = "assessment.paused"
    reason: PauseReason = "break"


class AssessmentResumed(Value):
    """The clock runs again, with what was left; without a `deadline` when there is no limit."""

    type: Literal["assessment.resumed"] = "assessment.resumed"
    deadline: datetime | None
    by: Literal["candidate", "limit"] = "candidate"
    """`limit`: the break time was used up, and nobody came back before."""


class AccommodationGranted(Value):
    """Other terms hold from now on. Known to the platform and who granted it, never to graders."""

    type: Literal["accommodation.granted"] = "accommodation.granted"
    terms: Accommodation
    """As a whole, not what was added."""
    by: Literal["platform", "reviewer", "policy"]
    """`policy`: given at once to whoever asks."""
    who: str
    """Id of the platform's key, or of the reviewer; empty for the policy."""
    reason: str


class AccommodationRequested(Value):
    """The candidate asked for other terms: everything that is wished for, in place of what was before."""

    type: Literal["accommodation.requested"] = "accommodation.requested"
    wishes: tuple[Wish, ...]
    note: Annotated[str, Field(max_length=MAX_NOTE_CHARS)] = ""


class AccommodationAnswered(Value):
    """The platform, or a reviewer of it, answered what did not come by itself."""

    type: Literal["accommodation.answered"] = "accommodation.answered"
    request: int
    """Sequence number of the request."""
    granted: bool
    told: str
    """Shown to the candidate."""
    by: Literal["platform", "reviewer"]
    who: str


class AssessmentExtended(Value):
    """The platform gave more days to begin; the link that is out stays the same."""

    type: Literal["assessment.extended"] = "assessment.extended"
    expires_at: datetime


class MetadataReplaced(Value):
    """The platform noted something else for itself."""

    type: Literal["metadata.replaced"] = "metadata.replaced"
    metadata: Metadata


class AssessmentExpired(Value):
    """The invitation was not used in time."""

    type: Literal["assessment.expired"] = "assessment.expired"


class AssessmentWithdrawn(Value):
    """The candidate ended it."""

    type: Literal["assessment.withdrawn"] = "assessment.withdrawn"


class AssessmentCancelled(Value):
    """The platform ended it."""

    type: Literal["assessment.cancelled"] = "assessment.cancelled"


class TranscriptOpened(Value):
    """A person of the platform read the transcript."""

    type: Literal["transcript.opened"] = "transcript.opened"
    reviewer: str
    blind: bool = False
    """Whether without any score, for a second look."""


class SecondLookDrawn(Value):
    """A decision by rule was drawn for the quality sample: a person scores what the judge has scored."""

    type: Literal["second_look.drawn"] = "second_look.drawn"
    criteria: dict[Slug, tuple[Slug, ...]]
    """By item."""


class SecondLookScored(Value):
    """A person who has seen no score scored one item. No verdict follows from it."""

    type: Literal["second_look.scored"] = "second_look.scored"
    reviewer: str
    item_id: Slug
    marks: dict[Slug, QualityMark]
    reasons: dict[Slug, Annotated[str, Field(max_length=2000)]] = Field(default_factory=dict)
    """By criterion, where one was given: for whoever decides when the judge found otherwise."""


class SecondLookCompared(Value):
    """Every item was looked at a second time: the levels by the person and by the judge."""

    type: Literal["second_look.compared"] = "second_look.compared"
    levels: tuple[QualityLevel, ...]


class SecondLookSeen(Value):
    """A reviewer has seen to the differences that a second look found."""

    type: Literal["second_look.seen"] = "second_look.seen"
    reviewer: str


class AppealFiled(Value):
    """The candidate asked that criteria be scored again, by somebody who has not seen their scores."""

    type: Literal["appeal.filed"] = "appeal.filed"
    appeal_id: Annotated[str, Field(min_length=8, max_length=64)]
    """Made by the client, like a message's: the same id twice is one appeal."""
    criteria: Annotated[tuple[AppealedCriterion, ...], Field(min_length=1)]
    ground: Ground
    note: Annotated[str, Field(max_length=4000)] = ""


class AppealAnswered(Value):
    """A person who had not seen the score looked at one criterion again. A raised score comes just before."""

    type: Literal["appeal.answered"] = "appeal.answered"
    reviewer: str
    item_id: Slug
    criterion: str
    mark: QualityMark
    outcome: AppealOutcome
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
    """The candidate reads it."""
    is_last: bool
    """Whether no other appeal of the assessment waits."""


class FollowUpAsked(Value):
    """A reviewer asked the candidate about their own answer."""

    type: Literal["follow_up.asked"] = "follow_up.asked"
    follow_up_id: str
    reviewer: str
    item_id: Slug
    question: Annotated[str, Field(min_length=10, max_length=1000)]
    due_at: datetime


class FollowUpExtended(Value):
    """The candidate asked for more time to answer, and has it."""

    type: Literal["follow_up.extended"] = "follow_up.extended"
    follow_up_id: str
    due_at: datetime


class FollowUpAnswered(Value):
    """The candidate answered. For the reviewer to read beside the work; no score follows from it."""

    type: Literal["follow_up.answered"] = "follow_up.answered"
    follow_up_id: str
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class SignalReplied(Value):
    """The candidate said something about passages that seem to speak to whoever grades."""

    type: Literal["signal.replied"] = "signal.replied"
    text: Annotated[str, Field(min_length=1, max_length=2000)]


Fact = Annotated[
    AssessmentOrdered
    | FormDrawn
    | InviteIssued
    | InviteRedeemed
    | NoticeAccepted
    | IdentityAsked
    | IdentityCheckOpened
    | IdentityReported
    | IdentityUnavailable
    | ConsentAnswered
    | SessionMoved
    | AssessmentStarted
    | CandidateMessage
    | InterviewerMessage
    | ItemSwapped
    | HelpAsked
    | HelpSeen
    | AnswerCorrected
    | WordsRedacted
    | SummaryConfirmed
    | AnswerObserved
    | InterviewFinished
    | ResponseHandedIn
    | BlockFinished
    | AssessmentSubmitted
    | ScoringStarted
    | ModelReplied
    | ResponseScored
    | ScoringRepeated
    | ItemRetired
    | ScoreOverridden
    | ScoreDisputed
    | ScoreAdjudicated
    | ReviewDecided
    | VerdictIssued
    | VerdictRevoked
    | ResultShared
    | SharingEnded
    | FaultRecorded
    | HoldReleased
    | AssessmentVoided
    | AssessmentPaused
    | AssessmentResumed
    | AccommodationGranted
    | AccommodationRequested
    | AccommodationAnswered
    | AssessmentExtended
    | MetadataReplaced
    | AssessmentExpired
    | AssessmentWithdrawn
    | AssessmentCancelled
    | TranscriptOpened
    | SecondLookDrawn
    | SecondLookScored
    | SecondLookCompared
    | SecondLookSeen
    | AppealFiled
    | AppealAnswered
    | FollowUpAsked
    | FollowUpExtended
    | FollowUpAnswered
    | SignalReplied,
    Field(discriminator="type"),
]

FACTS: TypeAdapter[Fact] = TypeAdapter(Fact, config=ConfigDict(hide_input_in_errors=True))
"""The one reader of stored facts: it refuses types and fields it does not know."""


class Event(Value):
    """A fact with its place in the log. `hash` chains over the ciphertext of everything before."""

    assessment_id: str
    seq: Annotated[int, Field(ge=1)]
    at: datetime
    fact: Fact
    hash: str
