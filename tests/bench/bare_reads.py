"""The baseline for reads: one bare FastAPI route that reads a verdict with the database's own driver.

python -m tests.bench.bare_reads ADDRESS PORT
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Response

_COLUMNS = (
    "SELECT document, jws, status, superseded_by, revoked_at, revoked_because FROM verdict "
    "WHERE superseded_by IS NULL AND assessment_id = "
)

Read = Callable[[str], Awaitable[Any]]


@asynccontextmanager
async def _sqlite(address: str) -> AsyncIterator[Read]:
    connection = sqlite3.connect(address.removeprefix("sqlite:///"))

    async def read(assessment_id: str) -> Any:
        return connection.execute(f"{_COLUMNS} ?", (assessment_id,)).fetchone()

    yield read
    connection.close()


@asynccontextmanager
async def _postgresql(address: str) -> AsyncIterator[Read]:
    import psycopg

    connection, free = await psycopg.AsyncConnection.connect(address, autocommit=True), asyncio.Lock()

    async def read(assessment_id: str) -> Any:
        async with free:
            return await (await connection.execute(f"{_COLUMNS} %s", (assessment_id,))).fetchone()

    yield read
    await connection.close()


def main() -> None:
    """Serve until stopped."""
    address, port = sys.argv[1:]
    opened = _sqlite if address.startswith("sqlite") else _postgresql

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(address) as read:
            app.state.read = read
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/readyz")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    @app.get("/v1/assessments/{assessment_id}/verdict")
    async def verdict(assessment_id: str) -> Response:
        document, jws, *standing = await app.state.read(assessment_id)
        names = ("status", "superseded_by", "revoked_at", "reason")
        head = json.dumps(dict(zip(names, standing, strict=True)))[:-1].encode()
        body = b"".join(
            (head, b', "document": ', bytes(document), b', "jws": ', json.dumps(jws).encode(), b"}")
        )
        return Response(body, media_type="application/json")

    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
