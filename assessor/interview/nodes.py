"""What each step of a turn does. The graph only says in which order."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass

from assessor.domain.errors import ModelFault
from assessor.domain.events import Fact, HelpAsked, InterviewerMessage, InterviewFinished
from assessor.domain.fence import fence
from assessor.domain.transcript import Turn
from assessor.interview.guard import Guard, Limits
from assessor.interview.routing import answering, next_plan, said_in_answer
from assessor.interview.screen import screen
from assessor.interview.state import Brief, Heard, Plan, Progress, Question, Say, TurnState, Utterance
from assessor.ports import Model, ModelRequest, Prompts

BUDGET_SECONDS = 8.0
"""For the first whole sentence; the rest gets the same again. Then the authored probe is said."""
MAX_TOKENS = 160
MAX_QUOTED_CHARS = 3000
"""Of each message, in the prompt: a longer one says nothing more about how to word a question."""
PROBE_WORDS = 45


def hear(state: TurnState) -> dict[str, Heard]:
    """Screen what the candidate said last."""
    progress = state["progress"]
    unanswered = progress.transcript.unanswered
    return {"heard": screen(unanswered.text, progress.brief.language) if unanswered else Heard.ANSWER}


@dataclass(frozen=True)
class Speaker:
    """Says what was planned; words a probe with the model when there is one."""

    model: Model | None
    prompts: Prompts
    budget_seconds: float = BUDGET_SECONDS

    def plan(self, state: TurnState) -> dict[str, Plan]:
        """Decide what to say next."""
        chosen = next_plan(
            state["progress"],
            state["heard"],
            state["time_left_seconds"],
            has_model=self.model is not None,
        )
        return {"plan": chosen}

    async def speak(self, state: TurnState, say: Say) -> dict[str, Utterance]:
        """Release the words of this turn; what was said is exactly what will be committed."""
        plan, question = state["plan"], state["progress"].open_question
        if self.model is None or plan.probe is None or question is None:
            say(plan.text)
            return {"utterance": Utterance(plan.text, "authored")}
        call = _Call.prepare(
            self.prompts, state["progress"], question, plan, state["run"], self.budget_seconds
        )
        return {"utterance": await self._worded(self.model, call, plan, say)}

    async def _worded(self, model: Model, call: "_Call", plan: Plan, say: Say) -> Utterance:
        said: list[str] = []

        def release(words: str) -> None:
            if words:
                said.append(words)
                say(words)

        reason = await self._listen(model.stream(call.request), call.guard, release)
        if reason is None:
            return Utterance("".join(said), "model")
        # After a statement the bare question follows: a second "You mentioned" would be one too many.
        release(f" {plan.probe.text}" if said and plan.probe else plan.text)
        return Utterance("".join(said), "authored", reason)

    async def _listen(
        self, stream: AsyncIterator[str], guard: Guard, release: Callable[[str], None]
    ) -> str | None:
        """Release what the guard lets out. Return why the model's words do not do, or None."""
        try:
            async with asyncio.timeout(self.budget_seconds) as limit:
                await self._relay(stream, guard, release, limit)
        except ModelFault as fault:
            return f"model_fault:{fault.kind}"
        except TimeoutError:
            return "model_fault:timeout"
        if guard.is_empty:
            return "model_fault:invalid_reply"
        release(guard.finish())
        return guard.reason

    async def _relay(
        self,
        stream: AsyncIterator[str],
        guard: Guard,
        release: Callable[[str], None],
        limit: asyncio.Timeout,
    ) -> None:
        has_more_time = False
        try:
            async for chunk in stream:
                release(guard.feed(chunk))
                if guard.reason is not None:
                    return
                if guard.has_sentence and not has_more_time:
                    limit.reschedule(asyncio.get_running_loop().time() + self.budget_seconds)
                    has_more_time = True
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()


async def keep(state: TurnState) -> None:
    """Commit what was said, and the end of the interview with it."""
    await state["commit"](facts_of(state["progress"], state["plan"], state["utterance"], state["run"]))


def facts_of(progress: Progress, plan: Plan, utterance: Utterance, run: str) -> tuple[Fact, ...]:
    """Return the facts of one turn."""
    unanswered = progress.transcript.unanswered
    message = InterviewerMessage(
        run=run,
        kind=plan.kind,
        item_id=plan.item_id,
        probe_id=plan.probe.id if plan.probe else None,
        reply_to=unanswered.seq if unanswered else None,
        text=utterance.text,
        source=utterance.source,
        guard=utterance.guard,
    )
    end = (InterviewFinished(reason=plan.finished),) if plan.finished else ()
    help_ = (HelpAsked(kind=plan.help, message=unanswered.seq),) if plan.help and unanswered else ()
    return (*plan.swaps, *help_, message, *end)


@dataclass(frozen=True)
class _Call:
    """One call to the speaking model, and the guard for its reply."""

    request: ModelRequest
    guard: Guard

    @classmethod
    def prepare(
        cls,
        prompts: Prompts,
        progress: Progress,
        question: Question,
        plan: Plan,
        run: str,
        within_seconds: float,
    ) -> "_Call":
        brief: Brief = progress.brief
        probe = plan.probe.text if plan.probe else ""
        token = secrets.token_hex(16)
        system = prompts.render(
            "interview/probe_system.j2", language=brief.language, words=PROBE_WORDS, token=token
        )
        user = prompts.render(
            "interview/probe_user.j2",
            question=question.text,
            probe=probe,
            exchange=[_fenced(turn, token) for turn in answering(progress)],
        )
        limits = Limits(
            question=question.text,
            probe=probe,
            own_words=said_in_answer(progress),
            bank_ngrams=brief.bank_ngrams,
            instructions=system,
            token=token,
            language=brief.language,
        )
        request = ModelRequest(
            system,
            user,
            max_tokens=MAX_TOKENS,
            idempotency_key=f"turn:{run}",
            within_seconds=within_seconds,
        )
        return cls(request, Guard(limits))


def _fenced(turn: Turn, token: str) -> dict[str, str]:
    return {"speaker": turn.speaker, "words": fence(turn.text[:MAX_QUOTED_CHARS], token)}
