"""The same graph behind chainlit, in the way of its documentation. It keeps no conversation on disk."""

import chainlit as cl  # type: ignore[import-not-found]
from graph import build  # type: ignore[import-not-found]

graph = build()


@cl.on_chat_start  # type: ignore[untyped-decorator]
async def start() -> None:
    cl.user_session.set("messages", [])


@cl.on_message  # type: ignore[untyped-decorator]
async def reply(message: cl.Message) -> None:
    """Run the graph over what was said so far, and stream its words."""
    messages = cl.user_session.get("messages") or []
    messages.append({"role": "user", "text": message.content})
    answer = cl.Message(content="")
    async for words in graph.astream({"messages": messages}, stream_mode="custom"):
        await answer.stream_token(words)
    await answer.update()
    messages.append({"role": "assistant", "text": answer.content})
    cl.user_session.set("messages", messages)
