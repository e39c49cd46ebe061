"""Joining the workers, or handing work to them."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from assessor.bootstrap.background import beside
from assessor.domain.errors import Conflict
from assessor.ports import Store
from assessor.settings import Settings

if TYPE_CHECKING:
    from assessor.adapters.jobs import DbosJobs, QueuedJobs, ScoringWorkflow
    from assessor.adapters.roster import Roster

log = structlog.get_logger()


@asynccontextmanager
async def working(
    settings: Settings, store: Store, workflow: "ScoringWorkflow", *, works: bool
) -> AsyncIterator["DbosJobs | QueuedJobs"]:
    """Join the workers and work until the end, or only hand work to them."""
    from assessor.adapters.jobs import dbos_jobs, queued_jobs
    from assessor.adapters.roster import Roster
    from assessor.adapters.store import ServerLimits

    patience = ServerLimits(statement_seconds=settings.database_statement_seconds).answer_seconds
    if not works:
        async with queued_jobs(
            settings.jobs_database_url, settings.jobs_database_connections, patience
        ) as queue:
            yield queue
        return
    roster = Roster(store, settings.executor_id, settings.adopt_after_seconds)
    # On the roster before the engine starts: what it takes up again must not count as a dead worker's.
    async with (
        roster.joined(),
        dbos_jobs(
            settings.jobs_database_url,
            settings.executor_id,
            workflow,
            settings.jobs_database_connections,
            patience,
        ) as jobs,
        beside(_keep_place(roster, jobs), "roster"),
    ):
        yield jobs


async def _keep_place(roster: "Roster", jobs: "DbosJobs") -> None:
    """Show that this worker lives; stop the process when another one took its place."""
    try:
        await roster.keep(jobs)
    except Conflict as displaced:
        log.error("this worker stops", reason=str(displaced))  # noqa: TRY400 - the reason says it all
        os.kill(os.getpid(), signal.SIGTERM)
