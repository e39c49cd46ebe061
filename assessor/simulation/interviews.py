"""Interviews with simulated people, through the real services on a store of their own."""

import asyncio
import hashlib
import os
import random
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from statistics import fmean
from typing import Any, Literal

from assessor.adapters.content import shipped_content
from assessor.adapters.passwords import Argon2Passwords
from assessor.adapters.prompts import FilePrompts
from assessor.adapters.shipped import shipped
from assessor.adapters.store import SqlStore, migrate
from assessor.adapters.stream import InProcessStream
from assessor.adapters.vault import Vault
from assessor.domain.assessment import Assessment, Status
from assessor.domain.events import InterviewerMessage, InterviewFinished
from assessor.domain.item import InterviewItem
from assessor.domain.library import Library
from assessor.domain.policy import Policy
from assessor.interview.graph import Interviewer
from assessor.interview.screen import screen
from assessor.interview.state import Brief, Heard, Question
from assessor.ports import Model, Tenant
from assessor.services.access import Access
from assessor.services.briefing import brief_for
from assessor.services.conversing import Conversing
from assessor.services.inviting import Inviting
from assessor.services.log import AssessmentLog
from assessor.services.order import Order
from assessor.services.ordering import Ordering
from assessor.services.pausing import Pausing
from assessor.simulation import inspection
from assessor.simulation.inspection import Secrets, Sent
from assessor.simulation.models import FaultyModel, GullibleModel, Metered, ScriptedModel, SimulatedClock
from assessor.simulation.personas import PERSONAS, Person, Persona
from assessor.simulation.playing import SimulationStuck

MAX_MESSAGES = 80
SENT_TWICE = 0.1
"""Share of messages whose acknowledgement is taken for lost, so that they are sent again."""

ModelName = Literal["scripted", "gullible", "faulty", "live"]


@dataclass(frozen=True)
class Plan:
    """Which interviews to hold. `fault_rate` is for the faulty model."""

    track: str
    n: int
    model: ModelName
    seed: int
    fault_rate: float = 0.2
    form: str = "full"


@dataclass(frozen=True)
class Held:
    """One interview that was held. Shares are in [0, 1]."""

    index: int
    persona: str
    finished: bool
    reason: str | None
    core_asked: float
    """Of the core questions: asked verbatim exactly once, or not asked for a reason that is in the log."""
    core_skipped: float
    """Of the core questions on the form: not reached before an early end, for its reason."""
    skipped: tuple[str, ...]
    swaps: int
    unapproved: int
    leaks: int
    lost: int
    doubled: int
    guard_replacements: int
    recovered_faults: int
    answers: int
    false_flags: int
    turns: int
    minutes: float
    coverage: float
    model_calls: int
    """For the words of turns; what observers used is counted apart."""
    tokens: int
    observation_calls: int
    observation_tokens: int
    observed: int
    """Observations that came into the log."""


class SeededRandom:
    """Bytes that a seed repeats: the same forms are drawn again."""

    def __init__(self, seed: int, use: str) -> None:
        self._dice = seeded(seed, use)

    def bytes(self, count: int) -> bytes:
        """Return the next bytes."""
        return self._dice.randbytes(count)


class ListeningStream(InProcessStream):
    """Carries the words, and remembers all that were let out, also those of a turn that failed."""

    def __init__(self) -> None:
        super().__init__()
        self.released: dict[tuple[str, str], str] = {}

    def write(self, assessment_id: str, run: str, text: str) -> None:
        """Add released words to the run's buffer."""
        self.released[assessment_id, run] = self.released.get((assessment_id, run), "") + text
        super().write(assessment_id, run, text)

    def heard(self, assessment_id: str) -> list[str]:
        """Return what was let out in one interview, by run."""
        return [text for (about, _), text in self.released.items() if about == assessment_id]


@dataclass
class Studio:
    """The services that an interview needs, on a simulated clock."""

    plan: Plan
    library: Library
    store: SqlStore
    log: AssessmentLog
    inviting: Inviting
    ordering: Ordering
    conversing: Conversing
    pausing: Pausing
    stream: ListeningStream
    clock: SimulatedClock
    model: Metered
    tenant: Tenant
    secrets: Secrets
    dice: random.Random = field(default_factory=random.Random)

    async def hold(self, index: int) -> Held:
        """Hold one interview to its end with the persona whose turn it is, and look at what it left."""
        return await self.hold_with(PERSONAS[index % len(PERSONAS)], index)

    async def hold_with(self, persona: Persona, index: int) -> Held:
        """Hold one interview with a persona. `index` seeds it, and is in its reference."""
        person = Person(persona, self.library, self.plan.track, seeded(self.plan.seed, index, persona.name))
        self.dice = seeded(self.plan.seed, index, "connection")
        self.model.reset()
        assessment_id = await self.begin(f"simulated-{index:05}")
        sent = await self._talk(assessment_id, person)
        return await self._inspected(assessment_id, index, persona.name, sent)

    async def begin(self, reference: str) -> str:
        """Order, open and begin an interview; return the assessment's id."""
        order = Order(
            candidate_ref=reference,
            track=self.plan.track,
            form=self.plan.form,
            simulated=True,
            livemode=False,
        )
        ordered = await self.ordering.order(self.tenant, order)
        assessment, _session = await self.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])
        await self.conversing.begin(assessment.id)
        return assessment.id

    async def _talk(self, assessment_id: str, person: Person) -> list[Sent]:
        sent: list[Sent] = []
        for number in range(MAX_MESSAGES):
            assessment = await self.conversing.settled(assessment_id)
            if assessment.status is Status.PAUSED:
                await self.pausing.resume(assessment_id)
            # Nobody types faster than an observer reads; and the same seed shall hold the same interview.
            await self.conversing.observed(assessment_id)
            if assessment.interview_finished:
                return sent
            last = assessment.transcript.turns[-1]
            said = person.reply(last.item_id)
            words_read, words_typed = len(last.text.split()), len(said.text.split())
            self.clock.pass_seconds(person.seconds_for(words_read, words_typed))
            one = Sent(f"simulated-{number:04}", said, last.item_id)
            await self._send(assessment_id, one)
            sent.append(one)
        raise SimulationStuck(f"the interview did not end within {MAX_MESSAGES} messages")

    async def _send(self, assessment_id: str, one: Sent) -> None:
        """Send a message; now and then twice, at once or after the reply, as browsers do."""
        await self.conversing.receive(assessment_id, one.message_id, one.said.text)
        if self.dice.random() < SENT_TWICE:
            if self.dice.random() < SENT_TWICE * 5:
                await self.conversing.settled(assessment_id)
            await self.conversing.receive(assessment_id, one.message_id, one.said.text)

    async def _inspected(self, assessment_id: str, index: int, persona: str, sent: Sequence[Sent]) -> Held:
        await self.store.verify_chain(assessment_id)
        events = await self.store.events(assessment_id)
        assessment = await self.log.load(assessment_id)
        turns = assessment.transcript.turns
        brief = brief_for(assessment, self.library, frozenset())
        said = [event.fact for event in events if isinstance(event.fact, InterviewerMessage)]
        ended = next((event for event in events if isinstance(event.fact, InterviewFinished)), None)
        began = assessment.started_at or events[0].at
        reason = ended.fact.reason if ended and isinstance(ended.fact, InterviewFinished) else None
        skipped = _skipped(assessment, brief) if reason not in {None, "complete"} else ()
        drawn = _with_swapped(brief, assessment, self.library)
        false_flags, answers = inspection.flagged(sent)
        released = self.stream.heard(assessment_id)
        return Held(
            index=index,
            persona=persona,
            finished=ended is not None,
            reason=reason,
            core_asked=fmean(
                inspection.accounted_for(assessment.transcript, question, skipped, assessment.swaps)
                for question in drawn.questions
            ),
            core_skipped=len(skipped) / len(brief.questions),
            skipped=skipped,
            swaps=len(assessment.swaps),
            unapproved=inspection.unapproved(events, drawn),
            leaks=inspection.leaks(assessment.transcript, released, brief, self.secrets, self.model.secrets),
            lost=inspection.lost(turns, sent),
            doubled=inspection.doubled(events),
            guard_replacements=sum(bool(s.guard) and not _is_fault(s) for s in said),
            recovered_faults=sum(_is_fault(s) for s in said),
            answers=answers,
            false_flags=false_flags,
            turns=len(said),
            minutes=((ended.at if ended else events[-1].at) - began).total_seconds() / 60,
            coverage=_coverage(assessment, self.library, brief),
            model_calls=self.model.used["turn"].calls,
            tokens=self.model.used["turn"].tokens,
            observation_calls=self.model.used["observation"].calls,
            observation_tokens=self.model.used["observation"].tokens,
            observed=len(assessment.observed),
        )


def _is_fault(said: InterviewerMessage) -> bool:
    return (said.guard or "").startswith("model_fault")


def _with_swapped(brief: Brief, assessment: Assessment, library: Library) -> Brief:
    """Add the questions that were swapped, whether they had been asked or not."""
    gone = [library.item(assessment.ordered.track, swap.item_id) for swap in assessment.swaps]
    asked = tuple(Question.of(item) for item in gone if isinstance(item, InterviewItem))
    return replace(brief, questions=(*brief.questions, *asked))


def _skipped(assessment: Assessment, brief: Brief) -> tuple[str, ...]:
    """Return the questions that were not reached in an interview that ended early, for its reason."""
    return tuple(q.item_id for q in brief.questions if not assessment.transcript.about(q.item_id))


def _coverage(assessment: Assessment, library: Library, brief: Brief) -> float:
    """Return the share of the competencies of the questions to which an answer was given."""
    track = assessment.ordered.track
    planned = {q.item_id: library.item(track, q.item_id).competency for q in brief.questions}
    answered = {
        planned[item_id]
        for item_id in planned
        if any(
            turn.speaker == "candidate" and screen(turn.text, assessment.ordered.language) is Heard.ANSWER
            for turn in assessment.transcript.about(item_id)
        )
    }
    return len(answered) / len(set(planned.values()))


def seeded(*parts: object) -> random.Random:
    """Return dice for exactly these parts; the same on every machine and in every process."""
    return random.Random(hashlib.sha256("\n".join(map(str, parts)).encode()).digest())


@asynccontextmanager
async def studio(plan: Plan, live: Model | None = None) -> AsyncIterator[Studio]:
    """Build the services over a database that goes away with them. `live` is for a plan that says so."""
    clock = SimulatedClock()
    content = shipped_content()
    prompts = FilePrompts(shipped("prompts"))
    library = await content.library()
    library.track(plan.track)
    model = Metered(live or _model(plan, library, clock))
    with tempfile.TemporaryDirectory(prefix="assessor-simulation-") as folder:
        address = f"sqlite:///{Path(folder) / 'simulation.db'}"
        await asyncio.to_thread(migrate, address)
        store = SqlStore(address, Vault(os.urandom(32)))
        log, stream = AssessmentLog(store, clock), ListeningStream()
        # Dice of their own for each: what the turns take must not change which forms are drawn.
        access, drawing, running = (SeededRandom(plan.seed, use) for use in ("access", "forms", "runs"))
        conversing = Conversing(
            log,
            content,
            Interviewer(model, prompts),
            stream,
            clock,
            running,
            retirements=store,
            max_message_chars=8000,
        )
        inviting = Inviting(store, log, clock, drawing, public_url="http://simulation", invite_days=14)
        ordering = Ordering(store, log, content, prompts, clock, drawing, inviting)
        tenants = Access(store, Argon2Passwords(), clock, access)
        try:
            yield Studio(
                plan=plan,
                library=library,
                store=store,
                log=log,
                inviting=inviting,
                ordering=ordering,
                conversing=conversing,
                pausing=Pausing(store, log, clock),
                stream=stream,
                clock=clock,
                model=model,
                tenant=await tenants.add_tenant("simulation", "Simulation", Policy()),
                secrets=Secrets.of(library, plan.track),
            )
        finally:
            await conversing.close()
            await store.close()


def _model(plan: Plan, library: Library, clock: SimulatedClock) -> Model:
    if plan.model == "gullible":
        return GullibleModel(clock, bank_texts(library, plan.track))
    scripted = ScriptedModel(clock)
    if plan.model == "faulty":
        return FaultyModel(scripted, clock, plan.fault_rate, seeded(plan.seed, "faults"))
    return scripted


def bank_texts(library: Library, track: str) -> list[str]:
    """Return the questions, criteria and anchors of a track, as a model would know a leaked bank."""
    items = [item for item in library.items[track].values() if isinstance(item, InterviewItem)]
    rubrics = [library.rubric(item.rubric) for item in items]
    texts = [item.question for item in items]
    texts += [criterion.text for rubric in rubrics for criterion in rubric.criteria]
    return texts + [anchor.answer for rubric in rubrics for anchor in rubric.anchors]


async def simulate(
    plan: Plan, live: Model | None = None, tell: Callable[[int], None] = lambda _: None
) -> dict[str, Any]:
    """Hold the interviews, one after the other; return a summary, and what each of them showed.

    `tell` hears how many have been held.
    """
    held: list[Held] = []
    async with studio(plan, live) as rooms:
        for index in range(plan.n):
            held.append(await rooms.hold(index))
            tell(index + 1)
    return {"summary": summary(held), "interviews": [asdict(one) for one in held]}


def summary(held: Sequence[Held]) -> dict[str, float | int]:
    """Add up: counts are sums; `core_asked`, `core_skipped`, `finished` and `false_flags` are shares."""
    turns, answers = sum(one.turns for one in held), sum(one.answers for one in held)
    counts = ("unapproved", "leaks", "lost", "doubled")
    sums = {f.name: sum(getattr(one, f.name) for one in held) for f in fields(Held) if f.type is int}
    return {
        "core_asked": _rounded(fmean(one.core_asked for one in held)),
        **{name: sums[name] for name in counts},
        "finished": _rounded(fmean(one.finished for one in held)),
        "guard_replacements": sums["guard_replacements"],
        "recovered_faults": sums["recovered_faults"],
        "false_flags": _rounded(sums["false_flags"] / max(1, answers)),
        "turns_mean": _rounded(turns / len(held)),
        "minutes_mean": _rounded(fmean(one.minutes for one in held)),
        "coverage_mean": _rounded(fmean(one.coverage for one in held)),
        "model_calls_per_turn": _rounded(sums["model_calls"] / turns),
        "tokens_per_turn": _rounded(sums["tokens"] / turns),
        "observation_calls_per_turn": _rounded(sums["observation_calls"] / turns),
        "observation_tokens_per_turn": _rounded(sums["observation_tokens"] / turns),
        "core_skipped": _rounded(fmean(one.core_skipped for one in held)),
        "swaps": sums["swaps"],
    }


def _rounded(value: float) -> float:
    return round(value, 6)
