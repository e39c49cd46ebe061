"""An assessment's whole life, from the invitation to the erasure, beside a model of a few lines.

Hypothesis chooses what happens next: what candidates, platforms and reviewers do in any order, and how time
passes. After each step the assessment must be where the model is, and hold every word that was acknowledged.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from shutil import copy
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assessor.adapters.destroyed_keys import DestroyedKeysFile
from assessor.domain import events as e
from assessor.domain.assessment import OPEN, UNBEGUN, Assessment, Status
from assessor.domain.errors import AssessorError, Erased, InvalidInput
from assessor.domain.response import parse_response
from assessor.services.closing import LATE_ARRIVAL
from assessor.services.erasing import Erasing
from assessor.services.marking import Mark
from assessor.services.order import Order
from tests.services.plays import candidate, reviewer
from tests.world import SeededRandom, World, world

PERSON: Final = "candidate-1"
INVITE_DAYS: Final = 14
DAY: Final = 24 * 60
STEPS: Final = 40
RUNS: Final = 12
DEEP_RUNS: Final = 200
LONGEST_TALK: Final = 60
FULL: Final = 15
"""Steps after which a life may end: most would else be over before anything happened."""
LEVELS: Final = st.sampled_from([0, 2, 4])
PAST: Final = frozenset({Status.SUBMITTED, Status.SCORING, Status.DECIDED})


@dataclass
class Expected:
    """Where the assessment must be, how much time must be left, and what was acknowledged."""

    status: Status = Status.ORDERED
    days_to_begin: float = INVITE_DAYS
    minutes_left: float = 0
    break_left: float = 0
    messages: dict[str, str] = field(default_factory=dict)
    responses: dict[str, Any] = field(default_factory=dict)
    is_erased: bool = False

    @property
    def is_working(self) -> bool:
        return self.status is Status.IN_PROGRESS and self.minutes_left > 0

    def after(self, minutes: float) -> None:
        """Let time pass: a break uses up its budget first."""
        if self.status in UNBEGUN:
            self.days_to_begin -= minutes / DAY
        if self.status is Status.PAUSED:
            rested = min(minutes, self.break_left)
            self.break_left, minutes = self.break_left - rested, minutes - rested
        if self.status in {Status.IN_PROGRESS, Status.PAUSED}:
            self.minutes_left -= minutes

    def swept(self) -> None:
        """Do what a sweep does: no invitation, break or working time goes on for ever."""
        if self.status in UNBEGUN and self.days_to_begin <= 0:
            self.status = Status.EXPIRED
        if self.status is Status.PAUSED and self.break_left <= 0:
            self.status = Status.IN_PROGRESS
        if self.status is Status.IN_PROGRESS and self.minutes_left <= -LATE_ARRIVAL / timedelta(minutes=1):
            self.status = Status.DECIDED


class Life(RuleBasedStateMachine):
    """One assessment in a world of its own."""

    folder: Path
    migrated: Path
    steps: Counter[str]
    _lives = 0

    def __init__(self) -> None:
        super().__init__()
        Life._lives += 1
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.taken = 0
        self.expected = Expected()
        self.place = self.folder / str(Life._lives)
        self.place.mkdir()
        copy(self.migrated, self.place / "assessor.db")

    @initialize(until=st.sampled_from(["invited", "begun", "begun", "talked", "submitted"]))
    def order(self, until: str) -> None:
        self.runner.run(self._order())
        if until != "invited":
            self.open_the_link()
            self.begin()
        if until in {"talked", "submitted"}:
            self.talk(level=4)
        if until == "submitted":
            self.submit()

    async def _order(self) -> None:
        address = f"sqlite:///{self.place / 'assessor.db'}"
        self.world: World = await self.stack.enter_async_context(world(self.place, address))
        ledger = DestroyedKeysFile(self.place / "elsewhere" / "ledger.jsonl")
        made = self.world
        self.erasing = Erasing(made.store, made.log, made.jobs, ledger, made.clock, SeededRandom(7))
        self.rita = await reviewer(made)
        ordered = await made.ordering.order(
            made.tenant, Order(candidate_ref=PERSON, track="python", form="short")
        )
        self.token = ordered.invite_url.rsplit("/", 1)[-1]
        self.is_spent, self.link_days = False, float(INVITE_DAYS)
        self.id = ordered.assessment.id

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()

    def does(self, what: str, act: Callable[[], Awaitable[Any]], *, may: bool) -> None:
        """Do something, which must succeed exactly when it may. What is refused must change nothing."""
        before = self._head()
        try:
            self.runner.run(_whole(act))
        except AssessorError:
            if may:
                raise
            assert self._head() == before
        else:
            assert may, f"{what} was possible in {self.expected}"
        self.taken += 1
        self.steps[f"{what}, {'done' if may else 'refused'}"] += 1

    def load(self) -> Assessment:
        return self.runner.run(self.world.log.load(self.id))

    def _head(self) -> int:
        return self.runner.run(self.world.store.verify_chain(self.id))

    # What candidates do

    @rule()
    def open_the_link(self) -> None:
        now = self.expected
        may = not self.is_spent and not now.is_erased and self.link_days > 0  # also to see how it ended
        self.does("opening the link", lambda: self.world.inviting.redeem(self.token), may=may)
        if may:
            self.is_spent = True
            now.status = Status.OPENED if now.status is Status.ORDERED else now.status

    @rule()
    def begin(self) -> None:
        now = self.expected
        may = not now.is_erased and now.status in {Status.OPENED, Status.IN_PROGRESS}
        begins = may and now.status is Status.OPENED
        self.does("beginning", self._begin, may=may)
        if begins:
            assessment = self.load()
            at = self.world.clock.now()
            assert assessment.deadline is not None
            now.status = Status.IN_PROGRESS
            now.minutes_left = (assessment.deadline - at) / timedelta(minutes=1)
            now.break_left = (assessment.break_left(at) or 0) / 60

    async def _begin(self) -> None:
        await self.world.conversing.begin(self.id)
        await self.world.conversing.settled(self.id)

    @rule(level=LEVELS)
    def say(self, level: int) -> None:
        now = self.expected
        finished = now.status is Status.IN_PROGRESS and self.load().interview_finished
        may = now.is_working and not finished
        name = f"message-{len(now.messages):03}"
        words = self.runner.run(self._words(level)) if may else "Hello?"
        self.does("answering", lambda: self._say(name, words), may=may)
        if may:
            now.messages[name] = words

    async def _words(self, level: int) -> str:
        assessment = await self.world.log.load(self.id)
        return (await candidate(self.world, level)).answer(assessment.transcript.turns[-1].item_id)

    async def _say(self, name: str, words: str) -> None:
        await self.world.conversing.receive(self.id, name, words)
        await self.world.conversing.settled(self.id)
        await self.world.conversing.observed(self.id)

    @precondition(lambda self: self.expected.is_working)
    @rule(level=LEVELS)
    def talk(self, level: int) -> None:
        """Answer until the interview is over."""
        for _ in range(LONGEST_TALK):
            if self.load().interview_finished:
                return
            self.say(level)
        raise AssertionError("the interview did not end")

    @precondition(lambda self: self.expected.messages and not self.expected.is_erased)
    @rule()
    def say_it_twice(self) -> None:
        name, words = list(self.expected.messages.items())[-1]
        before = self._head()
        self.does("answering twice", lambda: self._say(name, words), may=True)
        assert self._head() == before

    @rule(at=st.integers(0, 9), level=LEVELS)
    def hand_in(self, at: int, level: int) -> None:
        now = self.expected
        if now.is_erased:
            return
        item, payload, response = self.runner.run(self._response(at, level))
        self.does(
            "handing in", lambda: self.world.answering.hand_in(self.id, item, payload), may=now.is_working
        )
        if now.is_working:
            now.responses[item] = response

    async def _response(self, at: int, level: int) -> tuple[str, dict[str, Any], Any]:
        assessment = await self.world.log.load(self.id)
        place = assessment.form.tasks[at % len(assessment.form.tasks)]
        library = await self.world.content.library("python")
        payload = (await candidate(self.world, level)).response(place.item_id)
        return place.item_id, payload, parse_response(library.item("python", place.item_id), payload)

    @precondition(lambda self: not self.expected.is_erased)
    @rule(at=st.integers(0, 9))
    def hand_in_nothing(self, at: int) -> None:
        item, _, _ = self.runner.run(self._response(at, 0))
        with pytest.raises(InvalidInput):
            self.runner.run(self.world.answering.hand_in(self.id, item, {}))

    @rule()
    def rest(self) -> None:
        now = self.expected
        may = now.break_left > 0 and (now.is_working or now.status is Status.PAUSED) and not now.is_erased
        self.does("a break", lambda: self.world.pausing.pause(self.id), may=may)
        if may:
            now.status = Status.PAUSED

    @rule()
    def go_on(self) -> None:
        now = self.expected
        may = now.status in {Status.PAUSED, Status.IN_PROGRESS} and not now.is_erased
        self.does("going on", lambda: self.world.pausing.resume(self.id), may=may)
        if may:
            now.status = Status.IN_PROGRESS

    @precondition(lambda self: self.expected.is_working)
    @rule(minutes=st.sampled_from([1, 20, 40]))
    def rest_a_while(self, minutes: int) -> None:
        self.rest()
        self.wait(minutes)
        self.go_on()

    @rule()
    def submit(self) -> None:
        now = self.expected
        over = now.status is Status.IN_PROGRESS and now.minutes_left <= 0
        finished = now.status is Status.IN_PROGRESS and self.load().interview_finished
        may = (over or finished or now.status in PAST) and not now.is_erased
        self.does("submitting", lambda: self.world.answering.submit(self.id), may=may)
        if may:
            now.status = Status.DECIDED

    @precondition(lambda self: self.taken >= FULL)
    @rule()
    def withdraw(self) -> None:
        now = self.expected
        may = not now.is_erased and now.status in OPEN | {Status.WITHDRAWN}
        self.does("withdrawing", lambda: self.world.consenting.withdraw(self.id), may=may)
        if may:
            now.status = Status.WITHDRAWN

    # What platforms, reviewers and time do

    @precondition(lambda self: self.taken >= FULL)
    @rule()
    def cancel(self) -> None:
        now = self.expected
        may = not now.is_erased and now.status in OPEN | {Status.CANCELLED}
        self.does("cancelling", lambda: self.world.ordering.cancel("acme", self.id), may=may)
        if may:
            now.status = Status.CANCELLED

    @rule()
    def send_another_link(self) -> None:
        now = self.expected
        may = not now.is_erased and now.status in OPEN
        self.does("another link", self._reissue, may=may)
        if may:
            self.is_spent = False
            self.link_days = now.days_to_begin = max(now.days_to_begin, INVITE_DAYS)

    async def _reissue(self) -> None:
        ordered = await self.world.inviting.reissue("acme", self.id)
        self.token = ordered.invite_url.rsplit("/", 1)[-1]

    @rule(minutes=st.sampled_from([1, 1, 5, 20, 90, 9 * DAY]))
    def wait(self, minutes: int) -> None:
        self.world.clock.turn(timedelta(minutes=minutes))
        self.expected.after(minutes)
        self.link_days -= minutes / DAY

    @rule()
    def sweep(self) -> None:
        self.runner.run(self._sweep())
        if not self.expected.is_erased:
            self.expected.swept()

    async def _sweep(self) -> None:
        await self.world.ordering.expire_overdue()
        await self.world.pausing.resume_overdue()
        await self.world.answering.submit_overdue()

    @rule(level=LEVELS, decision=st.sampled_from(["qualified", "not_qualified"]))
    def review(self, level: int, decision: str) -> None:
        if self.expected.is_erased or self.expected.status is not Status.DECIDED:
            return
        case = self.runner.run(self.world.reviewing.case(self.rita, self.id))
        for score in case.open:
            self.runner.run(self._score(score.item_id, score.criterion, level))
        if self.load().needs_person:
            why = "Everything was read with care."
            self.does(
                "deciding",
                lambda: self.world.reviewing.decide(self.rita, self.id, decision, why),
                may=True,
            )
            assert self.load().decision == decision

    async def _score(self, item: str, criterion: str, level: int) -> None:
        person = await candidate(self.world, level)
        mark = Mark.MET if person.meets(item, criterion) else Mark.UNMET
        await self.world.reviewing.score(self.rita, self.id, item, criterion, mark, "Read.")

    @precondition(lambda self: self.taken >= FULL and self.expected.status not in OPEN)
    @rule()
    def erase(self) -> None:
        self.does("erasing", self._erase, may=True)
        self.expected.is_erased = True

    async def _erase(self) -> None:
        await self.erasing.erase(await self.erasing.holding_of("acme", PERSON), before_term=True)

    # What always holds

    @invariant()
    def the_log_is_whole(self) -> None:
        assert self._head() > 0

    @invariant()
    def nothing_is_readable_once_erased(self) -> None:
        if self.expected.is_erased:
            with pytest.raises(Erased):
                self.load()

    @invariant()
    def it_is_where_it_must_be_and_keeps_what_was_acknowledged(self) -> None:
        if self.expected.is_erased:
            return
        assessment, now = self.load(), self.expected
        (row,) = self.runner.run(self.world.ordering.recent("acme"))
        assert (row.status, assessment.status) == (now.status, now.status)
        facts = [event.fact for event in self.runner.run(self.world.store.events(self.id))]
        kept = [fact for fact in facts if isinstance(fact, e.CandidateMessage)]
        assert {one.message_id: one.text for one in kept if one.message_id in now.messages} == now.messages
        assert len({one.message_id for one in kept}) == len(kept)
        assert {item: assessment.responses[item] for item in now.responses} == now.responses
        verdicts = [fact for fact in facts if isinstance(fact, e.VerdictIssued)]
        assert bool(verdicts) == (now.status is Status.DECIDED)
        earlier = [one.document["id"] for one in verdicts[:-1]]
        assert [one.document["supersedes"] for one in verdicts] == [None, *earlier][: len(verdicts)]


async def _whole(act: Callable[[], Awaitable[Any]]) -> None:
    await act()


def lives(folder: Path, migrated: Path, runs: int) -> Counter[str]:
    """Live many lives; return how often each step was done, and how often refused."""
    steps = Counter[str]()
    chosen = {"folder": folder, "migrated": migrated, "steps": steps}
    run_state_machine_as_test(
        type("Life", (Life,), chosen),
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return steps


def test_an_assessment_is_always_where_its_model_is(tmp_path: Path, migrated_file: Path) -> None:
    assert lives(tmp_path, migrated_file, RUNS).total() > RUNS


@pytest.mark.deep
def test_an_assessment_is_where_its_model_is_in_many_lives(
    tmp_path: Path, migrated_file: Path, record_property: Callable[[str, object], None]
) -> None:
    steps = lives(tmp_path, migrated_file, DEEP_RUNS)

    record_property("Steps of the state machine, from invitation to erasure", steps.total())
    print(f"{steps.total()} steps:")
    for what, count in sorted(steps.items()):
        print(f"{count:6} {what}")
    assert steps.total() > DEEP_RUNS
