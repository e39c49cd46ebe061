"""Web processes: a conversation goes on in one while another stops."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from assessor.bootstrap import running
from assessor.domain.notice import CURRENT
from assessor.domain.policy import Grade, Policy
from assessor.services.access import Scope
from assessor.simulation.headless import Platform
from assessor.web.serving import free_port
from tests.workers.installation import START_SECONDS, Installation, installation
from tests.workers.test_workers import until_ready

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.parametrize("kind", ["postgresql"], indirect=True),
]


@pytest.fixture
def installed(tmp_path: Path, address: str) -> Iterator[Installation]:
    with installation(tmp_path / "data", address) as installed:
        yield installed


@dataclass
class Browser:
    """A candidate's browser behind a proxy: which process it asks is chosen each time."""

    client: httpx.AsyncClient
    origin: str

    async def send(self, url: str, path: str, **data: str) -> httpx.Response:
        return await self.client.post(f"{url}{path}", data=data, headers={"origin": self.origin})

    @asynccontextmanager
    async def stream(self, url: str, after: str) -> AsyncIterator[AsyncIterator[str]]:
        headers = {"accept": "text/event-stream", "last-event-id": after, "origin": self.origin}
        address = f"{url}/assessment/interview/stream"
        async with self.client.stream("GET", address, headers=headers) as answer:
            assert answer.status_code == 200
            yield answer.aiter_lines()


async def until_told(lines: AsyncIterator[str], kind: str) -> str:
    """Read a stream up to an event of a kind; return its id."""
    async with asyncio.timeout(START_SECONDS):
        async for line in lines:
            if line == f"event: {kind}":
                found = await anext(line async for line in lines if line.startswith("id: "))
                return found.removeprefix("id: ")
    raise AssertionError(f"the stream ended without {kind}")


async def test_a_stream_of_a_process_that_stops_goes_on_with_another(installed: Installation) -> None:
    one, two = (f"http://127.0.0.1:{port}" for port in (installed.port, free_port("127.0.0.1")))
    public: dict[str, Any] = {"public_url": one}
    stopping = installed.start("serve", "--no-worker", **public)
    await until_ready(one)
    installed.start("serve", "--no-worker", "--port", two.rpartition(":")[2], **public)
    await until_ready(two)
    async with running(installed.settings(), works=False) as services:
        tenant = await services.access.add_tenant("acme", "Acme", Policy(least_basis=Grade.PROVISIONAL))
        key = await services.access.add_key(tenant.id, tuple(Scope), livemode=False)
    async with (
        Platform(one, key.secret) as platform,
        httpx.AsyncClient(timeout=START_SECONDS) as client,
    ):
        browser = Browser(client, one)
        _, link = await platform.order()
        await browser.send(one, f"{link}/start")
        await browser.send(two, "/assessment/begin", notice=CURRENT.version)

        async with browser.stream(one, "") as lines:
            opening = await until_told(lines, "done")
            await browser.send(
                two, "/assessment/interview/messages", cmid="message-1", text="I write Python."
            )
            replied = await until_told(lines, "done")
            ending = asyncio.create_task(asyncio.to_thread(stopping.stop))
            rest = [line async for line in lines]

        assert re.fullmatch(r"\d+\..*", opening)
        assert not any(line == "event: end" for line in rest), "the browser takes the stream up again"
        assert await ending == -signal.SIGTERM, "it ended by itself as the signal would have ended it"
        assert "graceful shutdown exceeded" not in stopping.log.read_text(), "nothing waited for the stream"
        async with browser.stream(two, replied) as lines:
            await browser.send(two, "/assessment/interview/messages", cmid="message-2", text="Caches help.")
            await until_told(lines, "done")
