"""Observing answers beside the conversation: nobody waits for it, and it breaks nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import ModelFault
from assessor.interview.graph import Interviewer
from assessor.interview.state import Brief
from assessor.services.log import AssessmentLog
from assessor.services.subject import on_behalf_of
from assessor.tracing import span

log = structlog.get_logger()

BriefOf = Callable[[Assessment], Awaitable[Brief]]


class Observing:
    """Runs one observer for each message that was replied to, and puts what it finds into the log.

    An observer that fails, hangs or comes too late leaves nothing: the next turn knows less, that is all.
    """

    def __init__(self, assessments: AssessmentLog, interviewer: Interviewer, brief_of: BriefOf) -> None:
        self._assessments = assessments
        self._interviewer = interviewer
        self._brief_of = brief_of
        self._running: dict[str, asyncio.Task[None]] = {}

    def start(self, assessment: Assessment, turn: asyncio.Task[None]) -> None:
        """Observe the message that `turn` replies to, as soon as it has replied.

        The reply goes first: both would ask the same model, and somebody waits for the reply. An
        observer of an earlier message is of no use any more, and is cancelled.
        """
        said = assessment.transcript.unanswered
        if assessment.ordered.simulate:  # what it says was written by us
            return
        if said is None or said.item_id is None or not self._interviewer.has_model:
            return
        if earlier := self._running.get(assessment.id):
            earlier.cancel()
        task = asyncio.create_task(self._run(assessment, turn), name=f"observe {assessment.id}")
        self._running[assessment.id] = task
        task.add_done_callback(lambda _: self._forget(assessment.id, task))

    async def settled(self, assessment_id: str) -> None:
        """Wait until nothing is being observed in an assessment."""
        if task := self._running.get(assessment_id):
            await asyncio.wait([task])

    async def close(self) -> None:
        """Stop at once: what was not observed counts as unknown."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _forget(self, assessment_id: str, task: asyncio.Task[None]) -> None:
        if self._running.get(assessment_id) is task:
            del self._running[assessment_id]

    async def _run(self, assessment: Assessment, turn: asyncio.Task[None]) -> None:
        try:
            await asyncio.wait([turn])
            await self._observe(await self._assessments.load(assessment.id))
        except ModelFault as fault:
            log.info("an answer was not observed", assessment=assessment.id, reason=fault.kind)
        except Exception:
            # Nobody waits for the outcome, and the conversation goes on without it.
            log.exception("observing failed", assessment=assessment.id)

    async def _observe(self, assessment: Assessment) -> None:
        with span("observation"), on_behalf_of(assessment):
            found = await self._interviewer.observe(
                await self._brief_of(assessment), assessment.transcript.as_understood, assessment.observed
            )
        if found is None:
            return

        def decide(now_stands: Assessment, _now: datetime) -> Sequence[e.Fact]:
            # What was corrected or taken back meanwhile is not what was looked at.
            same = now_stands.transcript == assessment.transcript
            return [found] if same and _is_of_use(found, now_stands) else []

        await self._assessments.change(assessment.id, decide)


def _is_of_use(found: e.AnswerObserved, assessment: Assessment) -> bool:
    """Whether the question is still open, and nothing was said to it since."""
    if assessment.status is not Status.IN_PROGRESS or assessment.interview_finished:
        return False
    said = [turn.seq for turn in assessment.transcript.turns if turn.speaker == "candidate"]
    return bool(said) and said[-1] == found.message
