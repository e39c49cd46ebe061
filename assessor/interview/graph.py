"""The turn as a LangGraph run: screen, plan, speak, commit.

There is no checkpointer: the log is the memory. A checkpointer rewrites the whole conversation at
every step, while loading from the log stays flat.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from assessor.domain.events import AnswerObserved
from assessor.domain.transcript import Transcript
from assessor.interview.nodes import BUDGET_SECONDS, Speaker, hear, keep
from assessor.interview.observer import Observer
from assessor.interview.routing import after_screen
from assessor.interview.state import Brief, Commit, Heard, Plan, Progress, Say, TurnState, Utterance
from assessor.ports import Model, Prompts
from assessor.tracing import span

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph


NOTHING_OBSERVED: Mapping[int, AnswerObserved] = MappingProxyType({})


class Interviewer:
    """Replies to a conversation as it stands. Keeps nothing between two turns but the compiled graph.

    `model` None runs the interview on its authored questions and probes.
    """

    def __init__(
        self, model: Model | None, prompts: Prompts, *, budget_seconds: float = BUDGET_SECONDS
    ) -> None:
        self._speaker = Speaker(model, prompts, budget_seconds)
        self._observer = Observer(model, prompts) if model else None
        self._graph: CompiledStateGraph[Any, Any, Any, Any] | None = None

    @property
    def has_model(self) -> bool:
        """Whether there is anything to word probes with, and to observe answers."""
        return self._observer is not None

    async def observe(
        self, brief: Brief, transcript: Transcript, observed: Mapping[int, AnswerObserved]
    ) -> AnswerObserved | None:
        """Observe the last answer, once it was replied to. A run of its own, which no turn waits for.

        None when there is nothing to find out. Raises ModelFault.
        """
        if self._observer is None:
            return None
        return await self._observer.observe(Progress(brief, transcript, observed))

    async def turn(
        self,
        brief: Brief,
        transcript: Transcript,
        *,
        observed: Mapping[int, AnswerObserved] = NOTHING_OBSERVED,
        run: str,
        time_left_seconds: float | None,
        say: Say,
        commit: Commit,
    ) -> None:
        """Say and commit one utterance, or nothing when nothing is due.

        `say` gets released words as they are ready; `commit` then gets the facts with exactly those
        words. What `commit` raises travels. A fault of the model never does: the authored probe is
        said in the same turn. `time_left_seconds` None is untimed. `observed` is by event seq.
        """
        if self._graph is None:
            # LangGraph takes more than a second to import; other sessions go on meanwhile.
            self._graph = await asyncio.to_thread(build, self._speaker)
        state = TurnState(
            progress=Progress(brief, transcript, observed),
            run=run,
            time_left_seconds=time_left_seconds,
            say=say,
            commit=commit,
        )
        from langsmith import tracing_context

        # A LANGSMITH_TRACING in the environment must not send candidates' words to another company.
        with tracing_context(enabled=False):
            await self._graph.ainvoke(state)


def _traced(name: str, node: Callable[[TurnState], Awaitable[Any]]) -> Any:
    async def traced(state: TurnState) -> Any:
        with span(f"turn {name}"):
            return await node(state)

    return traced


def build(speaker: Speaker) -> "CompiledStateGraph[Any, Any, Any, Any]":
    """Return the compiled graph of one turn."""
    # Imported here: it takes more than a second, and is needed by the first turn only.
    from langgraph.graph import END, START, StateGraph

    # Coroutines all: LangGraph hands plain functions to a thread each, which takes longer than they do.
    async def screen(state: TurnState) -> dict[str, Heard]:
        return hear(state)

    async def route(state: TurnState) -> Literal["plan", "end"]:
        return after_screen(state)

    async def plan(state: TurnState) -> dict[str, Plan]:
        return speaker.plan(state)

    async def speak(state: TurnState) -> dict[str, Utterance]:
        # Not by LangGraph's stream of words: with its queue a run took 5.2 ms of CPU, without it 3.3.
        return await speaker.speak(state, state["say"])

    graph = StateGraph(TurnState)
    for name, node in (("screen", screen), ("plan", plan), ("speak", speak), ("commit", keep)):
        graph.add_node(name, _traced(name, node))
    graph.add_edge(START, "screen")
    graph.add_conditional_edges("screen", route, {"plan": "plan", "end": END})
    graph.add_edge("plan", "speak")
    graph.add_edge("speak", "commit")
    graph.add_edge("commit", END)
    return graph.compile()
