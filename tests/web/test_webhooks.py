"""Webhook endpoints over HTTP, and deliveries by the served application."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from assessor.services.access import Scope
from assessor.services.subscribing import MAX_ENDPOINTS
from tests.patience import PATIENCE_SECONDS
from tests.receiver import Receiver, answer, receiving
from tests.web.site import Platform, Site, serving

HERE = "/v1/webhook-endpoints"
ANY = {"If-Match": "*"}
MADE = {
    "id", "object", "livemode", "url", "description", "event_types", "status", "paused_because", "created_at",
    "secret",
}  # fmt: skip


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    async with serving(folder, webhook_allow_loopback=True, webhook_retry_seconds=(0.1, 0.1)) as site:
        yield site


@pytest.fixture
async def platform(site: Site) -> Platform:
    return await site.platform()


@pytest.fixture
async def api(site: Site, platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    async with site.program(**platform.headers) as client:
        yield client


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def added(api: httpx.AsyncClient, url: str, key: str = "k", **more: Any) -> httpx.Response:
    return await api.post(HERE, json={"url": url, **more}, headers={"Idempotency-Key": key})


async def settled(api: httpx.AsyncClient, endpoint: str, status: str = "delivered") -> dict[str, Any]:
    """Wait until the newest delivery has this status, and return it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            log = (await api.get(f"{HERE}/{endpoint}/deliveries")).json()["data"]
            if log and log[0]["status"] == status:
                newest: dict[str, Any] = log[0]
                return newest
            await asyncio.sleep(0.05)


async def test_a_new_endpoint_comes_with_its_secret_and_never_shows_it_again(
    api: httpx.AsyncClient, receiver: Receiver
) -> None:
    with capture_logs() as logs:
        made = await added(api, receiver.url, description="staging", event_types=["assessor.verdict.issued"])
        shown = await api.get(f"{HERE}/{made.json()['id']}")
        listed = await api.get(HERE)
        changed = await api.patch(
            f"{HERE}/{made.json()['id']}", json={"description": "production"}, headers=ANY
        )
        await api.post(f"{HERE}/{made.json()['id']}/test")
        log = await api.get(f"{HERE}/{made.json()['id']}/deliveries")

    assert made.status_code == 201
    new = made.json()
    assert set(new) == MADE
    assert new["status"] == "enabled"
    assert new["event_types"] == ["assessor.verdict.issued"]
    assert made.headers["location"] == f"{HERE}/{new['id']}"
    assert made.headers["cache-control"] == "no-store"
    secret = new.pop("secret")
    assert secret.startswith("whsec_")
    assert shown.json() == new
    assert listed.json() == {"object": "list", "data": [new]}
    for told in (shown.text, listed.text, changed.text, log.text, json.dumps(logs, default=str)):
        assert secret not in told
        assert secret.removeprefix("whsec_") not in told


async def test_each_endpoint_has_a_secret_of_its_own_of_24_bytes(
    api: httpx.AsyncClient, receiver: Receiver
) -> None:
    secrets = {(await added(api, receiver.url, f"k{number}")).json()["secret"] for number in range(3)}

    assert len(secrets) == 3
    assert all(len(secret) == len("whsec_") + 32 for secret in secrets)


async def test_the_same_key_and_body_give_the_same_endpoint_even_when_sent_at_once(
    api: httpx.AsyncClient, receiver: Receiver
) -> None:
    answers = await asyncio.gather(*(added(api, receiver.url) for _ in range(8)))

    made = {one.content for one in answers if one.status_code == 201}
    assert len(made) == 1
    assert {one.status_code for one in answers} <= {201, 409}
    assert (await added(api, receiver.url)).content in made
    assert len((await api.get(HERE)).json()["data"]) == 1


async def test_a_key_that_ordered_an_assessment_makes_no_endpoint(
    api: httpx.AsyncClient, receiver: Receiver
) -> None:
    order = {"candidate_ref": "applicant-1", "track": "python", "form": "short"}
    await api.post("/v1/assessments", json=order, headers={"Idempotency-Key": "k"})

    refused = await added(api, receiver.url)
    other = await added(api, receiver.url, "k2")
    changed = await added(api, receiver.url, "k2", description="another")

    assert [one.status_code for one in (refused, other, changed)] == [422, 201, 422]
    assert refused.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://169.254.169.254/latest/meta-data/"}, "url"),
        ({"url": "http://0x7f000001/"}, "url"),
        ({"url": "http://[fd00:ec2::254]/"}, "url"),
        ({"url": "http://127.1:80"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "https://user:password@127.0.0.1/"}, "url"),
        ({"url": "ftp://127.0.0.1/"}, "url"),
        ({"url": ""}, "url"),
        ({"url": 7}, "url"),
        ({"url": "https://127.0.0.1/" + "x" * 2000}, "url"),
        ({"url": "http://127.0.0.1/", "description": "x" * 201}, "description"),
        ({"url": "http://127.0.0.1/", "description": "nul\x00"}, None),
        ({"url": "http://127.0.0.1/", "event_types": ["verdict.issued"]}, "event_types.0"),
        ({"url": "http://127.0.0.1/", "event_types": "assessor.verdict.issued"}, "event_types"),
        ({"url": "http://127.0.0.1/", "secret": "whsec_bWluZQ=="}, "secret"),
        ({"url": "http://127.0.0.1/", "enabled": False}, "enabled"),
        ({}, "url"),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_what_cannot_be_an_endpoint_is_refused_and_makes_none(
    api: httpx.AsyncClient, body: dict[str, Any], field: str | None
) -> None:
    refused = await api.post(HERE, json=body, headers={"Idempotency-Key": "k"})

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-input")
    assert field is None or [problem["field"] for problem in refused.json()["errors"]] == [field]
    assert (await api.get(HERE)).json()["data"] == []


async def test_an_endpoint_cannot_be_led_into_our_network_afterwards(
    api: httpx.AsyncClient, receiver: Receiver
) -> None:
    made = (await added(api, receiver.url)).json()

    refused = await api.patch(f"{HERE}/{made['id']}", json={"url": "https://169.254.169.254/"}, headers=ANY)

    assert refused.status_code == 422
    assert (await api.get(f"{HERE}/{made['id']}")).json()["url"] == receiver.url


async def test_loopback_is_refused_where_it_was_not_allowed(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with serving(tmp_path_factory.mktemp("strict")) as strict:
        platform = await strict.platform()
        async with strict.program(**platform.headers) as api:
            answers = [await added(api, url) for url in ("http://127.0.0.1:9/", "https://localhost/")]

    assert [one.status_code for one in answers] == [422, 422]


async def test_there_may_be_only_so_many(api: httpx.AsyncClient, receiver: Receiver) -> None:
    answers = [await added(api, receiver.url, f"k{number}") for number in range(MAX_ENDPOINTS + 1)]

    assert [one.status_code for one in answers] == [201] * MAX_ENDPOINTS + [409]


async def test_an_order_is_told_to_the_receiver_which_can_verify_it(
    api: httpx.AsyncClient, receiver: Receiver
) -> None:
    made = (await added(api, receiver.url)).json()
    order = {"candidate_ref": "applicant-1", "track": "python", "form": "short"}

    ordered = (await api.post("/v1/assessments", json=order, headers={"Idempotency-Key": "o"})).json()
    (got,) = await receiver.came(1)

    event = got.verified(made["secret"])
    assert event["data"]["assessment_id"] == ordered["id"]
    delivery = await settled(api, made["id"])
    assert delivery["event_id"] == event["id"] == got.id
    assert delivery["type"] == "assessor.assessment.created"
    assert [(tried["number"], tried["outcome"], tried["http_status"]) for tried in delivery["attempts"]] == [
        (1, "accepted", 200)
    ]


async def test_an_order_may_name_the_one_endpoint_that_is_told(
    api: httpx.AsyncClient, receiver: Receiver
) -> None:
    ids = [(await added(api, receiver.url, key)).json()["id"] for key in ("one", "other")]
    order = {"candidate_ref": "applicant-7", "track": "python", "callback_endpoint": ids[0]}

    made = await api.post("/v1/assessments", json=order, headers={"Idempotency-Key": "order"})
    told = await settled(api, ids[0])
    untold = (await api.get(f"{HERE}/{ids[1]}/deliveries")).json()["data"]
    await api.delete(f"{HERE}/{ids[0]}")
    await api.post(f"/v1/assessments/{made.json()['id']}/cancel", headers={"Idempotency-Key": "cancel"})
    after = await settled(api, ids[1])

    assert made.json()["callback_endpoint"] == ids[0]
    assert told["type"] == "assessor.assessment.created"
    assert untold == []
    assert after["type"] == "assessor.assessment.cancelled"


@pytest.mark.parametrize("whose", ["nobody", "another platform", "the other mode"])
async def test_an_order_cannot_name_an_endpoint_that_is_not_its_own(
    site: Site, api: httpx.AsyncClient, platform: Platform, receiver: Receiver, whose: str
) -> None:
    other = await site.platform() if whose == "another platform" else platform
    key = await site.key(other.tenant, tuple(Scope), livemode=whose == "the other mode")
    async with site.program(Authorization=f"Bearer {key}") as theirs:
        named = "whe_0" if whose == "nobody" else (await added(theirs, receiver.url)).json()["id"]
    order = {"candidate_ref": "applicant-8", "track": "python", "callback_endpoint": named}

    refused = await api.post("/v1/assessments", json=order, headers={"Idempotency-Key": "order"})

    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json()["errors"]] == ["callback_endpoint"]


async def test_what_is_given_up_is_dead_and_the_endpoint_paused_until_it_is_enabled_again(
    api: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.will(answer(500), answer(500), answer(500))
    made = (await added(api, receiver.url)).json()
    await api.post(f"{HERE}/{made['id']}/test")
    dead = await settled(api, made["id"], "dead")
    paused = (await api.get(f"{HERE}/{made['id']}")).json()
    again = f"{HERE}/{made['id']}/deliveries/{dead['id']}/redeliver"

    refused = [await api.post(path) for path in (again, f"{HERE}/{made['id']}/test")]
    enabled = (await api.patch(f"{HERE}/{made['id']}", json={"enabled": True}, headers=ANY)).json()
    taken = await api.post(again)

    assert (paused["status"], paused["paused_because"]) == ("paused", "failing")
    assert [one.status_code for one in refused] == [409, 409]
    assert (enabled["status"], enabled["paused_because"]) == ("enabled", None)
    assert (taken.status_code, taken.json()["status"]) == (202, "pending")
    delivered = await settled(api, made["id"])
    assert [tried["outcome"] for tried in delivered["attempts"]] == ["rejected"] * 3 + ["accepted"]
    assert len({one.id for one in receiver.received}) == 1


async def test_a_change_names_what_changes(api: httpx.AsyncClient, receiver: Receiver) -> None:
    made = (await added(api, receiver.url, event_types=["assessor.verdict.issued"])).json()
    here = f"{HERE}/{made['id']}"

    disabled = (await api.patch(here, json={"enabled": False}, headers=ANY)).json()
    widened = (await api.patch(here, json={"event_types": [], "description": "all"}, headers=ANY)).json()
    wrong = await api.patch(here, json={"paused_because": None}, headers=ANY)

    assert (disabled["status"], disabled["event_types"]) == ("disabled", ["assessor.verdict.issued"])
    assert (widened["status"], widened["event_types"], widened["description"]) == ("disabled", [], "all")
    assert wrong.status_code == 422


async def test_an_endpoint_is_changed_only_as_it_was_read(api: httpx.AsyncClient, receiver: Receiver) -> None:
    here = f"{HERE}/{(await added(api, receiver.url)).json()['id']}"
    read = await api.get(here)
    tag = {"If-Match": read.headers["etag"]}

    unsaid = await api.patch(here, json={"description": "nobody's"})
    first = await api.patch(here, json={"description": "first"}, headers=tag)
    second = await api.patch(here, json={"description": "second"}, headers=tag)
    again = await api.get(here, headers={"If-None-Match": first.headers["etag"]})

    assert (unsaid.status_code, unsaid.json()["code"]) == (428, "if-match-required")
    assert (first.status_code, first.json()["description"]) == (200, "first")
    assert (second.status_code, second.json()["code"]) == (412, "stale-edit")
    assert (again.status_code, again.content) == (304, b"")


async def test_of_many_edits_on_one_state_one_is_stored(api: httpx.AsyncClient, receiver: Receiver) -> None:
    here = f"{HERE}/{(await added(api, receiver.url)).json()['id']}"
    tag = {"If-Match": (await api.get(here)).headers["etag"]}

    answers = await asyncio.gather(
        *(api.patch(here, json={"description": f"edit {n}"}, headers=tag) for n in range(10))
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9


async def test_a_removed_endpoint_is_gone_and_gets_nothing(
    api: httpx.AsyncClient, receiver: Receiver
) -> None:
    made = (await added(api, receiver.url)).json()

    removed = await api.delete(f"{HERE}/{made['id']}")

    assert (removed.status_code, removed.content) == (204, b"")
    assert (await api.delete(f"{HERE}/{made['id']}")).status_code == 404
    assert (await api.get(HERE)).json()["data"] == []


OPERATIONS = [
    ("GET", "", Scope.WEBHOOKS_READ),
    ("POST", "", Scope.WEBHOOKS_WRITE),
    ("GET", "/ID", Scope.WEBHOOKS_READ),
    ("PATCH", "/ID", Scope.WEBHOOKS_WRITE),
    ("DELETE", "/ID", Scope.WEBHOOKS_WRITE),
    ("POST", "/ID/test", Scope.WEBHOOKS_WRITE),
    ("GET", "/ID/deliveries", Scope.WEBHOOKS_READ),
    ("POST", "/ID/deliveries/DELIVERY/redeliver", Scope.WEBHOOKS_WRITE),
]
BODIES: dict[tuple[str, str], Any] = {
    ("POST", ""): {"url": "http://127.0.0.1:9/"},
    ("PATCH", "/ID"): {"enabled": False},
}


async def asked(
    api: httpx.AsyncClient, method: str, end: str, endpoint: str, delivery: str
) -> httpx.Response:
    path = end.replace("ID", endpoint).replace("DELIVERY", delivery)
    return await api.request(
        method, HERE + path, json=BODIES.get((method, end)), headers={"Idempotency-Key": "x"}
    )


@pytest.mark.parametrize(("method", "end", "needs"), OPERATIONS)
async def test_a_key_without_the_scope_is_403_and_changes_nothing(
    site: Site,
    platform: Platform,
    api: httpx.AsyncClient,
    receiver: Receiver,
    method: str,
    end: str,
    needs: Scope,
) -> None:
    made = (await added(api, receiver.url)).json()
    before = (await api.get(HERE)).json()
    lacking = await site.key(platform.tenant, tuple(scope for scope in Scope if scope is not needs))

    async with site.program(Authorization=f"Bearer {lacking}") as other:
        refused = await asked(other, method, end, made["id"], "whd_made-up")

    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert needs.value in refused.json()["detail"]
    assert (await api.get(HERE)).json() == before


@pytest.mark.parametrize(("method", "end"), [(method, end) for method, end, _ in OPERATIONS if "ID" in end])
async def test_another_platforms_endpoint_looks_like_one_that_does_not_exist(
    site: Site, api: httpx.AsyncClient, receiver: Receiver, method: str, end: str
) -> None:
    made = (await added(api, receiver.url)).json()
    await api.post(f"{HERE}/{made['id']}/test")
    delivery = (await settled(api, made["id"]))["id"]
    stranger = await site.platform()

    async with site.program(**stranger.headers) as other:
        theirs = await asked(other, method, end, made["id"], delivery)
        nobodys = await asked(other, method, end, "whe_" + "0" * 26, delivery)

    told = [
        {name: value for name, value in one.json().items() if name not in ("request_id", "instance")}
        for one in (theirs, nobodys)
    ]
    assert [one.status_code for one in (theirs, nobodys)] == [404, 404]
    assert json.dumps(told[0]).replace(made["id"], "whe_" + "0" * 26) == json.dumps(told[1])
    assert (await api.get(f"{HERE}/{made['id']}")).json()["status"] == "enabled"


async def test_another_platforms_endpoints_are_not_listed_and_hear_nothing(
    site: Site, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    await added(api, receiver.url)
    stranger = await site.platform()

    async with site.program(**stranger.headers) as other:
        listed = await other.get(HERE)
        async with receiving() as theirs:
            made = (await added(other, theirs.url)).json()
            await other.post(f"{HERE}/{made['id']}/test")
            await theirs.came(1)

    assert listed.json()["data"] == []
    assert receiver.received == []


async def test_without_a_key_nothing_is_told(site: Site) -> None:
    async with site.program() as anybody:
        answers = [await asked(anybody, method, end, "whe_x", "whd_x") for method, end, _ in OPERATIONS]

    assert {one.status_code for one in answers} == {401}
