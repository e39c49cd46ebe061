"""Event streams: only so many, and each ends for whoever does not take what is sent."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from fastapi.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

STALLED_SECONDS: Final = 30.0
"""For so long a reader may leave its connection full; it comes back with `Last-Event-ID`."""

log = structlog.get_logger()


class Streams:
    """The places for open streams in this process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open = 0

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Take a place while this lasts; False where none is free."""
        if self._open >= self._most:
            yield False
            return
        self._open += 1
        try:
            yield True
        finally:
            self._open -= 1


class EventStream(StreamingResponse):
    """Server-sent events. A reader that has gone, or is too slow, holds nothing of ours for long."""

    media_type = "text/event-stream"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what comes, until the end or until the reader has stalled."""
        is_stalled = False

        async def send_in_time(message: Message) -> None:
            nonlocal is_stalled
            try:
                async with asyncio.timeout(STALLED_SECONDS):
                    await send(message)
            except TimeoutError:
                is_stalled = True
                raise

        try:
            await super().__call__(scope, receive, send_in_time)
        except Exception:
            if not is_stalled:
                raise
            # The response stays unfinished, so that the server cuts the connection off.
            log.info("a reader of a stream took nothing any more", after_seconds=STALLED_SECONDS)
        finally:
            if isinstance(self.body_iterator, AsyncGenerator):
                await self.body_iterator.aclose()  # it may stand at a yield, where nothing else ends it
