"""What the core asks of the world. Each port is small; adapters fulfil them, services use them."""

from assessor.ports.access import Access, ApiKey, Owned, Reviewer, Session, Tenant
from assessor.ports.answers import Answers
from assessor.ports.audit_log import ActFilter, AuditLogs
from assessor.ports.backlog import Backlog, Backlogs, Line, Waiting
from assessor.ports.calibration import Calibrations, Entry, Replies, Standings, Stopped
from assessor.ports.changes import INJECTIONS, Changes, GradedCase, ShadowProgress
from assessor.ports.checks import Checks
from assessor.ports.duplicates import Signatures
from assessor.ports.erasure import (
    Destroyed,
    DestroyedKeys,
    Erasures,
    KeptAssessment,
    Needle,
    Person,
    Remains,
    Searched,
)
from assessor.ports.feedback import Feedbacks
from assessor.ports.gold import GoldCases, GoldRun, GoldRuns
from assessor.ports.grounds import Grounds
from assessor.ports.identity import IdentityService, LookedUp, OpenedCheck
from assessor.ports.items import Items, Retirement, Retirements, Sample
from assessor.ports.keys import KeyService, Wraps
from assessor.ports.libraries import Files, Libraries, LibraryReader, LibraryVersion
from assessor.ports.log import Answered, Append, Draft, Drafts, EventLog, OpenLog, SealedEvent
from assessor.ports.mail import ClaimedMail, Enclosure, LetterWriter, Mailer, MailOutbox
from assessor.ports.model import (
    SUBJECT,
    Ledger,
    Model,
    ModelCall,
    ModelReply,
    ModelRequest,
    Purpose,
    Subject,
    Token,
    Usage,
    UsageOf,
    UsageSum,
)
from assessor.ports.outcomes import Attempt, Attempts, Contradicted, Declared, Demographics, Outcomes
from assessor.ports.pilot import Pilots
from assessor.ports.places import InterviewPlaces
from assessor.ports.projections import AskedVerdict, Page, Projections, StoredVerdict
from assessor.ports.provider_calls import (
    KEPT,
    Exchange,
    Granted,
    ProviderCalls,
    ProviderLimits,
    WantedCall,
)
from assessor.ports.quality import (
    Kind,
    LookedTwice,
    Passage,
    QualityReads,
    QualityWindow,
    Spent,
)
from assessor.ports.queue import Queue, QueueFilter, Taker
from assessor.ports.replica import ReplicaStanding
from assessor.ports.sign_in import Flow, SignInProvider, Vouched
from assessor.ports.store import Store
from assessor.ports.stream import Floor, Stream, TurnBuffer, Watch
from assessor.ports.training import KnownCase, Practised, Trainings
from assessor.ports.typesetting import Printout, Typesetting
from assessor.ports.verdicts import DecisionRow, ListPlace, Share, VerdictFilter, Verdicts
from assessor.ports.webhooks import Claimed, EndpointChange, Notices, Receivers, Webhooks
from assessor.ports.work import JobRecords, Jobs, Steps, Worker, Workers
from assessor.ports.world import (
    Clock,
    CodeRunner,
    Content,
    CredentialSigner,
    PackageSigner,
    Passwords,
    Prompts,
    Random,
    Signer,
    Simulations,
)

__all__ = [
    "INJECTIONS",
    "KEPT",
    "SUBJECT",
    "Access",
    "ActFilter",
    "Answered",
    "Answers",
    "ApiKey",
    "Append",
    "AskedVerdict",
    "Attempt",
    "Attempts",
    "AuditLogs",
    "Backlog",
    "Backlogs",
    "Calibrations",
    "Changes",
    "Checks",
    "Claimed",
    "ClaimedMail",
    "Clock",
    "CodeRunner",
    "Content",
    "Contradicted",
    "CredentialSigner",
    "DecisionRow",
    "Declared",
    "Demographics",
    "Destroyed",
    "DestroyedKeys",
    "Draft",
    "Drafts",
    "Enclosure",
    "EndpointChange",
    "Entry",
    "Erasures",
    "EventLog",
    "Exchange",
    "Feedbacks",
    "Files",
    "Floor",
    "Flow",
    "GoldCases",
    "GoldRun",
    "GoldRuns",
    "GradedCase",
    "Granted",
    "Grounds",
    "IdentityService",
    "InterviewPlaces",
    "Items",
    "JobRecords",
    "Jobs",
    "KeptAssessment",
    "KeyService",
    "Kind",
    "KnownCase",
    "Ledger",
    "LetterWriter",
    "Libraries",
    "LibraryReader",
    "LibraryVersion",
    "Line",
    "ListPlace",
    "LookedTwice",
    "LookedUp",
    "MailOutbox",
    "Mailer",
    "Model",
    "ModelCall",
    "ModelReply",
    "ModelRequest",
    "Needle",
    "Notices",
    "OpenLog",
    "OpenedCheck",
    "Outcomes",
    "Owned",
    "PackageSigner",
    "Page",
    "Passage",
    "Passwords",
    "Person",
    "Pilots",
    "Practised",
    "Printout",
    "Projections",
    "Prompts",
    "ProviderCalls",
    "ProviderLimits",
    "Purpose",
    "QualityReads",
    "QualityWindow",
    "Queue",
    "QueueFilter",
    "Random",
    "Receivers",
    "Remains",
    "ReplicaStanding",
    "Replies",
    "Retirement",
    "Retirements",
    "Reviewer",
    "Sample",
    "SealedEvent",
    "Searched",
    "Session",
    "ShadowProgress",
    "Share",
    "SignInProvider",
    "Signatures",
    "Signer",
    "Simulations",
    "Spent",
    "Standings",
    "Steps",
    "Stopped",
    "Store",
    "StoredVerdict",
    "Stream",
    "Subject",
    "Taker",
    "Tenant",
    "Token",
    "Trainings",
    "TurnBuffer",
    "Typesetting",
    "Usage",
    "UsageOf",
    "UsageSum",
    "VerdictFilter",
    "Verdicts",
    "Vouched",
    "Waiting",
    "WantedCall",
    "Watch",
    "Webhooks",
    "Worker",
    "Workers",
    "Wraps",
]
