"""The API for outcomes."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from assessor.domain.policy import Policy
from assessor.services.access import Scope
from assessor.services.order import Order
from tests.web.site import Platform, Site

ONE = {"metric": "accept_rate", "value": 0.85, "observed_at": "2026-11-20T09:30:00Z"}
FIELDS = {"id", "object", "assessment_id", "metric", "value", "work", "observed_at", "recorded_at"}


@pytest.fixture
async def platform(site: Site) -> Platform:
    return await site.platform(livemode=True)


@pytest.fixture
async def api(site: Site, platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    async with site.program(**platform.headers) as client:
        yield client


async def ordered(site: Site, platform: Platform, reference: str = "worker-1", *, live: bool = True) -> str:
    order = Order(candidate_ref=reference, track="python", form="short", livemode=live)
    return (await site.services.ordering.order(platform.tenant, order)).assessment.id


async def sent(api: httpx.AsyncClient, body: Any, key: str = "key-1") -> httpx.Response:
    return await api.post("/v1/outcomes", json=body, headers={"Idempotency-Key": key})


async def listed(api: httpx.AsyncClient, **query: str) -> dict[str, Any]:
    answer = await api.get("/v1/outcomes", params=query)
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


async def test_one_outcome_is_recorded_and_listed(
    site: Site, platform: Platform, api: httpx.AsyncClient
) -> None:
    assessment_id = await ordered(site, platform)

    answer = await sent(api, ONE | {"assessment_id": assessment_id, "work": "batch-1"})

    assert answer.status_code == 201
    (made,) = answer.json()["data"]
    assert set(made) == FIELDS
    assert (made["assessment_id"], made["value"], made["work"]) == (assessment_id, 0.85, "batch-1")
    assert await listed(api) == {"object": "list", "data": [made], "next": None}


async def test_a_list_is_recorded_by_person_and_track(
    site: Site, platform: Platform, api: httpx.AsyncClient
) -> None:
    ids = [await ordered(site, platform, reference) for reference in ("worker-1", "worker-2")]

    answer = await sent(
        api, [ONE | {"candidate_ref": person, "track": "python"} for person in ("worker-1", "worker-2")]
    )

    assert [one["assessment_id"] for one in answer.json()["data"]] == ids


async def test_the_same_key_gives_the_same_answer_and_another_one_the_same_outcomes(
    site: Site, platform: Platform, api: httpx.AsyncClient
) -> None:
    body = ONE | {"assessment_id": await ordered(site, platform)}

    first, again, other = [await sent(api, body, key) for key in ("key-1", "key-1", "key-2")]
    reused = await sent(api, body | {"value": 0.2}, "key-1")

    assert first.content == again.content == other.content
    assert reused.status_code == 422
    assert len((await listed(api))["data"]) == 1


async def test_one_wrong_of_a_list_is_named_by_its_place_and_nothing_is_stored(
    site: Site, platform: Platform, api: httpx.AsyncClient
) -> None:
    good = ONE | {"assessment_id": await ordered(site, platform)}

    unknown = await sent(api, [good, ONE | {"assessment_id": "asm_nobody"}])
    contradicting = await sent(api, [good, good | {"value": 0.1}], "key-2")

    assert unknown.status_code == contradicting.status_code == 422
    assert [one["field"] for one in unknown.json()["errors"]] == ["outcomes.1.assessment_id"]
    assert [one["field"] for one in contradicting.json()["errors"]] == ["outcomes.1.value"]
    assert (await listed(api))["data"] == []


@pytest.mark.parametrize(
    "changed",
    [
        {"value": "0.85"},
        {"value": None},
        {"value": 1e300},
        {"metric": "Accept rate"},
        {"observed_at": "2026-11-20T09:30:00"},
        {"observed_at": "2126-11-20T09:30:00Z"},
        {"work": "two words"},
        {"more": 1},
        {"candidate_ref": "worker-1"},
    ],
)
async def test_a_field_that_is_wrong_is_refused_by_name(
    site: Site, platform: Platform, api: httpx.AsyncClient, changed: dict[str, Any]
) -> None:
    answer = await sent(api, ONE | {"assessment_id": await ordered(site, platform)} | changed)

    assert answer.status_code == 422
    (problem,) = answer.json()["errors"]
    assert problem["field"] in {f"outcome.{name}" for name in (*changed, "assessment_id")}


@pytest.mark.parametrize("body", [[], [ONE] * 101, "text", 7, None])
async def test_what_is_neither_one_nor_a_list_of_up_to_a_hundred_is_refused(
    api: httpx.AsyncClient, body: Any
) -> None:
    assert (await sent(api, body)).status_code == 422


async def test_another_platforms_assessment_and_none_at_all_look_alike(
    site: Site, api: httpx.AsyncClient
) -> None:
    theirs = await ordered(site, await site.platform())

    answers = [await sent(api, ONE | {"assessment_id": one}, one) for one in (theirs, "asm_nobody")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert {answer.json()["code"] for answer in answers} == {"not-found"}


async def test_a_test_key_sees_and_records_test_outcomes_only(
    site: Site, platform: Platform, api: httpx.AsyncClient
) -> None:
    live = await ordered(site, platform)
    test = await ordered(site, platform, "worker-2", live=False)
    await sent(api, ONE | {"assessment_id": live})
    key = await site.key(platform.tenant, tuple(Scope), livemode=False)

    async with site.program(Authorization=f"Bearer {key}") as testing:
        refused = await sent(testing, ONE | {"assessment_id": live}, "key-2")
        taken = await sent(testing, ONE | {"assessment_id": test}, "key-3")
        seen = await listed(testing)

    assert (refused.status_code, taken.status_code) == (404, 201)
    assert [one["assessment_id"] for one in seen["data"]] == [test]


async def test_a_list_is_gone_through_by_its_cursor(
    site: Site, platform: Platform, api: httpx.AsyncClient
) -> None:
    assessment_id = await ordered(site, platform)
    several = [ONE | {"assessment_id": assessment_id, "work": f"batch-{number}"} for number in range(5)]
    await sent(api, several)

    pages: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await listed(api, limit="2", **cursor)
        pages.append([one["work"] for one in page["data"]])
        if page["next"] is None:
            break
        cursor = {"after": page["next"]}

    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(work for page in pages for work in page) == [f"batch-{number}" for number in range(5)]
    assert (await api.get("/v1/outcomes", params={"after": "out_nobody"})).status_code == 404


async def test_a_mistake_can_be_taken_back_and_sent_again(
    site: Site, platform: Platform, api: httpx.AsyncClient
) -> None:
    body = ONE | {"assessment_id": await ordered(site, platform)}
    (made,) = (await sent(api, body)).json()["data"]

    removed = await api.delete(f"/v1/outcomes/{made['id']}")
    again = await api.delete(f"/v1/outcomes/{made['id']}")
    corrected = await sent(api, body | {"value": 0.5}, "key-2")

    assert (removed.status_code, again.status_code, corrected.status_code) == (204, 404, 201)


@pytest.mark.parametrize(
    ("scopes", "writes", "reads"),
    [
        ((Scope.OUTCOMES_WRITE,), 404, 403),
        ((Scope.OUTCOMES_READ,), 403, 200),
        ((Scope.ASSESSMENTS_WRITE, Scope.ASSESSMENTS_READ), 403, 403),
    ],
)
async def test_reading_and_writing_have_scopes_of_their_own(
    site: Site, scopes: tuple[Scope, ...], writes: int, reads: int
) -> None:
    platform = await site.platform(scopes, policy=Policy())

    async with site.program(**platform.headers) as api:
        wrote = await sent(api, ONE | {"assessment_id": "asm_nobody"})
        read = await api.get("/v1/outcomes")

    assert (wrote.status_code, read.status_code) == (writes, reads)


async def test_the_key_is_asked_for(api: httpx.AsyncClient) -> None:
    assert (await api.post("/v1/outcomes", json=ONE)).status_code == 422
