"""Durable workflows on DBOS. Its tables carry ids, never text."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, Serializer, SetEnqueueOptions, SetWorkflowID, StepOptions
from sqlalchemy.engine.interfaces import DBAPIConnection

from assessor.adapters.store.limits import SERVING, connecting
from assessor.domain.errors import StoreUnavailable
from assessor.ports import Steps
from assessor.tracing import describe, span, traceparent

WORKFLOW_VERSION = "2"
"""Changes when the order or the names of steps do, so that no half-done workflow replays onto others."""

APPLICATION = "assessor"
SCORE = "score"
QUEUE = "scoring"
POLL_SECONDS = 0.5
"""How long work that was handed in waits for a worker to look."""

AT_ONCE = 16
"""How many workflows of the queue one worker takes up; the others wait, or are left to other workers."""

OF_ONE_PLATFORM = 8
"""How many of these are one platform's, so that thousands of one leave room for another's ten. Beyond
that the platforms that have work are asked in an order that is drawn anew each time."""

_FAILED = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
"""The second is where work ends in whose middle workers have ended a hundred times."""

CONNECTIONS = 16
"""To a server, at most."""
_HELD = 5
"""Of these, how many are kept when there is nothing to do."""

MAX_STEP_ATTEMPTS = 3
GRACE_SECONDS = 5
OUTAGE_SECONDS = 60
OUTAGE_PAUSE_SECONDS = 0.5

ScoringWorkflow = Callable[[Steps, str], Awaitable[None]]


class RecordedError(Exception):
    """An error as a workflow recorded it: the original's class name and message."""


class JsonSerializer(Serializer):
    """JSON that also carries exceptions: a plain JSON serializer replaces the real error by its own."""

    def serialize(self, data: Any) -> str:
        """Write JSON. Raises TypeError for what a workflow must not record."""
        return json.dumps(data, default=_encode_error)

    def deserialize(self, serialized_data: str) -> Any:
        """Read it back; exceptions become RecordedError."""
        return json.loads(serialized_data, object_hook=_decode_error)

    def name(self) -> str:
        """The name under which DBOS stores what this wrote."""
        return "assessor_json"


class DbosSteps:
    """Steps of the workflow that is running.

    A workflow that came by the queue or was resumed runs in an event loop of the engine's. What a step
    works with, such as a model's connections and limits, belongs to the service's own loop, `home`.
    """

    def __init__(self, home: asyncio.AbstractEventLoop) -> None:
        self._home = home

    async def run(self, name: str, fn: Callable[..., Awaitable[Any]], *ids: str) -> Any:
        """Run a step; what it returned is recorded before the next begins."""

        async def at_home(*args: str) -> Any:
            with span("step", {"assessor.step": name}):
                return await _through_outages(fn, *args)

        async def step(*args: str) -> Any:
            if asyncio.get_running_loop() is self._home:
                return await at_home(*args)
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(at_home(*args), self._home))

        options: StepOptions = {
            "name": name,
            "retries_allowed": True,
            "max_attempts": MAX_STEP_ATTEMPTS,
            "interval_seconds": 0.2,
        }
        return await DBOS.run_step_async(options, step, *ids)


@contextmanager
def _told(assessment_id: str, tenant: str, parent: str) -> Iterator[None]:
    """Say in the log and the trace what a job is about. It goes on with the trace of who handed it in."""
    ids = {"assessment": assessment_id, **({"tenant": tenant} if tenant else {})}
    with (
        structlog.contextvars.bound_contextvars(job=DBOS.workflow_id or SCORE, **ids),
        span("job score", kind="consumer", parent=parent),
    ):
        describe(**ids)
        yield


async def _through_outages(fn: Callable[..., Awaitable[Any]], *args: str) -> Any:
    """Run a step until the database is there: its restart is no fault that an assessment is held for."""
    until = time.monotonic() + OUTAGE_SECONDS
    while True:
        try:
            return await fn(*args)
        except (sa.exc.OperationalError, StoreUnavailable):
            if time.monotonic() > until:
                raise
            await asyncio.sleep(OUTAGE_PAUSE_SECONDS)


class DbosJobs:
    """Works. Ids of workflows derive from what they work on: starting twice is starting once."""

    def __init__(self, workflow: Callable[[str, str, str], Coroutine[Any, Any, None]]) -> None:
        self._workflow = workflow

    async def score(self, tenant: str, assessment_id: str, round_: int) -> None:
        """Queue the scoring of one round, unless it was started already. This worker takes it, or another."""
        options = SetEnqueueOptions(queue_partition_key=tenant)
        with SetWorkflowID(_workflow_id(assessment_id, round_)), options:
            await DBOS.enqueue_workflow_async(
                QUEUE, self._workflow, assessment_id, tenant, traceparent() or ""
            )

    async def forget(self, assessment_id: str) -> None:
        """Delete what was noted of an assessment's workflows; what still runs of it ends."""
        found = await DBOS.list_workflows_async(
            workflow_id_prefix=_workflow_prefix(assessment_id), load_input=False, load_output=False
        )
        await DBOS.delete_workflows_async([one.workflow_id for one in found])

    async def forget_failed(self) -> int:
        """Delete what was noted of workflows that ended with a fault, so that they can be started again.

        Returns how many there were.
        """
        found = await DBOS.list_workflows_async(status=_FAILED, load_input=False, load_output=False)
        await DBOS.delete_workflows_async([one.workflow_id for one in found])
        return len(found)

    def begun_by_others(self, living: frozenset[str]) -> list[str]:
        """Return ids of workflows that were begun and that none of these executors is at. Blocks."""
        begun = DBOS.list_workflows(
            status="PENDING", app_version=WORKFLOW_VERSION, load_input=False, load_output=False
        )
        return [workflow.workflow_id for workflow in begun if workflow.executor_id not in living]

    def resume(self, ids: Sequence[str]) -> None:
        """Let a worker go on with these after their last recorded step. Blocks."""
        DBOS.resume_workflows(list(ids))


class QueuedJobs:
    """Hands work to the workers, and does none itself."""

    def __init__(self, client: DBOSClient) -> None:
        self._client = client

    async def score(self, tenant: str, assessment_id: str, round_: int) -> None:
        """Queue the scoring of one round, unless it was started already."""
        await self._client.enqueue_async(
            {
                "workflow_name": SCORE,
                "queue_name": QUEUE,
                "queue_partition_key": tenant,
                "workflow_id": _workflow_id(assessment_id, round_),
                "app_version": WORKFLOW_VERSION,
            },
            assessment_id,
            tenant,
            traceparent() or "",
        )

    async def forget(self, assessment_id: str) -> None:
        """Delete what was noted of an assessment's workflows; what still runs of it ends."""
        found = await self._client.list_workflows_async(
            workflow_id_prefix=_workflow_prefix(assessment_id), load_input=False, load_output=False
        )
        await self._client.delete_workflows_async([one.workflow_id for one in found])

    async def forget_failed(self) -> int:
        """Delete what was noted of workflows that ended with a fault, so that they can be started again.

        Returns how many there were.
        """
        found = await self._client.list_workflows_async(status=_FAILED, load_input=False, load_output=False)
        await self._client.delete_workflows_async([one.workflow_id for one in found])
        return len(found)


@asynccontextmanager
async def queued_jobs(
    database_url: str, connections: int = CONNECTIONS, answer_seconds: float = SERVING.answer_seconds
) -> AsyncIterator[QueuedJobs]:
    """Open the job engine's database for a process that only hands work in."""
    await asyncio.to_thread(migrate_jobs, database_url)
    engine = _engine(database_url, connections, answer_seconds)
    try:
        client = await asyncio.to_thread(_client, engine)
        yield QueuedJobs(client)
        await asyncio.to_thread(client.destroy)
    finally:
        engine.dispose()


def migrate_jobs(database_url: str) -> None:
    """Bring the job engine's tables to its newest schema. Several processes may do so at once."""
    _make_folder(sa.make_url(database_url))
    DBOS.migrate(database_url)


def _client(engine: sa.Engine) -> DBOSClient:
    return DBOSClient(
        system_database_engine=engine, serializer=JsonSerializer(), application_name=APPLICATION
    )


def _workflow_id(assessment_id: str, round_: int) -> str:
    return f"{_workflow_prefix(assessment_id)}{round_}"


def _workflow_prefix(assessment_id: str) -> str:
    return f"score:{assessment_id}:"


@asynccontextmanager
async def dbos_jobs(
    database_url: str,
    executor_id: str,
    scoring: ScoringWorkflow,
    connections: int = CONNECTIONS,
    answer_seconds: float = SERVING.answer_seconds,
) -> AsyncIterator[DbosJobs]:
    """Run the job engine in this event loop; pending workflows of this executor go on at once.

    A server that answers nothing for so long is left, and asked again by another connection.
    """
    engine, home = _engine(database_url, connections, answer_seconds), asyncio.get_running_loop()
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": database_url,
        "system_database_engine": engine,
        "serializer": JsonSerializer(),
        "application_version": WORKFLOW_VERSION,
        "executor_id": executor_id,
        # Of what is told by the engine's events and streams, which nothing here is: it would look a hundred
        # times a second whether there is any.
        "notification_coalesce_sec": 1.0,
        "log_level": "ERROR",
        "enable_otlp": False,
    }
    DBOS(config=config)

    @DBOS.workflow(name=SCORE)
    async def score(assessment_id: str, tenant: str = "", parent: str = "") -> None:
        """The last two came later: work that an earlier version queued has neither."""
        with _told(assessment_id, tenant, parent):
            await scoring(DbosSteps(home), assessment_id)

    try:
        DBOS.launch()
        await DBOS.register_queue_async(
            QUEUE,
            worker_concurrency=AT_ONCE,
            partition_worker_concurrency=OF_ONE_PLATFORM,
            polling_interval_sec=POLL_SECONDS,
        )
        yield DbosJobs(score)
    finally:
        await _stop()
        engine.dispose()


async def _stop() -> None:
    """Let running workflows finish for a while; what is cut off goes on at the next start.

    Off the loop, since a workflow may need the loop to finish, and on threads of its own: DBOS makes
    its pool the loop's default one, and leaves it there after it was shut down.
    """
    loop, own = asyncio.get_running_loop(), ThreadPoolExecutor(1)
    stop = partial(DBOS.destroy, destroy_registry=True, workflow_completion_timeout_sec=GRACE_SECONDS)
    try:
        await loop.run_in_executor(own, stop)
    finally:
        own.shutdown()
        loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="assessor"))


def _engine(database_url: str, connections: int, answer_seconds: float) -> sa.Engine:
    """Open the engine's database. WAL gives SQLite five times the workflows per second."""
    url = sa.make_url(database_url)
    if url.get_backend_name() != "sqlite":
        # The driver is loaded where there is a server.
        from assessor.adapters.store.patience import be_patient

        server = url.set(drivername="postgresql+psycopg")
        # The engine listens on one more, which it takes out of the pool.
        held = min(_HELD, connections - 1)
        engine = sa.create_engine(
            server,
            pool_size=held,
            max_overflow=connections - 1 - held,
            pool_pre_ping=True,
            connect_args=connecting(server),
        )
        be_patient(engine, answer_seconds)
        return engine
    _make_folder(url)
    engine = sa.create_engine(database_url)

    @sa.event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _make_folder(url: sa.URL) -> None:
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _encode_error(value: object) -> dict[str, str]:
    if isinstance(value, BaseException):
        return {"__error__": type(value).__name__, "message": str(value)}
    raise TypeError(f"a workflow must not record a {type(value).__name__}")


def _decode_error(value: dict[str, Any]) -> Any:
    if "__error__" in value:
        return RecordedError(f"{value['__error__']}: {value['message']}")
    return value
