"""What the core asks of the world. Each port is small; adapters fulfil them, services use them."""

from assessor.ports.access import Access, ApiKey, Owned, Reviewer, Session, Tenant
from assessor.ports.answers import Answers
from assessor.ports.calibration import Calibrations, Entry, Replies, Standings, Stopped
from assessor.ports.gold import GoldCases, GoldRun, GoldRuns
from assessor.ports.grounds import Grounds
from assessor.ports.identity import IdentityService, LookedUp, OpenedCheck
from assessor.ports.items import Items, Retirement, Retirements, Sample
from assessor.ports.libraries import Files, Libraries, LibraryReader, LibraryVersion
from assessor.ports.log import Answered, Append, Draft, Drafts, EventLog, OpenLog
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
from assessor.ports.projections import AskedVerdict, Page, Projections, StoredVerdict
from assessor.ports.store import Store
from assessor.ports.stream import Stream, TurnBuffer, Watch
from assessor.ports.verdicts import ListPlace, Share, VerdictFilter, Verdicts
from assessor.ports.webhooks import Claimed, EndpointChange, Notices, Receivers, Webhooks
from assessor.ports.work import Jobs, Steps, Worker, Workers
from assessor.ports.world import (
    Clock,
    CodeRunner,
    Content,
    CredentialSigner,
    Passwords,
    Prompts,
    Random,
    Signer,
    Simulations,
)

__all__ = [
    "SUBJECT",
    "Access",
    "Answered",
    "Answers",
    "ApiKey",
    "Append",
    "AskedVerdict",
    "Attempt",
    "Attempts",
    "Calibrations",
    "Claimed",
    "Clock",
    "CodeRunner",
    "Content",
    "Contradicted",
    "CredentialSigner",
    "Declared",
    "Demographics",
    "Draft",
    "Drafts",
    "EndpointChange",
    "Entry",
    "EventLog",
    "Files",
    "GoldCases",
    "GoldRun",
    "GoldRuns",
    "Grounds",
    "IdentityService",
    "Items",
    "Jobs",
    "Ledger",
    "Libraries",
    "LibraryReader",
    "LibraryVersion",
    "ListPlace",
    "LookedUp",
    "Model",
    "ModelCall",
    "ModelReply",
    "ModelRequest",
    "Notices",
    "OpenLog",
    "OpenedCheck",
    "Outcomes",
    "Owned",
    "Page",
    "Passwords",
    "Pilots",
    "Projections",
    "Prompts",
    "Purpose",
    "Random",
    "Receivers",
    "Replies",
    "Retirement",
    "Retirements",
    "Reviewer",
    "Sample",
    "Session",
    "Share",
    "Signer",
    "Simulations",
    "Standings",
    "Steps",
    "Stopped",
    "Store",
    "StoredVerdict",
    "Stream",
    "Subject",
    "Tenant",
    "Token",
    "TurnBuffer",
    "Usage",
    "UsageOf",
    "UsageSum",
    "VerdictFilter",
    "Verdicts",
    "Watch",
    "Webhooks",
    "Worker",
    "Workers",
]
