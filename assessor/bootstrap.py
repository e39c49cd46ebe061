"""The only place where settings become a running service."""

import asyncio
import contextlib
import itertools
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from assessor import crash_points
from assessor.adapters.clock import SystemClock, SystemRandom
from assessor.adapters.code import JailedCode
from assessor.adapters.content import FileContent
from assessor.adapters.logs import configure_logs
from assessor.adapters.passwords import Argon2Passwords
from assessor.adapters.shipped import shipped
from assessor.adapters.stream import InProcessStream
from assessor.domain.errors import Conflict
from assessor.domain.library import Library
from assessor.ports import Content, Jobs, Ledger, Model, Prompts, Signer, Store
from assessor.services.access import Access
from assessor.services.amending import Amending
from assessor.services.answering import Answering
from assessor.services.applied_rubrics import AppliedRubrics
from assessor.services.calibrating import Calibrating
from assessor.services.caring import Caring
from assessor.services.conversing import Conversing
from assessor.services.delivering import Delivering
from assessor.services.log import AssessmentLog, each_overdue
from assessor.services.notifying import Notifying
from assessor.services.ordering import Ordering
from assessor.services.pausing import Pausing
from assessor.services.replaying import Replaying
from assessor.services.rescoring import Rescoring
from assessor.services.reviewing import Reviewing
from assessor.services.scoring import Scoring
from assessor.services.subscribing import Subscribing
from assessor.services.watching import Watching
from assessor.settings import Settings

if TYPE_CHECKING:
    from assessor.adapters.jobs import DbosJobs
    from assessor.adapters.model import Choice
    from assessor.adapters.roster import Roster
    from assessor.scoring.judge import Judge

SWEEP_SECONDS = 60
TOP_LOGPROBS = 5
"""Enough to hold the beginnings of both verdicts."""

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
    pausing: Pausing
    caring: Caring
    amending: Amending
    answering: Answering
    scoring: Scoring
    reviewing: Reviewing
    delivering: Delivering
    subscribing: Subscribing
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
async def interviewing_model(settings: Settings, ledger: Ledger) -> AsyncIterator[Model | None]:
    """Run the configured interviewing model alone; None when there is none."""
    from assessor.adapters.model import models

    async with models(_choice(settings), ledger, SystemClock()) as chosen:
        yield chosen.interviewer


@asynccontextmanager
async def replaying(settings: Settings) -> AsyncIterator[Replaying]:
    """Build what replays verdicts. No model is started, and nothing is written."""
    from assessor.adapters.signing import verify

    prompts, signer = _prompts(), _signer(settings)
    keys = signer.jwks()
    async with stored(settings) as store:
        yield Replaying(
            store,
            _content(),
            prompts,
            lambda models: _judge(models, prompts, settings),
            lambda jws: verify(jws, keys, demonstration=True),
        )


@asynccontextmanager
async def rescoring(settings: Settings) -> AsyncIterator[Rescoring]:
    """Build what scores stored work again, with the configured judge."""
    from assessor.adapters.model import models

    crash_points.install(_crash_hook(settings))
    clock, content, prompts = SystemClock(), _content(), _prompts()
    async with stored(settings) as store, models(_choice(settings), store, clock) as chosen:
        assessments, judge = AssessmentLog(store, clock), _judge(chosen.judges, prompts, settings)
        code = JailedCode(settings.code_isolation)
        yield Rescoring(
            store,
            assessments,
            content,
            prompts,
            Scoring(assessments, content, _signer(settings), judge, code, store),
            judge,
            [model.name for model in chosen.judges],
            code,
            clock,
            store,
        )


@asynccontextmanager
async def watching(settings: Settings) -> AsyncIterator[Watching]:
    """Build what calibrates the configured judge and watches it; migrates first."""
    from assessor.adapters.model import models
    from assessor.adapters.store import migrate

    await asyncio.to_thread(migrate, settings.database_url)
    clock, prompts = SystemClock(), _prompts()
    async with stored(settings) as store, models(_choice(settings), store, clock) as chosen:
        calibrating = Calibrating(
            _content(),
            prompts,
            _judge(chosen.judges, prompts, settings),
            [model.name for model in chosen.judges],
            store,
            clock,
            concurrency=settings.model_concurrency,
        )
        yield Watching(calibrating, store, clock)


async def library() -> Library:
    """Return the shipped library alone. Raises LibraryInvalid with every problem there is."""
    return await _content().library()


def _content() -> FileContent:
    return FileContent(shipped("question_banks"), shipped("rubrics"))


def _prompts() -> Prompts:
    from assessor.adapters.prompts import FilePrompts

    return FilePrompts(shipped("prompts"))


def _signer(settings: Settings) -> Signer:
    from assessor.adapters.signing import JwsSigner

    return JwsSigner.from_files(
        settings.signing_key_file,
        settings.data_dir / "demonstration.jwk",
        create=settings.environment == "development",
    )


def _judge(models: Sequence[Model], prompts: Prompts, settings: Settings) -> "Judge | None":
    """Return a judge by the first model, which asks the second one in doubt; None without any."""
    from assessor.scoring.judge import Budget, Judge

    if not models:
        return None
    return Judge(
        models[0],
        prompts,
        lambda: SystemRandom().bytes(16).hex(),
        second=models[1] if len(models) > 1 else None,
        budget=Budget(settings.judge_calls, settings.judge_tokens, _in_millionths(settings.judge_money)),
        top_logprobs=TOP_LOGPROBS if settings.judge_token_probabilities else 0,
    )


def _in_millionths(dollars: float | None) -> int | None:
    return None if dollars is None else max(1, round(dollars * 1_000_000))


def _crash_hook(settings: Settings) -> Callable[[crash_points.CrashPoint], None] | None:
    return _ending_at(settings.crash_at, settings.crash_token) if settings.crash_at else None


@asynccontextmanager
async def running(settings: Settings, *, works: bool = True) -> AsyncIterator[Services]:
    """Build the service, sweep what was left undone, and close everything at the end.

    A process that does not work hands jobs to those that do. Raises Conflict when another process works
    under this one's executor id.
    """
    from assessor.adapters.model import models
    from assessor.adapters.webhooks import HttpReceivers
    from assessor.interview import Interviewer

    configure_logs(settings.log_level, for_machines=settings.environment == "production")
    crash_points.install(_crash_hook(settings))
    clock, random = SystemClock(), SystemRandom()
    content, prompts = _content(), _prompts()
    await content.library()
    signer = _signer(settings)
    receivers = HttpReceivers(allow_loopback=settings.webhook_allow_loopback)
    async with stored(settings) as store, models(_choice(settings), store, clock) as chosen:
        assessments = AssessmentLog(store, clock)
        judge = _judge(chosen.judges, prompts, settings)
        notifying = Notifying(
            store,
            receivers,
            clock,
            source=settings.public_url,
            worker=settings.executor_id,
            schedule=settings.webhook_retry_seconds,
        )
        scoring = Scoring(assessments, content, signer, judge, JailedCode(settings.code_isolation), store)
        applied = AppliedRubrics(lambda recorded: _judge(recorded, prompts, settings))
        async with _jobs(settings, store, scoring, works=works) as jobs:
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
                Interviewer(chosen.interviewer, prompts),
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
                pausing=Pausing(store, assessments, clock),
                caring=Caring(assessments),
                amending=Amending(
                    store, assessments, content, clock, max_message_chars=settings.max_message_chars
                ),
                answering=Answering(store, assessments, content, clock, jobs),
                scoring=scoring,
                reviewing=Reviewing(store, assessments, content, scoring, ordering, jobs, applied),
                delivering=Delivering(store, assessments, signer),
                subscribing=Subscribing(store, receivers, clock, random),
                model_name=chosen.shown,
            )

            async def sweep() -> None:
                async def score(assessment_id: str) -> bool:
                    await jobs.score(assessment_id, await scoring.round_of(assessment_id))
                    return True

                await each_overdue("score", await store.unscored(), score)
                await services.pausing.resume_overdue()  # first: what it wakes may be over already
                await services.answering.submit_overdue()
                await ordering.expire_overdue()
                await notifying.forget_old()

            async with contextlib.AsyncExitStack() as background:
                if works:
                    await background.enter_async_context(_repeating(sweep, SWEEP_SECONDS))
                    await background.enter_async_context(notifying.running())
                try:
                    yield services
                finally:
                    await conversing.close()


@asynccontextmanager
async def _jobs(settings: Settings, store: Store, scoring: Scoring, *, works: bool) -> AsyncIterator[Jobs]:
    """Join the workers and work until the end, or only hand work to them."""
    from assessor.adapters.jobs import dbos_jobs, queued_jobs
    from assessor.adapters.roster import Roster

    if not works:
        async with queued_jobs(settings.jobs_database_url) as queue:
            yield queue
        return
    roster = Roster(store, settings.executor_id, settings.adopt_after_seconds)
    # On the roster before the engine starts: what it takes up again must not count as a dead worker's.
    async with (
        roster.joined(),
        dbos_jobs(settings.jobs_database_url, settings.executor_id, scoring.workflow) as jobs,
        _beside(_keep_place(roster, jobs), "roster"),
    ):
        yield jobs


async def _keep_place(roster: "Roster", jobs: "DbosJobs") -> None:
    """Show that this worker lives; stop the process when another one took its place."""
    try:
        await roster.keep(jobs)
    except Conflict as displaced:
        log.error("this worker stops", reason=str(displaced))  # noqa: TRY400 - the reason says it all
        os.kill(os.getpid(), signal.SIGTERM)


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Run work beside the rest until the end."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def check_models(settings: Settings) -> None:
    """Raise SettingsInvalid for a model file that cannot be served, before anything is started."""
    from assessor.adapters.model import check_files

    check_files(_choice(settings))


def _choice(settings: Settings) -> "Choice":
    from assessor.adapters.model import Choice

    key = settings.model_api_key
    return Choice(
        interviewer=settings.model,
        judge=settings.judge_model,
        second_judge=settings.judge_second_model,
        fallbacks=settings.fallback_models,
        base_url=settings.model_base_url,
        api_key=key.get_secret_value() if key else None,
        timeout_seconds=settings.model_timeout_seconds,
        concurrency=settings.model_concurrency,
        tokens_per_minute=settings.model_tokens_per_minute,
    )


def _ending_at(place: str, token: Path | None) -> Callable[[crash_points.CrashPoint], None]:
    """Return a hook that kills this process when it reaches a point for the N-th time.

    With a token, passes count while it exists, and of several processes the one that removes it ends.
    """
    name, _, times = place.partition(":")
    countdown = itertools.count(int(times) - 1, -1)

    def hook(point: crash_points.CrashPoint) -> None:
        if point != name or (token and not token.exists()):
            return
        if next(countdown) == 0 and (token is None or _took(token)):
            os.kill(os.getpid(), signal.SIGKILL)

    return hook


def _took(token: Path) -> bool:
    """Whether it was this process that removed the file."""
    try:
        token.unlink()
    except FileNotFoundError:
        return False
    return True


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

    async with _beside(again(), "sweep"):
        yield
