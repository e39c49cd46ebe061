"""What one would write first: FastAPI, server-sent events, LangGraph with its SQLite checkpointer.

python stand_in.py PORT DATABASE
"""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from graph import build  # type: ignore[import-not-found]
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver  # type: ignore[import-not-found]
from pydantic import BaseModel


class Message(BaseModel):
    """What somebody says in one conversation."""

    thread: str
    text: str


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the database; every superstep is committed to it."""
    async with AsyncSqliteSaver.from_conn_string(sys.argv[2]) as saver:
        await saver.setup()
        app.state.graph = build(checkpointer=saver)
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/ready")
async def ready() -> dict[str, str]:
    return {"status": "ready"}


@app.post("/turn")
async def turn(message: Message) -> StreamingResponse:
    """Reply to a message, word by word."""

    async def events() -> AsyncIterator[str]:
        given = {"messages": [{"role": "user", "text": message.text}]}
        where = {"configurable": {"thread_id": message.thread}}
        async for words in app.state.graph.astream(given, where, stream_mode="custom"):
            yield f"event: words\ndata: {json.dumps(words)}\n\n"
        yield "event: done\ndata: {}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
