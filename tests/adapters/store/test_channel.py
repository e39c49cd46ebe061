"""What a channel says in the log of itself, where no server is needed."""

import asyncio

import pytest
import structlog
from structlog.testing import capture_logs

from assessor.adapters.store.channel import Channel

pytestmark = pytest.mark.anyio


async def test_its_troubles_are_not_logged_as_those_of_whoever_watched_first() -> None:
    channel = Channel("postgresql://nobody@127.0.0.1:1/none")
    with capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        with structlog.contextvars.bound_contextvars(assessment="asm_1", tenant="acme"):
            channel.listen(lambda _payload: None, lambda: None)
        async with asyncio.timeout(30):
            while not lines:  # noqa: ASYNC110 - a log tells no event
                await asyncio.sleep(0.01)
        await channel.close()

    assert lines[0]["event"] == "other processes cannot be heard"
    assert not lines[0].keys() & {"assessment", "tenant"}
