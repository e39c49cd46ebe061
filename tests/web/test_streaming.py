import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fastapi import FastAPI

from assessor.web import streaming
from assessor.web.serving import free_port
from assessor.web.streaming import EventStream
from tests.patience import PATIENCE_SECONDS

PIECE = b"data: " + b"x" * 100_000 + b"\n\n"


async def test_a_reader_that_takes_nothing_is_cut_off_and_nothing_goes_on_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streaming, "STALLED_SECONDS", 0.2)
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield PIECE
        finally:
            ended.set()

    app = FastAPI()
    app.get("/stream")(lambda: EventStream(endless()))
    port = free_port("127.0.0.1")
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it tells no event
        await asyncio.sleep(0.01)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"  # and nothing is read from here on
            await ended.wait()
        writer.close()
    finally:
        server.should_exit = True
        await serving
