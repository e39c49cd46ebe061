"""The facts of an assessment. Each is one event of its append-only log."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter

from assessor.domain.events.conversing import (
    AnswerCorrected,
    AnswerObserved,
    CandidateMessage,
    InterviewerMessage,
    InterviewFinished,
    ItemSwapped,
    Left,
    SummaryConfirmed,
    WordsRedacted,
)
from assessor.domain.events.deciding import ResultShared, SharingEnded, VerdictIssued, VerdictRevoked
from assessor.domain.events.entering import (
    AssessmentStarted,
    ConsentAnswered,
    IdentityAsked,
    IdentityCheckOpened,
    IdentityReported,
    IdentityUnavailable,
    NoticeAccepted,
    SessionMoved,
)
from assessor.domain.events.ordering import (
    MAX_METADATA,
    AssessmentOrdered,
    FormDrawn,
    InviteIssued,
    InviteRedeemed,
    Metadata,
    MetadataName,
    MetadataReplaced,
    MetadataValue,
    Outcome,
)
from assessor.domain.events.passing import (
    AccommodationAnswered,
    AccommodationGranted,
    AccommodationRequested,
    AssessmentCancelled,
    AssessmentExpired,
    AssessmentExtended,
    AssessmentPaused,
    AssessmentResumed,
    AssessmentVoided,
    AssessmentWithdrawn,
    FaultRecorded,
    HelpAsked,
    HelpKind,
    HelpSeen,
    HoldReleased,
)
from assessor.domain.events.replying import (
    AnswerFoundAlike,
    AnswerQuotesKey,
    AppealAnswered,
    AppealFiled,
    FollowUpAnswered,
    FollowUpAsked,
    FollowUpExtended,
    SignalJudged,
    SignalReplied,
    SignalUnanswered,
)
from assessor.domain.events.reviewing import (
    ReviewDecided,
    ScoreAdjudicated,
    ScoreDisputed,
    ScoreOverridden,
    SecondLookCompared,
    SecondLookDrawn,
    SecondLookScored,
    SecondLookSeen,
    TranscriptOpened,
)
from assessor.domain.events.scoring import (
    ItemRetired,
    ModelReplied,
    ResponseScored,
    ScoringRepeated,
    ScoringStarted,
)
from assessor.domain.events.working import AssessmentSubmitted, BlockFinished, ResponseHandedIn
from assessor.domain.value import Value

__all__ = [
    "FACTS",
    "MAX_METADATA",
    "AccommodationAnswered",
    "AccommodationGranted",
    "AccommodationRequested",
    "AnswerCorrected",
    "AnswerFoundAlike",
    "AnswerObserved",
    "AnswerQuotesKey",
    "AppealAnswered",
    "AppealFiled",
    "AssessmentCancelled",
    "AssessmentExpired",
    "AssessmentExtended",
    "AssessmentOrdered",
    "AssessmentPaused",
    "AssessmentResumed",
    "AssessmentStarted",
    "AssessmentSubmitted",
    "AssessmentVoided",
    "AssessmentWithdrawn",
    "BlockFinished",
    "CandidateMessage",
    "ConsentAnswered",
    "Event",
    "Fact",
    "FaultRecorded",
    "FollowUpAnswered",
    "FollowUpAsked",
    "FollowUpExtended",
    "FormDrawn",
    "HelpAsked",
    "HelpKind",
    "HelpSeen",
    "HoldReleased",
    "IdentityAsked",
    "IdentityCheckOpened",
    "IdentityReported",
    "IdentityUnavailable",
    "InterviewFinished",
    "InterviewerMessage",
    "InviteIssued",
    "InviteRedeemed",
    "ItemRetired",
    "ItemSwapped",
    "Left",
    "Metadata",
    "MetadataName",
    "MetadataReplaced",
    "MetadataValue",
    "ModelReplied",
    "NoticeAccepted",
    "Outcome",
    "ResponseHandedIn",
    "ResponseScored",
    "ResultShared",
    "ReviewDecided",
    "ScoreAdjudicated",
    "ScoreDisputed",
    "ScoreOverridden",
    "ScoringRepeated",
    "ScoringStarted",
    "SecondLookCompared",
    "SecondLookDrawn",
    "SecondLookScored",
    "SecondLookSeen",
    "SessionMoved",
    "SharingEnded",
    "SignalJudged",
    "SignalReplied",
    "SignalUnanswered",
    "Spoken",
    "SummaryConfirmed",
    "TranscriptOpened",
    "VerdictIssued",
    "VerdictRevoked",
    "WordsRedacted",
]

Spoken = CandidateMessage | InterviewerMessage | AnswerCorrected | WordsRedacted
"""Facts that hold words of the conversation."""


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
    | AnswerFoundAlike
    | AnswerQuotesKey
    | SignalJudged
    | SignalReplied
    | SignalUnanswered,
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
