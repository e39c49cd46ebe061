"""The services that seeding goes through, on a clock that it turns."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from assessor.adapters.code import JailedCode
from assessor.adapters.passwords import Argon2Passwords
from assessor.adapters.stream import InProcessStream
from assessor.bootstrap import parts
from assessor.domain.library import Library
from assessor.domain.quality import Sampling
from assessor.interview.graph import Interviewer
from assessor.ports import Store
from assessor.scoring import Judge
from assessor.services.access import Access
from assessor.services.answering import Answering
from assessor.services.appealing import Appealing
from assessor.services.applied_rubrics import AppliedRubrics
from assessor.services.calibrating import Calibrating
from assessor.services.consenting import Consenting
from assessor.services.conversing import Conversing
from assessor.services.declaring import Declaring
from assessor.services.hearing import Hearing
from assessor.services.inviting import Inviting
from assessor.services.known_cases import KnownCases
from assessor.services.log import AssessmentLog
from assessor.services.marking import Sheets
from assessor.services.ordering import Ordering
from assessor.services.outcomes import Recording
from assessor.services.outlooks import Outlooks
from assessor.services.reviewing import Reviewing
from assessor.services.scoring import Scoring
from assessor.services.second_looks import SecondLooks
from assessor.services.training import Training
from assessor.services.watching import Watching
from assessor.settings import Settings
from assessor.simulation.interviews import SeededRandom, seeded
from assessor.simulation.models import SimulatedClock
from assessor.simulation.seeding.judge import Reading, SimulatedJudge
from assessor.simulation.seeding.people import VariedCandidate
from assessor.simulation.seeding.plan import LOOKED_AT_TWICE, SeedPlan

JUDGES: Final = (("simulated-judge-1", 0.05, 0.04), ("simulated-judge-2", 0.03, 0.12))
"""Name, what it overlooks, what it imagines. The second one comes later, and is more lenient."""


@dataclass
class Desk:
    """Who is scored at the moment; the judge in use reads over their shoulder."""

    judge: SimulatedJudge
    scoring: Scoring
    candidate: VariedCandidate | None = None
    track: str = ""

    def open(self, item_id: str) -> None:
        """Put one item before the judge."""
        if self.candidate is not None:
            self.judge.reading = Reading(self.candidate, self.track, item_id)


class NobodySignsIn(Argon2Passwords):
    """Gives every account a hash that no password has."""

    def hash(self, password: str) -> str:  # noqa: ARG002 - whatever it is
        """Return it."""
        return self.decoy


@dataclass
class ScoringAtOnce:
    """Fulfils `Jobs` and `Steps` in place: an interruption leaves a seed that can be thrown away."""

    desk: Desk

    async def score(self, tenant: str, assessment_id: str, round_: int) -> None:  # noqa: ARG002 - one after the other, and never twice
        """Score before this returns."""
        await self.desk.scoring.workflow(self, assessment_id)

    async def forget_failed(self) -> int:
        """Nothing is noted that could have failed."""
        return 0

    async def run(self, name: str, fn: Callable[..., Awaitable[Any]], *ids: str) -> Any:  # noqa: ARG002 - kept by none
        """Run a step, with what it is about on the judge's desk."""
        if len(ids) > 1:
            self.desk.open(ids[1])
        return await fn(*ids)


@dataclass
class Workshop:
    """Everything that seeding calls."""

    store: Store
    clock: SimulatedClock
    library: Library
    desk: Desk
    judges: tuple[SimulatedJudge, ...]
    scorings: tuple[Scoring, ...]
    """One for each judge."""
    watchings: tuple[Watching, ...]
    """Likewise."""
    jobs: ScoringAtOnce
    access: Access
    ordering: Ordering
    inviting: Inviting
    conversing: Conversing
    consenting: Consenting
    answering: Answering
    scoring: Scoring
    reviewing: Reviewing
    sheets: Sheets
    second_looks: SecondLooks
    appealing: Appealing
    hearing: Hearing
    declaring: Declaring
    recording: Recording
    training: Training
    known_cases: KnownCases


@asynccontextmanager
async def workshop(settings: Settings, plan: SeedPlan) -> AsyncIterator[Workshop]:
    """Build the services over the database that the settings name. It does not wait for the disk."""
    clock = SimulatedClock(plan.until)
    async with parts.stored(settings, durable=False) as store:
        content, prompts, log = parts.content(), parts.prompts(), AssessmentLog(store, clock)
        library = await content.library()
        random, tokens = SeededRandom(plan.seed, plan.platform), seeded(plan.seed, "fences")
        judges = tuple(
            SimulatedJudge(name, library, clock, seeded(plan.seed, name), overlooks, imagines)
            for name, overlooks, imagines in JUDGES
        )
        signer, code = parts.signer(settings), JailedCode(settings.code_isolation)
        sampling = Sampling(LOOKED_AT_TWICE, seeded(plan.seed, "sample").randbytes(16), simulations=True)
        readers = [Judge(judge, prompts, lambda: tokens.randbytes(16).hex()) for judge in judges]
        scorings = tuple(
            Scoring(log, content, signer, reader, code, store, sampling=sampling) for reader in readers
        )
        watchings = tuple(
            Watching(
                Calibrating(content, prompts, reader, [judge.name], store, clock, concurrency=1), store, clock
            )
            for judge, reader in zip(judges, readers, strict=True)
        )
        desk = Desk(judges[0], scorings[0])
        jobs = ScoringAtOnce(desk)
        inviting = Inviting(store, log, clock, random, public_url=settings.public_url, invite_days=14)
        ordering = Ordering(store, log, content, prompts, clock, random, inviting)
        applied = AppliedRubrics(
            lambda recorded, templates: parts.judge(recorded, prompts.replaced(templates), settings)
        )
        conversing = Conversing(
            log,
            content,
            Interviewer(None, prompts),
            InProcessStream(),
            clock,
            random,
            retirements=store,
            max_message_chars=settings.max_message_chars,
        )
        outlooks = Outlooks(log, content, store)
        sheets = Sheets(log, scorings[0], outlooks)
        try:
            yield Workshop(
                store=store,
                clock=clock,
                library=library,
                desk=desk,
                judges=judges,
                scorings=scorings,
                watchings=watchings,
                jobs=jobs,
                access=Access(store, NobodySignsIn(), clock, random),
                ordering=ordering,
                inviting=inviting,
                conversing=conversing,
                consenting=Consenting(log),
                answering=Answering(store, log, content, clock, jobs),
                scoring=scorings[0],
                reviewing=Reviewing(
                    store, log, content, scorings[0], ordering, jobs, applied, sheets, outlooks, clock
                ),
                sheets=sheets,
                second_looks=SecondLooks(log, content),
                appealing=Appealing(log, clock),
                hearing=Hearing(log, content, scorings[0]),
                declaring=Declaring(store, log, clock),
                recording=Recording(store, clock, random),
                training=Training(store, content, clock),
                known_cases=KnownCases(store, content, clock, SeededRandom(plan.seed, "known cases"), 1.0),
            )
        finally:
            await conversing.close()
