"""Test keys: nothing of theirs counts, and a simulated candidate brings about what an order asks for."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from assessor.services.admission import Scope
from tests.patience import PATIENCE_SECONDS
from tests.web.site import Platform, Site

ORDER = {"candidate_ref": "applicant-1", "track": "python", "form": "short"}


@pytest.fixture
async def api(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    platform = await site.platform()
    async with site.program(**platform.headers) as client:
        yield client


async def decided(api: httpx.AsyncClient, assessment_id: str, outcome: str) -> dict[str, object]:
    """Wait for the verdict with the decision that was ordered."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            answer = await api.get(f"/v1/assessments/{assessment_id}/verdict")
            if answer.status_code == 200 and answer.json()["document"]["decision"] == outcome:
                document: dict[str, object] = answer.json()["document"]
                return document
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("outcome", ["qualified", "not_qualified", "needs_review"])
async def test_a_simulated_candidate_brings_about_what_was_ordered(
    api: httpx.AsyncClient, outcome: str
) -> None:
    made = (await api.post("/v1/assessments", json=ORDER | {"simulate": outcome})).json()

    document = await decided(api, made["id"], outcome)
    followed = (await api.get(f"/v1/assessments/{made['id']}")).json()

    assert made["simulate"] == outcome
    assert document["livemode"] is False
    assert (followed["simulated"], followed["decision"]) == (True, outcome)


async def test_a_live_key_cannot_order_a_simulated_candidate(site: Site) -> None:
    platform = await site.platform(livemode=True)

    async with site.program(**platform.headers) as api:
        answer = await api.post("/v1/assessments", json=ORDER | {"simulate": "qualified"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "simulate"


@pytest.fixture
async def both_modes(site: Site) -> tuple[Platform, Platform]:
    """One platform with a test key and with a live one."""
    testing = await site.platform()
    live = Platform(testing.tenant, await site.key(testing.tenant, tuple(Scope), livemode=True))
    return testing, live


async def test_neither_mode_lists_what_the_other_made(
    site: Site, both_modes: tuple[Platform, Platform]
) -> None:
    made = []
    listed = []
    for platform in both_modes:
        async with site.program(**platform.headers) as api:
            made.append((await api.post("/v1/assessments", json=ORDER)).json()["id"])
    for platform in both_modes:
        async with site.program(**platform.headers) as api:
            listed.append([row["id"] for row in (await api.get("/v1/assessments")).json()["data"]])

    assert listed == [[made[0]], [made[1]]]


async def test_test_and_live_keep_their_idempotency_keys_apart(
    site: Site, both_modes: tuple[Platform, Platform]
) -> None:
    answers = []
    for platform in both_modes:
        async with site.program(**platform.headers) as api:
            answers.append(await api.post("/v1/assessments", json=ORDER, headers={"Idempotency-Key": "one"}))

    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answer.json()["livemode"] for answer in answers] == [False, True]
