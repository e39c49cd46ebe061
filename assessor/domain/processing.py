"""What is kept of people, why, for how long, and who sees it: what the processing record is made from.

These are statements about this code. On which legal basis any of it is done is for the controller to find.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from assessor.domain import events as e
from assessor.domain.roles import Permission

P = Permission


class Stays(StrEnum):
    """For how long, in classes."""

    WORK = "work"
    RESULT = "result"
    SHORT = "short"
    ACCOUNT = "account"
    LASTING = "lasting"


STAYS_WORDS: Final[Mapping[Stays, str]] = MappingProxyType(
    {
        Stays.WORK: "until its candidate's data key is destroyed and rows beside the log are deleted: at "
        "their wish, or when the platform's term `work` ends",
        Stays.RESULT: "until the platform's term `result` ends",
        Stays.SHORT: "until it was used or is out of date, by a clock of its own",
        Stays.ACCOUNT: "as long as the account, which is disabled and not deleted: acts keep their names",
        Stays.LASTING: "without a term, by ids alone: evidence of what was done, and numbers",
    }
)


@dataclass(frozen=True)
class Kind:
    """One kind of personal data."""

    name: str
    what: str
    why: str
    stays: Stays = Stays.WORK
    of: str = "candidates"
    sealed: bool = False
    """Encrypted with the candidate's own data key wherever it is kept."""
    sensitive: str = ""
    """Why it may need particular care."""
    seen_by: tuple[Permission, ...] = ()
    """Of people who review: who holds one of these."""
    told_to: tuple[str, ...] = ()
    """Others who get it."""


THEMSELVES: Final = "the candidate"
PLATFORM: Final = "the platform"
MODELS: Final = "a provider of models, without name or reference, where one is set and admitted"
IDENTIFIER: Final = "the identity service, where one is set"
POST: Final = "the mail server"
VERIFIERS: Final = "whoever the candidate gives a link"

_BOTH: Final = (THEMSELVES, PLATFORM)

REFERENCE = Kind(
    "references", "The platform's reference for a person, and our id.", "To know whose assessment it is.",
    Stays.RESULT, seen_by=(P.SEE_QUEUE, P.OPEN_CASES), told_to=_BOTH,
)  # fmt: skip
ORDER = Kind(
    "orders", "What was ordered: track, language, region, terms, the platform's own notes.",
    "To hold the assessment that was asked for.", sealed=True, seen_by=(P.OPEN_CASES,), told_to=_BOTH,
)  # fmt: skip
CONSENT = Kind(
    "notices and consents", "Which notice was accepted, which uses were agreed to, and when.",
    "To show that people were told, and to keep to what they agreed to.", sealed=True, told_to=_BOTH,
)  # fmt: skip
ADJUSTMENT = Kind(
    "accommodations", "What somebody asked for and was given: time, breaks, an oral way.",
    "To let people work who need other conditions; what is shown for scoring leaves it out.", sealed=True,
    sensitive="may let health be guessed", seen_by=(P.GRANT_TIME,), told_to=_BOTH,
)  # fmt: skip
IDENTITY = Kind(
    "identity checks", "The outcome and the provider's reference; never a document or a picture.",
    "To make sure who works, where a platform asks for that.", sealed=True, told_to=(*_BOTH, IDENTIFIER),
)  # fmt: skip
CONVERSATION = Kind(
    "conversation", "Messages of candidate and interviewer, corrections, calls for help.",
    "To learn what somebody knows, and to show what a score rests on.", sealed=True,
    sensitive="free text: people may write anything about themselves or others, and can take it back",
    seen_by=(P.OPEN_CASES,), told_to=(*_BOTH, MODELS),
)  # fmt: skip
ANSWERS = Kind(
    "answers", "What was handed in for tasks, drafts, and how it was written: pastes, pauses.",
    "To score it.", sealed=True, seen_by=(P.OPEN_CASES,), told_to=(*_BOTH, MODELS),
)  # fmt: skip
READING = Kind(
    "what models said", "Recorded replies of models about answers, word for word.",
    "To make every score traceable and repeatable.", sealed=True, seen_by=(P.OPEN_CASES,),
)  # fmt: skip
SCORES = Kind(
    "scores", "Scores by criterion with quotes, second looks, overrides, who gave them.",
    "To decide, and to check who scores.", sealed=True, seen_by=(P.OPEN_CASES,), told_to=_BOTH,
)  # fmt: skip
NOTED = Kind(
    "what was noticed", "Signs that somebody else wrote it or that a key was known, and the reply.",
    "To ask a person to look; it changes no score.", sealed=True,
    sensitive="an allegation", seen_by=(P.OPEN_CASES,), told_to=(THEMSELVES,),
)  # fmt: skip
DECISION = Kind(
    "decisions", "Signed verdicts by the platform's reference, without quotes; their revocation.",
    "To tell the platform and the candidate who is qualified.", Stays.RESULT,
    seen_by=(P.SEE_QUEUE, P.EXPORT), told_to=(*_BOTH, VERIFIERS),
)  # fmt: skip
REMEDY = Kind(
    "appeals and questions", "Appeals, questions about one's own answers, and what was answered.",
    "To let people contest a decision and explain themselves.", sealed=True, seen_by=(P.OPEN_CASES,),
    told_to=_BOTH,
)  # fmt: skip
COURSE = Kind(
    "course", "When somebody began, paused, handed in; faults of ours; what was drawn and shared.",
    "To run the assessment and to be fair about time.", sealed=True, seen_by=(P.OPEN_CASES,), told_to=_BOTH,
)  # fmt: skip
STANDING = Kind(
    "standing", "States and times of assessments in lists, queues, public events and deliveries.",
    "To find what has to be done, and to tell platforms.", Stays.RESULT,
    seen_by=(P.SEE_QUEUE,), told_to=(PLATFORM,),
)  # fmt: skip
ENTRANCE = Kind(
    "entrances", "Hashes of links, codes and sessions; stored answers to requests, sealed.",
    "To let in who may come in, and nobody twice.", Stays.SHORT, of="candidates, people who review",
)  # fmt: skip
DECLARED = Kind(
    "declarations", "Sex, race and ethnicity, if somebody declares them; apart from everything that scores.",
    "To measure whether groups fare unlike.", sealed=True, sensitive="special categories",
    seen_by=(P.SEE_FAIRNESS,), told_to=(THEMSELVES,),
)  # fmt: skip
OPINION = Kind(
    "feedback", "Three numbers from 1 to 5 about an assessment.", "To make it better.",
    seen_by=(P.SEE_QUALITY,),
)  # fmt: skip
LETTERS = Kind(
    "mail", "An address, sealed; which mails were sent, and who wants no reminders.",
    "To invite and to remind.", told_to=(THEMSELVES, POST),
)  # fmt: skip
RIGHTS = Kind(
    "deletion and holds", "Wishes for deletion, legal holds with their reasons, who was erased.",
    "To do what people may demand, and no more than may be done.", Stays.LASTING, told_to=(THEMSELVES,),
)  # fmt: skip
LATER_WORK = Kind(
    "outcomes", "How good later work was, in numbers, by assessment.",
    "To measure whether verdicts predict anything.", Stays.LASTING, seen_by=(P.SEE_QUALITY,),
    told_to=(PLATFORM,),
)  # fmt: skip
NUMBERS = Kind(
    "measurement", "Costs of calls, and how scores of people and models agree, by assessment.",
    "To watch cost and quality.", Stays.LASTING, of="candidates, people who review",
    seen_by=(P.SEE_QUALITY,), told_to=(PLATFORM,),
)  # fmt: skip
ACCOUNTS = Kind(
    "accounts", "Name, address, hash of the password, roles, tracks and languages; wrong tries by hash.",
    "To know who reviews, and to keep others out.", Stays.ACCOUNT, of="people who review",
    seen_by=(P.MANAGE_PEOPLE,),
)  # fmt: skip
PRACTICE = Kind(
    "training", "How somebody scored answers with known scores; who may score what, and why.",
    "To let nobody score people untrained.", Stays.ACCOUNT, of="people who review",
    seen_by=(P.SEE_QUALITY, P.MANAGE_PEOPLE),
)  # fmt: skip
TIES = Kind(
    "acquaintance", "That somebody who reviews knows a candidate.", "To keep them from that case.",
    of="candidates, people who review",
)  # fmt: skip
ACTS = Kind(
    "acts", "Who did what and when, with reasons: openings of cases, scores, changes, exports.",
    "To hold people to account.", Stays.LASTING, of="candidates, people who review",
    seen_by=(P.SEE_AUDIT,),
)  # fmt: skip

KINDS: Final = (
    REFERENCE, ORDER, CONSENT, ADJUSTMENT, IDENTITY, CONVERSATION, ANSWERS, READING, SCORES, NOTED, DECISION,
    REMEDY, COURSE, STANDING, ENTRANCE, DECLARED, OPINION, LETTERS, RIGHTS, LATER_WORK, NUMBERS, ACCOUNTS,
    PRACTICE, TIES, ACTS,
)  # fmt: skip

_OF_FACTS: Final[Mapping[Kind, tuple[type[e.Fact], ...]]] = {
    ORDER: (e.AssessmentOrdered, e.MetadataReplaced),
    CONSENT: (e.NoticeAccepted, e.ConsentAnswered),
    ADJUSTMENT: (e.AccommodationRequested, e.AccommodationGranted, e.AccommodationAnswered),
    IDENTITY: (e.IdentityAsked, e.IdentityCheckOpened, e.IdentityReported, e.IdentityUnavailable),
    CONVERSATION: (
        e.CandidateMessage, e.InterviewerMessage, e.AnswerCorrected, e.WordsRedacted, e.SummaryConfirmed,
        e.HelpAsked, e.HelpSeen,
    ),
    ANSWERS: (e.ResponseHandedIn,),
    READING: (e.ModelReplied, e.AnswerObserved),
    SCORES: (
        e.ResponseScored, e.ScoringStarted, e.ScoringRepeated, e.ScoreOverridden, e.ScoreDisputed,
        e.ScoreAdjudicated, e.SecondLookDrawn, e.SecondLookScored, e.SecondLookCompared, e.SecondLookSeen,
    ),
    NOTED: (e.SignalReplied, e.SignalUnanswered, e.AnswerFoundAlike, e.AnswerQuotesKey, e.SignalJudged),
    DECISION: (e.VerdictIssued, e.VerdictRevoked, e.ReviewDecided),
    REMEDY: (e.AppealFiled, e.AppealAnswered, e.FollowUpAsked, e.FollowUpExtended, e.FollowUpAnswered),
    COURSE: (
        e.FormDrawn, e.ItemSwapped, e.ItemRetired, e.SessionMoved, e.AssessmentStarted, e.InterviewFinished,
        e.BlockFinished, e.AssessmentSubmitted, e.AssessmentPaused, e.AssessmentResumed, e.AssessmentExpired,
        e.AssessmentWithdrawn, e.AssessmentCancelled, e.AssessmentVoided, e.AssessmentExtended,
        e.FaultRecorded, e.HoldReleased, e.ResultShared, e.SharingEnded,
    ),
    ENTRANCE: (e.InviteIssued, e.InviteRedeemed),
    ACTS: (e.TranscriptOpened,),
}  # fmt: skip
FACTS: Final[Mapping[type[e.Fact], Kind]] = MappingProxyType(
    {fact: kind for kind, facts in _OF_FACTS.items() for fact in facts}
)
"""What each fact of a log holds. All of them are sealed there, whatever their kind says of other places."""


@dataclass(frozen=True)
class Flow:
    """A way on which personal data leaves a part of the service, or comes in."""

    start: str
    end: str
    what: str
    how: str


SERVICE: Final = "the service"
FLOWS: Final = (
    Flow("a candidate's browser", SERVICE, "messages, answers, drafts, wishes", "TLS; a session cookie"),
    Flow("the platform's backend", SERVICE, "references, orders, outcomes, an address", "TLS; an API key"),
    Flow("people who review", SERVICE, "scores, decisions, reasons", "TLS; a session with roles"),
    Flow(SERVICE, "the database", "everything named above", "sealed by candidate; TLS where it is far"),
    Flow(SERVICE, "the platform's backend", "verdicts, transcripts when asked, events", "TLS; signed"),
    Flow(
        SERVICE,
        "a provider of models",
        "words of the task and of the answer",
        "TLS; no name, no reference; only whom ASSESSOR_MODEL_PROVIDERS admits",
    ),
    Flow(SERVICE, "an identity service", "our id of a check", "TLS; documents are shown there and not here"),
    Flow(SERVICE, "the mail server", "an address and a link", "TLS, as ASSESSOR_SMTP_SECURITY says"),
    Flow(SERVICE, "logs and metrics", "ids and numbers", "no words, names, addresses or keys"),
    Flow(SERVICE, "the ledger of destroyed keys", "ids of who was erased, and when", "apart from backups"),
)
"""Where a key service is used, it gets no personal data: only a wrapped master key."""
