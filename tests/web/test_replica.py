"""The whole service over a database whose replica falls behind, ends, comes back, and takes over."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.patience import PATIENCE_SECONDS
from tests.postgres import Databases, following
from tests.web.site import serving

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.deep,
    pytest.mark.parametrize("kind", ["postgresql"], indirect=True),
]


async def ordered(program: httpx.AsyncClient, name: str) -> str:
    answer = await program.post("/v1/assessments", json={"candidate_ref": name, "track": "python"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def listed(program: httpx.AsyncClient) -> list[str]:
    answer = await program.get("/v1/assessments")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["data"]]


async def told(program: httpx.AsyncClient, fits: Callable[[str], bool]) -> None:
    """Wait until the probe says what fits of the replica; meanwhile every list has to be answered."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            ready = await program.get("/readyz")
            assert ready.status_code == 200
            if fits(_problem(ready.json())):
                return
            await listed(program)
            await asyncio.sleep(0.05)


def _problem(body: dict[str, Any]) -> str:
    return next((str(one["problem"]) for one in body.get("without", [])), "")


async def test_lists_are_answered_whatever_becomes_of_the_replica(
    tmp_path: Path, address: str, postgres: Databases
) -> None:
    with following(postgres.server) as follower:
        copy = follower.address(address)
        chosen: dict[str, Any] = {
            "database_url": address,
            "database_replica_url": copy,
            "database_replica_lag_seconds": 2,
        }
        async with (
            serving(tmp_path, **chosen) as site,
            site.program(**(await site.platform()).headers) as program,
        ):
            first = await ordered(program, "one")
            await told(program, lambda problem: not problem)

            with follower.held_up():
                second = await ordered(program, "two")
                by_id = await program.get(f"/v1/assessments/{second}")
                await told(program, lambda problem: "behind" in problem)
                while_behind = await listed(program)
            await told(program, lambda problem: not problem)
            with follower.away():
                await told(program, lambda problem: "cannot be reached" in problem)
                third = await ordered(program, "three")
                while_away = await listed(program)
            await told(program, lambda problem: not problem)
            follower.take_over()
            await told(program, lambda problem: "no streaming replica" in problem)
            fourth = await ordered(program, "four")
            in_the_end = await listed(program)

    assert by_id.status_code == 200
    assert while_behind == [second, first]
    assert while_away == [third, second, first]
    assert in_the_end == [fourth, third, second, first]
