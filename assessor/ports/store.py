"""The store as a whole."""

from typing import Protocol

from assessor.ports.access import Access
from assessor.ports.answers import Answers
from assessor.ports.audit_log import AuditLogs
from assessor.ports.backlog import Backlogs
from assessor.ports.calibration import Calibrations
from assessor.ports.changes import Changes
from assessor.ports.checks import Checks
from assessor.ports.duplicates import Signatures
from assessor.ports.erasure import Erasures
from assessor.ports.feedback import Feedbacks
from assessor.ports.gold import GoldRuns
from assessor.ports.items import Items
from assessor.ports.keys import Wraps
from assessor.ports.libraries import Libraries
from assessor.ports.log import Drafts, EventLog
from assessor.ports.mail import MailOutbox
from assessor.ports.model import Ledger, TenantUsage
from assessor.ports.outcomes import Attempts, Demographics, Outcomes
from assessor.ports.pilot import Pilots
from assessor.ports.places import InterviewPlaces
from assessor.ports.projections import Projections
from assessor.ports.provider_calls import ProviderCalls
from assessor.ports.quality import QualityReads
from assessor.ports.queue import Queue
from assessor.ports.replica import ReplicaStanding
from assessor.ports.training import Trainings
from assessor.ports.verdicts import Verdicts
from assessor.ports.webhooks import Notices, Webhooks
from assessor.ports.work import Workers


class Store(
    EventLog,
    Access,
    Answers,
    Backlogs,
    Drafts,
    Projections,
    Queue,
    Trainings,
    Ledger,
    TenantUsage,
    Webhooks,
    Workers,
    Calibrations,
    Pilots,
    InterviewPlaces,
    ProviderCalls,
    Changes,
    GoldRuns,
    Outcomes,
    Demographics,
    Feedbacks,
    QualityReads,
    Attempts,
    Libraries,
    Items,
    Signatures,
    Verdicts,
    Notices,
    Erasures,
    AuditLogs,
    Checks,
    MailOutbox,
    Wraps,
    Protocol,
):
    """Everything that is kept."""

    async def ping(self) -> None:
        """Raise when the database cannot be reached or its schema is not the code's. Waits behind no work."""
        ...

    @property
    def replica(self) -> ReplicaStanding | None:
        """How the replica stands that lists and reports are read from; None where none is set."""
        ...

    @property
    def is_crowded(self) -> bool:
        """Whether so much waits for the database that what can come again should."""
        ...

    async def close(self) -> None: ...
