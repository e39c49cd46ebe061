"""The services on a real store and the shipped library, with a clock that tests turn."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from assessor.adapters.code import JailedCode
from assessor.adapters.content import shipped_content
from assessor.adapters.passwords import Argon2Passwords
from assessor.adapters.prompts import FilePrompts
from assessor.adapters.shipped import shipped
from assessor.adapters.signing import JwsSigner
from assessor.adapters.store import SqlStore
from assessor.adapters.stream import InProcessStream
from assessor.adapters.vault import Vault
from assessor.domain.errors import ModelFault
from assessor.domain.library import Library
from assessor.domain.policy import Grade, Policy
from assessor.interview.graph import Interviewer
from assessor.ports import Content, Model, Prompts, Tenant
from assessor.scoring.judge import Judge
from assessor.services.access import Access
from assessor.services.amending import Amending
from assessor.services.answering import Answering
from assessor.services.applied_rubrics import AppliedRubrics
from assessor.services.asking import Asking
from assessor.services.caring import Caring
from assessor.services.consenting import Consenting
from assessor.services.conversing import Conversing
from assessor.services.delivering import Delivering
from assessor.services.graders import Graders
from assessor.services.identifying import Identifying
from assessor.services.inviting import Inviting
from assessor.services.log import AssessmentLog
from assessor.services.marking import Sheets
from assessor.services.moving import Moving
from assessor.services.near_duplicates import NearDuplicates, scored_and_compared
from assessor.services.ordering import Ordering
from assessor.services.outlooks import Outlooks
from assessor.services.pausing import Pausing
from assessor.services.reviewing import Reviewing
from assessor.services.scoring import Scoring
from tests.identity_service import HostedInMemory

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PUBLIC_URL = "http://127.0.0.1:8000"
PILOT = Policy(least_basis=Grade.PROVISIONAL)


@dataclass
class TurnedClock:
    """A clock that stands until a test turns it."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def turn(self, by: timedelta) -> None:
        self.at += by


@dataclass
class SeededRandom:
    """Repeatable bytes."""

    seed: int = 1
    calls: int = 0

    def bytes(self, count: int) -> bytes:
        self.calls += 1
        return hashlib.shake_128(f"{self.seed}:{self.calls}".encode()).digest(count)


@dataclass
class StepsInPlace:
    """A workflow engine that forgets nothing and runs a step once, within the process."""

    done: dict[str, Any] = field(default_factory=dict)
    stop_before: str | None = None

    async def run(self, name: str, fn: Callable[..., Awaitable[Any]], *ids: str) -> Any:
        key = "/".join((name, *ids))
        if name == self.stop_before:
            raise KeyboardInterrupt(name)
        if key not in self.done:
            self.done[key] = await fn(*ids)
        return self.done[key]


@dataclass
class JobsInPlace:
    """Runs a workflow when it is started, once an id."""

    workflow: Callable[[StepsInPlace, str], Awaitable[None]] | None = None
    steps: StepsInPlace = field(default_factory=StepsInPlace)
    started: set[tuple[str, int]] = field(default_factory=set)

    async def forget(self, assessment_id: str) -> None:
        self.started = {one for one in self.started if one[0] != assessment_id}

    async def forget_failed(self) -> int:
        return 0

    async def score(self, _tenant: str, assessment_id: str, round_: int) -> None:
        if (assessment_id, round_) in self.started or self.workflow is None:
            return
        self.started.add((assessment_id, round_))
        await self.workflow(StepsInPlace() if round_ > 1 else self.steps, assessment_id)


@dataclass
class BreakableContent:
    """The shipped library, behind a disk that a test can take away."""

    files: Content
    broken: bool = False
    edited: Library | None = None
    """The library after somebody edited it while assessments were under way."""

    async def library(self, track: str | None = None) -> Library:
        if self.broken:
            raise OSError("the disk is gone")
        return self.edited or await self.files.library(track)


@dataclass
class World:
    """Everything that a test of a use case touches."""

    store: SqlStore
    clock: TurnedClock
    log: AssessmentLog
    content: BreakableContent
    jobs: JobsInPlace
    access: Access
    inviting: Inviting
    ordering: Ordering
    identifying: Identifying
    conversing: Conversing
    pausing: Pausing
    caring: Caring
    asking: Asking
    consenting: Consenting
    moving: Moving
    amending: Amending
    answering: Answering
    scoring: Scoring
    near_duplicates: NearDuplicates
    reviewing: Reviewing
    delivering: Delivering
    signer: JwsSigner
    hosted: HostedInMemory
    tenant: Tenant


def nobody_named(name: str) -> Model:
    """No provider: a world opens the model that it is given, and no other one."""
    raise ModelFault("not_configured", name)


@asynccontextmanager
async def world(
    folder: Path,
    address: str,
    *,
    model: Model | None = None,
    policy: Policy = PILOT,
    named: Callable[[str], Model] = nobody_named,
    clock: TurnedClock | None = None,
) -> AsyncIterator[World]:
    """Build the services over a migrated database, with keys in a folder."""
    clock, random = clock or TurnedClock(), SeededRandom()
    store = SqlStore(address, Vault(bytes(32)), random)
    content = BreakableContent(shipped_content())
    prompts = FilePrompts(shipped("prompts"))
    signer = JwsSigner.from_files(folder / "live.jwk", folder / "demonstration.jwk", create=True)
    log = AssessmentLog(store, clock)

    def judge_with(models: Sequence[Model], worded: Prompts) -> Judge | None:
        return Judge(models[0], worded, lambda: random.bytes(16).hex()) if models else None

    def judge_of(models: Sequence[Model], templates: Mapping[str, str]) -> Judge | None:
        return judge_with(models, prompts.replaced(templates))

    installed = [model] if model else []
    judge = judge_with(installed, prompts)
    graders = Graders(installed, prompts, judge_with, named)
    scoring = Scoring(log, content, signer, judge, JailedCode("full"), store, graders=graders)
    near_duplicates = NearDuplicates(store, log, content, clock, bytes(32))
    jobs = JobsInPlace(scored_and_compared(scoring, near_duplicates))
    hosted = HostedInMemory()
    inviting = Inviting(store, log, clock, random, public_url=PUBLIC_URL, invite_days=14)
    ordering = Ordering(store, log, content, prompts, clock, random, inviting, identity_service=hosted)
    access = Access(store, Argon2Passwords(), clock, random)
    conversing = Conversing(
        log,
        content,
        Interviewer(model, prompts),
        InProcessStream(),
        clock,
        random,
        retirements=store,
        max_message_chars=8000,
    )
    outlooks = Outlooks(log, content, store)
    try:
        yield World(
            store=store,
            clock=clock,
            log=log,
            content=content,
            jobs=jobs,
            access=access,
            inviting=inviting,
            ordering=ordering,
            identifying=Identifying(store, log, scoring, hosted, clock, public_url=PUBLIC_URL),
            conversing=conversing,
            pausing=Pausing(store, log, clock),
            caring=Caring(log),
            asking=Asking(log),
            consenting=Consenting(log),
            moving=Moving(store, log, inviting, clock, random, pepper=bytes(32)),
            amending=Amending(store, log, content, clock, max_message_chars=8000),
            answering=Answering(store, log, content, clock, jobs),
            scoring=scoring,
            near_duplicates=near_duplicates,
            reviewing=Reviewing(
                store,
                log,
                content,
                scoring,
                ordering,
                jobs,
                AppliedRubrics(judge_of),
                Sheets(log, scoring, outlooks),
                outlooks,
                clock,
            ),
            delivering=Delivering(store, log, signer, clock),
            signer=signer,
            hosted=hosted,
            tenant=await access.add_tenant("acme", "Acme", policy),
        )
    finally:
        await conversing.close()
        await store.close()
