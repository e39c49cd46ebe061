"""The parts of the service that single commands need."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from assessor import crash_points
from assessor.adapters.clock import SystemClock, SystemRandom
from assessor.adapters.code import JailedCode
from assessor.adapters.passwords import Argon2Passwords
from assessor.bootstrap import parts
from assessor.bootstrap.crashing import crash_hook
from assessor.bootstrap.pilots import sampling
from assessor.ports import Ledger, Model, Store
from assessor.services.access import Access
from assessor.services.audit_package import Checking, Packing
from assessor.services.auditing import Auditing
from assessor.services.bias_audits import BiasAudits
from assessor.services.calibrating import Calibrating
from assessor.services.chain_checking import ChainChecking
from assessor.services.changing import Changing
from assessor.services.erasing import Erasing
from assessor.services.exporting import Exporting
from assessor.services.fairness import Fairness
from assessor.services.gathering import Gathering
from assessor.services.incident import IncidentChecking, Incidents
from assessor.services.libraries import OwnLibraries
from assessor.services.log import AssessmentLog
from assessor.services.outcomes import Recording
from assessor.services.people import People
from assessor.services.proving import Proving
from assessor.services.replaying import Replaying
from assessor.services.rescoring import Rescoring
from assessor.services.retiring import Retiring
from assessor.services.revoking import Revoking
from assessor.services.scoring import Scoring
from assessor.services.shadowing import Shadowing
from assessor.services.signal_rules import SignalRules
from assessor.services.surveying import Surveying
from assessor.services.training import Training
from assessor.services.watching import Watching
from assessor.settings import Settings


@dataclass(frozen=True)
class Changes:
    """What tries changes of the grading, and what switches them."""

    shadowing: Shadowing
    changing: Changing
    store: Store


@asynccontextmanager
async def accessing(settings: Settings) -> AsyncIterator[tuple[Access, Store]]:
    """Open only what is needed to manage keys and people; migrates first."""
    from assessor.adapters.store import migrate

    await asyncio.to_thread(migrate, settings.database_url)
    async with parts.stored(settings) as store:
        yield Access(store, Argon2Passwords(), SystemClock(), SystemRandom()), store


@asynccontextmanager
async def managing_people(settings: Settings) -> AsyncIterator[tuple[People, Store]]:
    """Open only what is needed to say who may do what; migrates first."""
    async with accessing(settings) as (_, store):
        yield People(store, Argon2Passwords(), SystemClock(), SystemRandom()), store


@asynccontextmanager
async def managing_training(settings: Settings) -> AsyncIterator[tuple[Training, Store]]:
    """Open only what is needed to say who needs no training; migrates first."""
    async with accessing(settings) as (_, store):
        yield Training(store, parts.content_with_own(store), SystemClock()), store


@asynccontextmanager
async def own_libraries(settings: Settings) -> AsyncIterator[OwnLibraries]:
    """Open only what is needed to add and activate platforms' own tasks; migrates first."""
    from assessor.adapters.content.uploads import UploadReader
    from assessor.adapters.store import migrate

    await asyncio.to_thread(migrate, settings.database_url)
    async with parts.stored(settings) as store:
        yield OwnLibraries(store, parts.content_with_own(store), UploadReader(), SystemClock())


@asynccontextmanager
async def interviewing_model(settings: Settings, ledger: Ledger) -> AsyncIterator[Model | None]:
    """Run the configured interviewing model alone; None when there is none."""
    from assessor.adapters.model import models

    async with models(parts.choice(settings), ledger, SystemClock()) as chosen:
        yield chosen.interviewer


@asynccontextmanager
async def replaying(settings: Settings) -> AsyncIterator[Replaying]:
    """Build what replays verdicts. No model is started, and nothing is written."""
    from assessor.adapters.signing import verify

    prompts, signer = parts.prompts(), parts.signer(settings)
    keys = signer.jwks()
    async with parts.stored(settings) as store:
        yield Replaying(
            store,
            parts.content_with_own(store),
            prompts,
            lambda models, templates: parts.judge(models, prompts.replaced(templates), settings),
            lambda jws: verify(jws, keys, demonstration=True),
        )


@asynccontextmanager
async def packing(settings: Settings) -> AsyncIterator[Packing]:
    """Build what makes packages for auditors."""
    async with parts.stored(settings) as store:
        yield Packing(store, parts.content_with_own(store), parts.signer(settings), SystemClock())


@asynccontextmanager
async def reporting_incidents(settings: Settings) -> AsyncIterator[Incidents]:
    """Build what makes the files of incidents."""
    async with parts.stored(settings) as store:
        yield Incidents(store, parts.signer(settings), SystemClock())


def checking_incidents(*, demonstration: bool) -> IncidentChecking:
    """Build what checks them. It needs no settings, no database and no key of ours."""
    from assessor.adapters.signing import verify

    return IncidentChecking(
        lambda token, keys, what: verify(token, keys, demonstration=demonstration, what=what)
    )


@asynccontextmanager
async def checking_chains(settings: Settings) -> AsyncIterator[ChainChecking]:
    """Build what checks every chain in the database. Nothing is written."""
    from assessor.adapters.signing import verify

    keys = parts.signer(settings).jwks()
    async with parts.stored(settings) as store:
        yield ChainChecking(store, lambda jws: verify(jws, keys, demonstration=True))


def checking_packages(*, demonstration: bool) -> Checking:
    """Build what checks packages. It needs no settings, no database and no key of ours."""
    from assessor.adapters.signing import verify
    from assessor.adapters.vault import open_sealed, place

    prompts = parts.prompts()

    def opens(key: bytes, sealed: bytes, assessment_id: str, seq: int, type_: str) -> bytes:
        return open_sealed(key, sealed, place(assessment_id, seq, type_), f"Event {seq}")

    return Checking(
        opens,
        lambda token, keys, what: verify(token, keys, demonstration=demonstration, what=what),
        prompts,
        lambda models, templates: parts.recorded_judge(models, prompts.replaced(templates)),
    )


@asynccontextmanager
async def rescoring(settings: Settings) -> AsyncIterator[Rescoring]:
    """Build what scores stored work again, with the configured judge."""
    from assessor.adapters.model import models

    crash_points.install(crash_hook(settings))
    clock, prompts = SystemClock(), parts.prompts()
    async with parts.stored(settings) as store, models(parts.choice(settings), store, clock, store) as chosen:
        content = parts.content_with_own(store)
        assessments, judge = AssessmentLog(store, clock), parts.judge(chosen.judges, prompts, settings)
        code = JailedCode(settings.code_isolation)
        yield Rescoring(
            store,
            assessments,
            content,
            prompts,
            Scoring(
                assessments,
                content,
                parts.signer(settings),
                judge,
                code,
                store,
                sampling=await sampling(settings, store),
            ),
            judge,
            [model.name for model in chosen.judges],
            code,
            clock,
            store,
        )


@asynccontextmanager
async def shadowing(settings: Settings) -> AsyncIterator[Changes]:
    """Build what tries changes of the grading on stored work; migrates first."""
    from assessor.adapters.model import models
    from assessor.adapters.store import migrate

    await asyncio.to_thread(migrate, settings.database_url)
    clock, prompts = SystemClock(), parts.prompts()
    async with parts.stored(settings) as store, models(parts.choice(settings), store, clock, store) as chosen:
        tried = Shadowing(
            store,
            parts.content_with_own(store),
            parts.graders(chosen, prompts, settings),
            JailedCode(settings.code_isolation),
            clock,
            SystemRandom(),
            worker=f"{settings.executor_id}, by hand",
        )
        yield Changes(tried, Changing(store, clock), store)


@asynccontextmanager
async def retiring(settings: Settings) -> AsyncIterator[Retiring]:
    """Build what retires items. No model is started: what is left is decided by arithmetic."""
    clock = SystemClock()
    async with parts.stored(settings) as store:
        assessments, content = AssessmentLog(store, clock), parts.content_with_own(store)
        code, signer = JailedCode(settings.code_isolation), parts.signer(settings)
        scoring = Scoring(
            assessments, content, signer, None, code, store, sampling=await sampling(settings, store)
        )
        yield Retiring(store, assessments, content, scoring, store, clock)


@asynccontextmanager
async def gathering(settings: Settings) -> AsyncIterator[tuple[Gathering, Store]]:
    """Build what reads the answers that may be used to check an item."""
    clock = SystemClock()
    async with parts.stored(settings) as store:
        log, content = AssessmentLog(store, clock), parts.content_with_own(store)
        yield Gathering(store, log, content, Auditing(store, clock)), store


@asynccontextmanager
async def exporting(settings: Settings) -> AsyncIterator[Exporting]:
    """Build what takes lists out of the service."""
    async with parts.stored(settings) as store:
        yield Exporting(store, Auditing(store, SystemClock()), parts.typesetting())


@asynccontextmanager
async def surveying(settings: Settings) -> AsyncIterator[Surveying]:
    """Build what reads how items do. Nothing is written."""
    async with parts.stored(settings) as store:
        yield Surveying(store, store, parts.content_with_own(store))


@asynccontextmanager
async def signal_rules(settings: Settings) -> AsyncIterator[tuple[Store, SignalRules]]:
    """Build what counts how often rules that notice are set aside."""
    async with parts.stored(settings) as store:
        yield store, SignalRules(store, SystemClock())


@asynccontextmanager
async def revoking(settings: Settings) -> AsyncIterator[Revoking]:
    """Build what takes verdicts back."""
    async with parts.stored(settings) as store:
        yield Revoking(store, AssessmentLog(store, SystemClock()))


@asynccontextmanager
async def watching(settings: Settings, templates: Mapping[str, str] | None = None) -> AsyncIterator[Watching]:
    """Build what calibrates the configured judge and watches it; migrates first.

    With `templates` it reads those in place of the installed prompts of the same names.
    """
    from assessor.adapters.model import models
    from assessor.adapters.store import migrate

    await asyncio.to_thread(migrate, settings.database_url)
    clock, prompts = SystemClock(), parts.prompts().replaced(templates or {})
    async with parts.stored(settings) as store, models(parts.choice(settings), store, clock, store) as chosen:
        calibrating = Calibrating(
            parts.content(),
            prompts,
            parts.judge(chosen.judges, prompts, settings),
            [model.name for model in chosen.judges],
            store,
            clock,
            concurrency=settings.model_concurrency,
        )
        yield Watching(calibrating, store, clock)


@asynccontextmanager
async def recording(settings: Settings) -> AsyncIterator[Recording]:
    """Build what takes outcomes; migrates first."""
    async with accessing(settings) as (_, store):
        yield Recording(store, SystemClock(), SystemRandom())


@asynccontextmanager
async def auditing_bias(settings: Settings) -> AsyncIterator[BiasAudits]:
    """Build what records bias audits; migrates first."""
    async with accessing(settings) as (_, store):
        yield BiasAudits(store, parts.content_with_own(store), SystemClock())


@asynccontextmanager
async def comparing_groups(settings: Settings) -> AsyncIterator[Fairness]:
    """Build what reports on fairness. Nothing is written."""
    async with parts.stored(settings) as store:
        yield Fairness(store, AssessmentLog(store, SystemClock()))


@asynccontextmanager
async def erasing(settings: Settings, also: Sequence[Path] = ()) -> AsyncIterator[tuple[Erasing, Proving]]:
    """Build what erases, and what proves it in the data folder and in other places; migrates first."""
    from assessor.adapters.jobs import queued_jobs
    from assessor.adapters.remains import StoredRemains
    from assessor.adapters.store import migrate
    from assessor.bootstrap.backing_up import environment_of

    await asyncio.to_thread(migrate, settings.database_url)
    clock, ledger = SystemClock(), parts.ledger(settings)
    async with parts.stored(settings) as store, queued_jobs(settings.jobs_database_url) as jobs:
        service = Erasing(store, AssessmentLog(store, clock), jobs, ledger, clock, SystemRandom())
        databases = (settings.database_url, settings.jobs_database_url)
        folders = [settings.data_dir, settings.gold_dir, *also]
        remains = StoredRemains(databases, folders, environment_of(settings))
        yield service, Proving(store, parts.content_with_own(store), service, ledger, remains)
