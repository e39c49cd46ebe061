"""The interview as a service: messages in, turns out, and a stream that can be resumed."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

import structlog

from assessor.crash_points import CrashPoint, reach
from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import Conflict, IllegalTransition
from assessor.domain.ids import make_id
from assessor.domain.text import accept_text
from assessor.interview.graph import Interviewer
from assessor.ports import Clock, Content, Floor, Random, Retirements, Stream, Watch
from assessor.services.beginning import started
from assessor.services.briefing import Briefing
from assessor.services.consenting import consents, has_read, notice_accepted
from assessor.services.following import Frame, Position
from assessor.services.letting_in import LettingIn
from assessor.services.log import AssessmentLog
from assessor.services.observing import Observing
from assessor.services.pausing import with_pause
from assessor.services.subject import on_behalf_of
from assessor.services.taking_turns import TakingTurns
from assessor.tracing import span

HEARTBEAT_SECONDS = 10.0
RETRY_SECONDS = 2.0
LAST_TURN_SECONDS = 10.0

log = structlog.get_logger()


class Conversing:
    """Runs the turns of interviews. A closed connection never stops a turn, and never repeats one."""

    def __init__(
        self,
        assessments: AssessmentLog,
        content: Content,
        interviewer: Interviewer,
        stream: Stream,
        clock: Clock,
        random: Random,
        *,
        retirements: Retirements,
        max_message_chars: int,
        without_model: Interviewer | None = None,
        floor: Floor | None = None,
        letting_in: LettingIn | None = None,
    ) -> None:
        """`without_model` interviews where a simulated candidate plays for a chosen outcome.

        `floor` says who speaks where several processes serve one database. Without `letting_in` everybody
        may begin.
        """
        self._assessments = assessments
        self._briefing = Briefing(content, retirements)
        self._interviewer = interviewer
        self._without_model = without_model or interviewer
        self._stream = stream
        self._clock = clock
        self._random = random
        self._max_chars = max_message_chars
        self._letting_in = letting_in
        self._observing = Observing(assessments, interviewer, self._briefing.of)
        self._taking_turns = TakingTurns(floor, stream, assessments)
        self._is_ending = False
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._reached: dict[str, int] = {}
        """How many turns the log had after the last reply of this process, while an interview runs."""

    async def begin(self, assessment_id: str, answers: Mapping[str, bool] | None = None) -> Assessment:
        """Record that today's notice was read, and start the clock, or ask who it is first.

        Beginning twice is once. Where too many interviews go on, the clock is not started: who comes back
        with `begin` gets a place in turn.

        `answers` are those about optional uses. Raises InvalidInput for a use that is not asked about.
        """
        may_start = await self._may_start(await self._assessments.load(assessment_id))

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            if assessment.status is not Status.OPENED:
                assessment.require("beginning", Status.IDENTITY, Status.IN_PROGRESS)
                return []
            read = [] if has_read(assessment) else [notice_accepted()]
            before = [*read, *consents(assessment, answers or {})]
            if not assessment.identity.is_met:
                return [*before, e.IdentityAsked()]
            return [*before, started(assessment, now)] if may_start else before

        return await self._assessments.change(assessment_id, decide)

    async def _may_start(self, assessment: Assessment) -> bool:
        if self._letting_in is None or assessment.status is not Status.OPENED:
            return True
        return not assessment.identity.is_met or await self._letting_in.may_start(assessment)

    async def open(self, assessment_id: str) -> Assessment:
        """Return the assessment for the interview page, and see to it that the interviewer speaks."""
        assessment = await self._assessments.load(assessment_id)
        if self._is_behind(assessment):
            assessment = await self._assessments.load(assessment_id)
        return self._attended(assessment)

    def _attended(self, assessment: Assessment) -> Assessment:
        self._see_to_turn(assessment)
        if self._letting_in:
            self._letting_in.seen(assessment)
        return assessment

    async def receive(self, assessment_id: str, message_id: str, text: str) -> Assessment:
        """Accept a message: when this returns, it is on disk. The same id twice is one message.

        Raises InvalidInput or TooLarge for the text, IllegalTransition after the end, Conflict while
        the interviewer has yet to reply to the message before.
        """
        text = accept_text("message", text, limit=self._max_chars, required=True)

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            if message_id in assessment.message_ids:
                return []
            _require_open_interview(assessment, now)
            return [e.CandidateMessage(message_id=message_id, item_id=_open_item(assessment), text=text)]

        reach(CrashPoint.BEFORE_MESSAGE)
        assessment = await self._assessments.change(assessment_id, decide)
        reach(CrashPoint.AFTER_MESSAGE)
        self._stream.committed(assessment_id)
        self._see_to_turn(assessment)
        return assessment

    async def settled(self, assessment_id: str) -> Assessment:
        """Wait until the interviewer has nothing to say, and return the assessment."""
        assessment = await self.open(assessment_id)
        if turn := self._turns.get(assessment_id):
            await asyncio.shield(turn)
            assessment = await self._assessments.load(assessment_id)
        return assessment

    async def observed(self, assessment_id: str) -> None:
        """Wait until nothing is being observed: for whoever wants the same interview every time."""
        await self._observing.settled(assessment_id)

    def _interviewer_of(self, assessment: Assessment) -> Interviewer:
        return self._without_model if assessment.ordered.simulate else self._interviewer

    def end_streams(self) -> None:
        """End what watchers follow, for good: a browser takes it up again with another process."""
        self._is_ending = True
        self._stream.wake_all()

    async def close(self) -> None:
        """Let running turns finish before the process ends; what runs beside them is given up.

        A turn that takes too long is cut off, and other processes run it anew.
        """
        self.end_streams()
        self._taking_turns.close()
        await self._observing.close()
        if turns := list(self._turns.values()):
            _, late = await asyncio.wait(turns, timeout=LAST_TURN_SECONDS)
            for turn in late:
                turn.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def follow(self, assessment_id: str, after: str) -> AsyncIterator[Frame]:
        """Yield everything after a stream id: durable turns first, then words as they are released.

        Ends after `paused` and `finished`, and when the process ends. A reader that fell behind gets all
        queued words as one frame.
        `clock` comes when other terms hold than at the beginning.
        """
        position = Position.parse(after)
        with self._stream.watch(assessment_id) as watch:
            assessment = await self.open(assessment_id)
            terms = assessment.accommodation
            while True:
                if assessment.accommodation != terms:
                    terms, left = assessment.accommodation, assessment.time_left(self._clock.now())
                    yield Frame("clock", position.id, seconds_left=left)
                for frame in position.catch_up(assessment):
                    yield frame
                if end := position.end(assessment):
                    yield end
                    return
                for frame in position.listen(self._stream.buffer(assessment_id)):
                    yield frame
                told = True
                async for frame in self._wait(watch, assessment_id, position):
                    told = frame.kind != "heartbeat"
                    yield frame
                if self._is_ending:
                    return
                # What this process wrote it knows; what others wrote is read when they tell, or all is quiet.
                told = told and not watch.others_wrote()
                assessment = await (self._told(assessment_id) if told else self._looked(assessment))

    def since(self, assessment: Assessment, after: str) -> list[Frame]:
        """Return what was committed after a stream id, for whoever cannot follow and looks again."""
        position = Position.parse(after)
        frames = position.catch_up(assessment)
        end = position.end(assessment)
        return [*frames, end] if end else frames

    async def _told(self, assessment_id: str) -> Assessment:
        """Return what this process committed last, and see to it that the interviewer speaks."""
        assessment = await self._assessments.latest(assessment_id)
        self._see_to_turn(assessment)
        return assessment

    async def _looked(self, assessment: Assessment) -> Assessment:
        """Return what others may have changed. Asked for every open stream at every heartbeat."""
        return self._attended(await self._assessments.again(assessment))

    async def _wait(self, watch: Watch, assessment_id: str, position: Position) -> AsyncIterator[Frame]:
        """Relay words until something is committed, which clears the buffer."""
        while not self._is_ending:
            if not await watch.wait(HEARTBEAT_SECONDS):
                yield Frame("heartbeat", position.id)
                return
            buffer = self._stream.buffer(assessment_id)
            if buffer is None:
                return
            for frame in position.listen(buffer):
                yield frame

    def _is_behind(self, assessment: Assessment) -> bool:
        """Whether it was read before a reply that is committed by now, as when a message comes twice."""
        return len(assessment.transcript.turns) < self._reached.get(assessment.id, 0)

    def _see_to_turn(self, assessment: Assessment) -> None:
        """Start the turn that is due, unless it runs already. Also how a turn survives a crash."""
        running = self._turns.get(assessment.id)
        if (running and not running.done()) or not _turn_is_due(assessment, self._clock.now()):
            return
        if self._is_behind(assessment):
            return
        task = asyncio.create_task(self._see_through(assessment), name=f"turn {assessment.id}")
        self._turns[assessment.id] = task
        task.add_done_callback(lambda _: self._forget(assessment.id, task))

    def _forget(self, assessment_id: str, task: asyncio.Task[None]) -> None:
        if self._turns.get(assessment_id) is task:
            del self._turns[assessment_id]

    async def _see_through(self, assessment: Assessment) -> None:
        def is_due(now_stands: Assessment) -> bool:
            return _turn_is_due(now_stands, self._clock.now())

        try:
            await self._taking_turns.see_through(assessment, is_due, self._turn)
        except Exception:
            # Whoever watches sees to the turn again.
            log.exception("nobody could be given the floor", assessment=assessment.id)

    async def _turn(self, assessment: Assessment) -> None:
        if this := self._turns.get(assessment.id):
            self._observing.start(assessment, this)
        run = make_id("run", self._random.bytes(16))

        def say(words: str) -> None:
            self._stream.write(assessment.id, run, words)
            reach(CrashPoint.MID_TURN)

        async def commit(facts: Sequence[e.Fact]) -> None:
            reach(CrashPoint.BEFORE_REPLY)
            after = await self._assessments.change(
                assessment.id,
                # Words that were taken back meanwhile may be in this reply: then it is said anew.
                lambda a, _now: (
                    with_pause(facts) if a.transcript.turns == assessment.transcript.turns else []
                ),
            )
            if after.interview_finished:
                self._reached.pop(assessment.id, None)
                self._briefing.forget(assessment.id)
                if self._letting_in:
                    await self._letting_in.leave(assessment.id)
            else:
                self._reached[assessment.id] = len(after.transcript.turns)
            reach(CrashPoint.AFTER_REPLY)

        self._stream.begin(assessment.id, run)
        try:
            with span("turn"), on_behalf_of(assessment):
                await self._interviewer_of(assessment).turn(
                    await self._briefing.of(assessment),
                    assessment.transcript.as_understood,
                    observed=assessment.observed,
                    run=run,
                    time_left_seconds=assessment.time_left(self._clock.now()),
                    say=say,
                    commit=commit,
                )
        except Exception:
            # The candidate's message is safe in the log. The turn is due still, and runs again for
            # whoever watches, but not at once: what failed may need a moment, and a loop helps nobody.
            log.exception("turn failed", assessment=assessment.id, tenant=assessment.ordered.tenant)
            await asyncio.sleep(RETRY_SECONDS)
        finally:
            self._stream.committed(assessment.id)


def _turn_is_due(assessment: Assessment, now: datetime) -> bool:
    if assessment.status is not Status.IN_PROGRESS or assessment.interview_finished:
        return False
    if assessment.is_over(now):
        return False
    return not assessment.transcript.turns or assessment.transcript.unanswered is not None


def _require_open_interview(assessment: Assessment, now: datetime) -> None:
    assessment.require("answering", Status.IN_PROGRESS)
    if assessment.is_over(now):
        raise IllegalTransition(
            "The time is over", "Everything you sent before is kept. Submit what you have."
        )
    if assessment.interview_finished:
        raise IllegalTransition("The interview is finished", "Go on with the tasks.")
    if not assessment.transcript.turns or assessment.transcript.unanswered:
        raise Conflict(
            "The interviewer has not replied to your last message yet",
            "Wait for the reply, then send this one; it stays in the box.",
        )


def _open_item(assessment: Assessment) -> str | None:
    return assessment.transcript.turns[-1].item_id
