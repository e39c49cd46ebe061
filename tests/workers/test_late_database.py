"""A process that is started before its database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from assessor.web.serving import free_port
from tests.workers.installation import installation

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.parametrize("kind", ["postgresql"], indirect=True),
]


@asynccontextmanager
async def reachable(socket: str, port: int) -> AsyncIterator[None]:
    """Let a server that listens on a socket file be reached by a port."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while some := await reader.read(65536):
            writer.write(some)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(socket)
        await asyncio.gather(carry(reader, back), carry(there, writer), return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()


async def test_a_worker_waits_for_a_database_that_comes_up_after_it(tmp_path: Path, address: str) -> None:
    url, port = make_url(address), free_port("127.0.0.1")
    behind = f"postgresql://{url.username}@127.0.0.1:{port}/{url.database}"
    with installation(tmp_path / "data", behind) as installed:
        worker = installed.start("worker", executor_id="early")
        await asyncio.to_thread(worker.until_says, "Waiting for the database")

        async with reachable(f"{url.query['host']}/.s.PGSQL.5432", port):
            await asyncio.to_thread(worker.until_says, "Worker early runs")
            assert await asyncio.to_thread(worker.stop) == 0
