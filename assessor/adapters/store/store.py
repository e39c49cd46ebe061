"""The whole store."""

from assessor.adapters.clock import SystemRandom
from assessor.adapters.store.access import SqlSessions, SqlTenants
from assessor.adapters.store.audit_log import SqlAuditLogs
from assessor.adapters.store.backlog import SqlBacklog
from assessor.adapters.store.calibrations import SqlCalibrations
from assessor.adapters.store.changes import SqlChanges
from assessor.adapters.store.checks import SqlChecks
from assessor.adapters.store.demographics import SqlDemographics
from assessor.adapters.store.drafts import SqlDrafts
from assessor.adapters.store.duplicates import SqlSignatures
from assessor.adapters.store.engine import Database
from assessor.adapters.store.erasures import SqlErasures
from assessor.adapters.store.feedback import SqlFeedback
from assessor.adapters.store.gold import SqlGoldRuns
from assessor.adapters.store.items import SqlItems
from assessor.adapters.store.keys import SqlKeys
from assessor.adapters.store.ledger import SqlLedger
from assessor.adapters.store.libraries import SqlLibraries
from assessor.adapters.store.limits import SERVING, ServerLimits
from assessor.adapters.store.mail_outbox import SqlMailOutbox
from assessor.adapters.store.notices import SqlNotices
from assessor.adapters.store.outbox import SqlOutbox
from assessor.adapters.store.outcomes import SqlOutcomes
from assessor.adapters.store.people import SqlPeople
from assessor.adapters.store.pilots import SqlPilots
from assessor.adapters.store.places import SqlPlaces
from assessor.adapters.store.projections import SqlProjections
from assessor.adapters.store.provider_calls import SqlProviderCalls
from assessor.adapters.store.quality import SqlQuality
from assessor.adapters.store.queue import SqlQueue
from assessor.adapters.store.replica import Replica, ReplicatedDatabase
from assessor.adapters.store.schema import check_revision
from assessor.adapters.store.training import SqlTraining
from assessor.adapters.store.verdicts import SqlVerdicts
from assessor.adapters.store.workers import SqlWorkers
from assessor.adapters.store.wraps import SqlWraps
from assessor.adapters.vault import Vault
from assessor.ports import Random, ReplicaStanding


class SqlStore(
    SqlChecks,
    SqlTenants,
    SqlPeople,
    SqlKeys,
    SqlSessions,
    SqlDrafts,
    SqlProjections,
    SqlQueue,
    SqlBacklog,
    SqlTraining,
    SqlVerdicts,
    SqlOutbox,
    SqlNotices,
    SqlMailOutbox,
    SqlWorkers,
    SqlLedger,
    SqlCalibrations,
    SqlPilots,
    SqlPlaces,
    SqlProviderCalls,
    SqlChanges,
    SqlGoldRuns,
    SqlOutcomes,
    SqlDemographics,
    SqlFeedback,
    SqlQuality,
    SqlLibraries,
    SqlItems,
    SqlSignatures,
    SqlErasures,
    SqlAuditLogs,
    SqlWraps,
):
    """Fulfils `Store` on SQLite or PostgreSQL."""

    def __init__(
        self,
        address: str,
        vault: Vault,
        random: Random | None = None,
        *,
        durable: bool = True,
        limits: ServerLimits = SERVING,
        replica: Replica | None = None,
    ) -> None:
        database = (
            Database(address, durable=durable, limits=limits)
            if replica is None
            else ReplicatedDatabase(address, replica, limits=limits)
        )
        super().__init__(database, vault, random or SystemRandom())

    async def ping(self) -> None:
        """Raise when the database cannot be reached, Conflict when its schema is not the code's."""
        await self._database.ask(check_revision)

    @property
    def replica(self) -> ReplicaStanding | None:
        """How the replica stands that lists and reports are read from; None where none is set."""
        return self._database.replica

    @property
    def is_crowded(self) -> bool:
        """Whether so much waits for the database that what can come again should."""
        return self._database.is_crowded

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()
