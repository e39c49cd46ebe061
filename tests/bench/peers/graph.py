"""The graph that every peer runs: four steps as in ours, words streamed from the provider by httpx.

Runs in the environments of the peers and imports nothing of this project.
"""

import json
import operator
import os
from collections.abc import AsyncIterator
from typing import Annotated, Any, TypedDict

import httpx
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph

SYSTEM = "You word one follow-up question for a structured interview. " * 20
LAST = 6
"""How many messages the provider is shown: about what ours shows of one question."""


class State(TypedDict, total=False):
    messages: Annotated[list[dict[str, str]], operator.add]
    heard: str
    plan: str
    reply: str


_clients: list[httpx.AsyncClient] = []


async def words_of(messages: list[dict[str, str]]) -> AsyncIterator[str]:
    """Yield the provider's words as they come."""
    if not _clients:
        _clients.append(httpx.AsyncClient(timeout=60))
    said = "\n".join(message["text"] for message in messages[-LAST:])
    prompt = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": said}]
    asked = {"model": "bench", "messages": prompt, "stream": True}
    address = f"{os.environ['BENCH_UPSTREAM']}/chat/completions"
    async with _clients[0].stream("POST", address, json=asked) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                chunk = json.loads(line[6:])
                if chunk["choices"] and (text := chunk["choices"][0]["delta"].get("content")):
                    yield text


async def screen(state: State) -> dict[str, str]:
    return {"heard": "answer" if state["messages"][-1]["text"].strip() else "empty"}


async def plan(state: State) -> dict[str, str]:
    return {"plan": "probe" if state["heard"] == "answer" else "repeat"}


async def speak(state: State) -> dict[str, str]:
    write, said = get_stream_writer(), []
    async for text in words_of(state["messages"]):
        said.append(text)
        write(text)
    return {"reply": "".join(said)}


async def commit(state: State) -> dict[str, Any]:
    return {"messages": [{"role": "assistant", "text": state["reply"]}]}


def build(**options: Any) -> Any:
    """Return the compiled graph."""
    graph = StateGraph(State)
    for step in (screen, plan, speak, commit):
        graph.add_node(step.__name__, step)
    for before, after in ((START, "screen"), ("screen", "plan"), ("plan", "speak"), ("speak", "commit")):
        graph.add_edge(before, after)
    graph.add_edge("commit", END)
    return graph.compile(**options)


graph = build()
"""For LangGraph's own server, which brings its checkpointer."""
