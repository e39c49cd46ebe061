"""Webhooks of a service that is killed: whatever was committed is told, under one id."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.service import Platform, Service
from tests.patience import PATIENCE_SECONDS
from tests.receiver import receiving

LOOPBACK = {"ASSESSOR_WEBHOOK_ALLOW_LOOPBACK": "true"}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    yield service
    service.stop()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("crash_at", "sent"),
    [("after-order:1", 1), ("before-delivery:1", 1), ("after-delivery:1", 2)],
    ids=["after the commit", "before it was sent", "after it was sent, before that was noted"],
)
async def test_an_event_survives_a_kill(service: Service, crash_at: str, sent: int) -> None:
    service.settings = {**LOOPBACK, "ASSESSOR_CRASH_AT": crash_at}
    platform = await asyncio.to_thread(Platform.of, service, "acme")
    async with receiving() as receiver:
        await asyncio.to_thread(service.start)
        endpoint = await add_endpoint(platform, receiver.url)
        await order(platform)
        await asyncio.to_thread(killed, service)

        service.settings = LOOPBACK
        await asyncio.to_thread(service.start)
        received = await receiver.came(sent)
        delivery = await delivered(platform, endpoint["id"])

    assert len(received) == sent
    assert {one.id for one in received} == {delivery["event_id"]}
    assert {one.verified(endpoint["secret"])["type"] for one in received} == {"assessor.assessment.created"}


def calling(platform: Platform) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {platform.key}", "Idempotency-Key": "k"}
    return httpx.AsyncClient(base_url=f"{platform.service.url}/v1", headers=headers, timeout=PATIENCE_SECONDS)


async def add_endpoint(platform: Platform, url: str) -> "dict[str, str]":
    async with calling(platform) as api:
        answer = await api.post("/webhook-endpoints", json={"url": url})
    made: dict[str, str] = answer.raise_for_status().json()
    return made


async def order(platform: Platform, **terms: str) -> None:
    """Order; the process may die before it answers, and the event is due all the same."""
    terms = {"candidate_ref": "applicant-1", "track": "python", "form": "short", **terms}
    async with calling(platform) as api:
        api.headers["Idempotency-Key"] = "order"
        try:
            (await api.post("/assessments", json=terms)).raise_for_status()
        except httpx.TransportError:
            return


async def delivered(platform: Platform, endpoint: str) -> "dict[str, str]":
    async with calling(platform) as api, asyncio.timeout(PATIENCE_SECONDS):
        while True:
            (one,) = (await api.get(f"/webhook-endpoints/{endpoint}/deliveries")).json()["data"]
            if one["status"] == "delivered":
                found: dict[str, str] = one
                return found
            await asyncio.sleep(0.1)


def killed(service: Service) -> None:
    """Wait until it has died of itself."""
    if service.process is None:
        raise AssertionError("the service was not started")
    assert service.process.wait(30) == -9
    service.process = None
