"""What `/healthz` and `/readyz` tell those who run the process."""

import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from assessor.settings import Settings
from assessor.web.app import create_app
from tests.e2e.service import Service
from tests.patience import PATIENCE_SECONDS
from tests.postgres import Databases
from tests.web.site import asking, serving

pytestmark = pytest.mark.anyio


async def asked(folder: Path, **chosen: Any) -> tuple[httpx.Response, httpx.Response]:
    async with serving(folder, **chosen) as site, site.program() as anybody:
        return await anybody.get("/healthz"), await anybody.get("/readyz")


@asynccontextmanager
async def on_a_server(folder: Path, address: str, **chosen: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A web process over a database of a server, which leaves the work to others."""
    app = create_app(Settings(data_dir=folder, database_url=address, **chosen), works=False)
    async with app.router.lifespan_context(app), asking(app) as anybody:
        yield anybody


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_a_process_whose_database_went_away_is_alive_and_not_ready(
    tmp_path: Path, address: str, postgres: Databases
) -> None:
    async with on_a_server(tmp_path, address) as anybody:
        before = await anybody.get("/readyz")
        with postgres.away(address):
            alive, away = await anybody.get("/healthz"), await anybody.get("/readyz")
        back = await anybody.get("/readyz")

    assert [one.status_code for one in (before, alive, away, back)] == [200, 200, 503, 200]
    assert away.json()["failing"] == [{"part": "database", "problem": "cannot be reached (OperationalError)"}]
    assert away.headers["retry-after"]
    assert address not in away.text


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_a_replica_that_is_away_is_told_and_keeps_nobody_from_being_served(
    tmp_path: Path, address: str
) -> None:
    nowhere = "postgresql://assessor:9w8e7r@127.0.0.1:1/assessor"
    async with on_a_server(tmp_path, address, database_replica_url=nowhere) as anybody:
        until = time.monotonic() + PATIENCE_SECONDS
        while "not asked" in (answer := await anybody.get("/readyz")).text:
            assert time.monotonic() < until

    assert answer.status_code == 200
    assert answer.json()["without"] == [
        {"part": "replica", "problem": "cannot be reached (OperationalError)"}
    ]
    assert "9w8e7r" not in answer.text


async def test_a_model_that_is_away_keeps_nobody_from_being_served(tmp_path: Path) -> None:
    _, ready = await asked(
        tmp_path, model="openai/nobody", model_base_url="http://127.0.0.1:1/v1", model_api_key="none"
    )

    assert ready.status_code == 200


async def test_a_ledger_of_erasures_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    place = tmp_path / "ledger"
    ledger = place / "keys.jsonl"
    async with serving(tmp_path / "data", erasure_ledger=ledger) as site, site.program() as anybody:
        before = await anybody.get("/readyz")
        place.touch()  # a file, where the folder should be
        after = await anybody.get("/readyz")

    assert before.status_code == 200
    assert [one["part"] for one in after.json()["failing"]] == ["erasure ledger"]
    assert str(tmp_path) not in after.text


async def test_a_data_folder_that_went_away_is_named(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as site, site.program() as anybody:
        (tmp_path / "data").rename(tmp_path / "elsewhere")
        answer = await anybody.get("/readyz")
        (tmp_path / "elsewhere").rename(tmp_path / "data")

    assert answer.status_code == 503
    assert {"part": "data folder", "problem": "cannot be written"} in answer.json()["failing"]


@pytest.fixture
def draining(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path, {"ASSESSOR_DRAIN_SECONDS": "300"})
    service.start()
    yield service
    service.kill()


def test_a_process_that_was_told_to_stop_serves_on_says_so_and_stops_at_the_second_word(
    draining: Service,
) -> None:
    assert draining.process is not None
    draining.process.send_signal(signal.SIGTERM)
    until = time.monotonic() + PATIENCE_SECONDS
    while (answer := httpx.get(f"{draining.url}/readyz", timeout=10)).status_code == 200:
        assert time.monotonic() < until
    page = httpx.get(f"{draining.url}/problems/not-ready", timeout=10)
    draining.stop()

    assert answer.json()["failing"] == [{"part": "process", "problem": "is stopping"}]
    assert page.status_code == 200
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{draining.url}/healthz", timeout=10)
