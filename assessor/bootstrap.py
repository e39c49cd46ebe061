"""The only place where settings become a running service."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from assessor.adapters.clock import SystemClock, SystemRandom
from assessor.adapters.content import FileContent
from assessor.adapters.logs import configure_logs
from assessor.adapters.passwords import Argon2Passwords
from assessor.adapters.shipped import shipped
from assessor.adapters.stream import InProcessStream
from assessor.ports import Content, Store
from assessor.services.access import Access
from assessor.services.answering import Answering
from assessor.services.conversing import Conversing
from assessor.services.delivering import Delivering
from assessor.services.log import AssessmentLog
from assessor.services.ordering import Ordering
from assessor.services.reviewing import Reviewing
from assessor.services.scoring import Scoring
from assessor.settings import Settings

if TYPE_CHECKING:
    from assessor.adapters.model import LitellmModel

SWEEP_SECONDS = 60

log = structlog.get_logger()


@dataclass(frozen=True)
class Services:
    """Everything that the web and the command line call."""

    settings: Settings
    store: Store
    content: Content
    access: Access
    ordering: Ordering
    conversing: Conversing
    answering: Answering
    scoring: Scoring
    reviewing: Reviewing
    delivering: Delivering
    model_name: str | None
    """The configured interviewing model, or None for the embedded default."""


@asynccontextmanager
async def stored(settings: Settings) -> AsyncIterator[Store]:
    """Open the store. Its schema must be this version's (`assessor migrate`)."""
    from assessor.adapters.store import SqlStore
    from assessor.adapters.vault import Vault

    store = SqlStore(settings.database_url, Vault(settings.master_key_bytes()))
    try:
        await store.ping()
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def accessing(settings: Settings) -> AsyncIterator[tuple[Access, Store]]:
    """Open only what is needed to manage keys and people; migrates first."""
    from assessor.adapters.store import migrate

    await asyncio.to_thread(migrate, settings.database_url)
    async with stored(settings) as store:
        yield Access(store, Argon2Passwords(), SystemClock(), SystemRandom()), store


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Services]:
    """Build the service, sweep what was left undone, and close everything at the end."""
    from assessor.adapters.jobs import dbos_jobs
    from assessor.adapters.prompts import FilePrompts
    from assessor.adapters.signing import JwsSigner
    from assessor.interview import Interviewer
    from assessor.scoring.judge import Judge

    configure_logs(settings.log_level, for_machines=settings.environment == "production")
    clock, random = SystemClock(), SystemRandom()
    content = FileContent(shipped("question_banks"), shipped("rubrics"))
    prompts = FilePrompts(shipped("prompts"))
    await content.library()
    signer = JwsSigner.from_files(
        settings.signing_key_file,
        settings.data_dir / "demonstration.jwk",
        create=settings.environment == "development",
    )
    model, judging_model = _model(settings, settings.model), _model(settings, settings.judge_model)
    judge = Judge(judging_model, prompts, lambda: random.bytes(16).hex()) if judging_model else None
    async with stored(settings) as store:
        assessments = AssessmentLog(store, clock)
        scoring = Scoring(assessments, content, signer, judge)
        async with dbos_jobs(settings.jobs_database_url, settings.executor_id, scoring.workflow) as jobs:
            ordering = Ordering(
                store,
                assessments,
                content,
                prompts,
                clock,
                random,
                public_url=settings.public_url,
                invite_days=settings.invite_days,
            )
            conversing = Conversing(
                assessments,
                content,
                Interviewer(model, prompts),
                InProcessStream(),
                clock,
                random,
                max_message_chars=settings.max_message_chars,
            )
            services = Services(
                settings=settings,
                store=store,
                content=content,
                access=Access(store, Argon2Passwords(), clock, random),
                ordering=ordering,
                conversing=conversing,
                answering=Answering(store, assessments, content, clock, jobs),
                scoring=scoring,
                reviewing=Reviewing(store, assessments, content, scoring, ordering, jobs),
                delivering=Delivering(store, assessments, signer),
                model_name=settings.model,
            )

            async def sweep() -> None:
                for assessment_id in await store.unscored():
                    await jobs.score(assessment_id, await scoring.round_of(assessment_id))
                await services.answering.submit_overdue()
                await ordering.expire_overdue()

            async with _loading(model), _repeating(sweep, SWEEP_SECONDS):
                try:
                    yield services
                finally:
                    await conversing.close()


def _model(settings: Settings, name: str | None) -> "LitellmModel | None":
    if name is None:
        return None
    from assessor.adapters.model import LitellmModel

    key = settings.model_api_key
    return LitellmModel(
        name,
        base_url=settings.model_base_url,
        api_key=key.get_secret_value() if key else None,
        timeout_seconds=settings.model_timeout_seconds,
    )


@asynccontextmanager
async def _loading(model: "LitellmModel | None") -> AsyncIterator[None]:
    """Load the provider's library beside the start: the first candidate must not wait for it."""
    task = asyncio.create_task(model.load(), name="load model") if model else None
    try:
        yield
    finally:
        if task:
            await task


@asynccontextmanager
async def _repeating(sweep: Callable[[], Awaitable[None]], seconds: float) -> AsyncIterator[None]:
    """Run the sweep now, so that it is known to work, and then again and again."""
    await sweep()

    async def again() -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await sweep()
            except Exception:
                # One failed sweep must not end all later ones; the next finds the same work.
                log.exception("sweep failed")

    task = asyncio.create_task(again(), name="sweep")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
