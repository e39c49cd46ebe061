"""Durable workflows on DBOS. Its tables carry ids, never text."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, Serializer, SetWorkflowID, StepOptions
from sqlalchemy.engine.interfaces import DBAPIConnection

from assessor.ports import Steps

WORKFLOW_VERSION = "1"
"""Changes when the order or the names of steps do, so that no half-done workflow replays onto others."""

MAX_STEP_ATTEMPTS = 3
GRACE_SECONDS = 5

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
    """Steps of the workflow that is running."""

    async def run(self, name: str, fn: Callable[..., Awaitable[Any]], *ids: str) -> Any:
        """Run a step; what it returned is recorded before the next begins."""

        async def step(*args: str) -> Any:
            return await fn(*args)

        options: StepOptions = {
            "name": name,
            "retries_allowed": True,
            "max_attempts": MAX_STEP_ATTEMPTS,
            "interval_seconds": 0.2,
        }
        return await DBOS.run_step_async(options, step, *ids)


class DbosJobs:
    """Starts workflows by ids that derive from what they work on: starting twice is starting once."""

    def __init__(self, workflow: Callable[[str], Coroutine[Any, Any, None]]) -> None:
        self._workflow = workflow

    async def score(self, assessment_id: str, round_: int) -> None:
        """Start the scoring of one round, unless it was started already."""
        with SetWorkflowID(f"score:{assessment_id}:{round_}"):
            await DBOS.start_workflow_async(self._workflow, assessment_id)


@asynccontextmanager
async def dbos_jobs(database_url: str, executor_id: str, scoring: ScoringWorkflow) -> AsyncIterator[DbosJobs]:
    """Run the job engine in this event loop; pending workflows of this executor go on at once."""
    engine = _engine(database_url)
    config: DBOSConfig = {
        "name": "assessor",
        "system_database_url": database_url,
        "system_database_engine": engine,
        "serializer": JsonSerializer(),
        "application_version": WORKFLOW_VERSION,
        "executor_id": executor_id,
        "log_level": "ERROR",
        "enable_otlp": False,
    }
    DBOS(config=config)

    @DBOS.workflow(name="score")
    async def score(assessment_id: str) -> None:
        await scoring(DbosSteps(), assessment_id)

    try:
        DBOS.launch()
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


def _engine(database_url: str) -> sa.Engine:
    """Open the engine's database. WAL gives SQLite five times the workflows per second."""
    if not database_url.startswith("sqlite"):
        return sa.create_engine(database_url, pool_size=5)
    if path := sa.make_url(database_url).database:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(database_url)

    @sa.event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _encode_error(value: object) -> dict[str, str]:
    if isinstance(value, BaseException):
        return {"__error__": type(value).__name__, "message": str(value)}
    raise TypeError(f"a workflow must not record a {type(value).__name__}")


def _decode_error(value: dict[str, Any]) -> Any:
    if "__error__" in value:
        return RecordedError(f"{value['__error__']}: {value['message']}")
    return value
