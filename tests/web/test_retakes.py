"""Retakes as platforms and candidates meet them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.web.site import Platform, Site

ORDER = {"candidate_ref": "applicant-1", "track": "python", "form": "short"}


@pytest.fixture
async def platform(site: Site) -> Platform:
    return await site.platform()


@pytest.fixture
async def api(site: Site, platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    async with site.program(**platform.headers) as client:
        yield client


async def ordered(api: httpx.AsyncClient, key: str, **changed: Any) -> httpx.Response:
    return await api.post("/v1/assessments", json=ORDER | changed, headers={"Idempotency-Key": key})


async def test_an_attempt_that_is_not_possible_yet_is_a_problem_of_its_own(api: httpx.AsyncClient) -> None:
    first = await ordered(api, "k1")

    answer = await ordered(api, "k2")

    problem = answer.json()
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"].endswith("/problems/retake-too-early")
    assert (problem["because"], problem["possible_from"]) == ("under_way", None)
    assert problem["assessment_id"] == first.json()["id"]


async def test_the_type_of_the_problem_is_explained(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/problems/retake-too-early")

    assert page.status_code == 200
    assert "waive_retake_policy" in page.text


async def test_a_reason_orders_nevertheless(api: httpx.AsyncClient) -> None:
    await ordered(api, "k1")

    answer = await ordered(api, "k2", waive_retake_policy="Their first link was lost with the mail.")

    assert answer.status_code == 201


@pytest.mark.parametrize("reason", ["", "short", "x" * 501, 7])
async def test_a_waiver_says_why(api: httpx.AsyncClient, reason: object) -> None:
    answer = await ordered(api, "k1", waive_retake_policy=reason)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "waive_retake_policy"
