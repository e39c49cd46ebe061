"""Public events over HTTP: by asking, and by webhooks whose secrets are replaced."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from assessor.services.access import Scope
from tests.patience import PATIENCE_SECONDS
from tests.receiver import Received, Receiver, answer, receiving
from tests.web.site import Platform, Site, serving

HOOKS = "/v1/webhook-endpoints"
ORDER = {"candidate_ref": "applicant-1", "track": "python", "form": "short"}


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    async with serving(folder, webhook_allow_loopback=True, webhook_retry_seconds=(0.1,)) as site:
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


async def ordered(api: httpx.AsyncClient, key: str = "order-1") -> str:
    order = ORDER | {"candidate_ref": f"applicant-of-{key}"}
    made = await api.post("/v1/assessments", json=order, headers={"Idempotency-Key": key})
    assessment_id: str = made.json()["id"]
    return assessment_id


async def endpoint(api: httpx.AsyncClient, url: str) -> dict[str, Any]:
    made = await api.post(HOOKS, json={"url": url}, headers={"Idempotency-Key": f"hook {url}"})
    found: dict[str, Any] = made.json()
    return found


async def rotated(
    api: httpx.AsyncClient, endpoint_id: str, hours: int, key: str = "rotate-1"
) -> httpx.Response:
    return await api.post(
        f"{HOOKS}/{endpoint_id}/rotate-secret",
        json={"overlap_hours": hours},
        headers={"Idempotency-Key": key},
    )


async def test_who_polls_gets_the_very_bytes_that_webhooks_carry(
    api: httpx.AsyncClient, receiver: Receiver
) -> None:
    await endpoint(api, receiver.url)
    await ordered(api)
    (sent,) = await receiver.came(1)

    page = await api.get("/v1/events")

    assert sent.body in page.content
    assert [one["id"] for one in page.json()["data"]] == [sent.id]


async def test_the_cursor_goes_on_where_the_page_ended_also_when_it_was_empty(api: httpx.AsyncClient) -> None:
    empty = (await api.get("/v1/events")).json()
    for number in range(3):
        await ordered(api, f"order-{number}")

    first = (await api.get("/v1/events", params={"limit": 2, "cursor": empty["next_cursor"]})).json()
    second = (await api.get("/v1/events", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    third = (await api.get("/v1/events", params={"cursor": second["next_cursor"]})).json()

    assert [len(page["data"]) for page in (empty, first, second, third)] == [0, 2, 1, 0]
    assert [page["has_more"] for page in (first, second, third)] == [True, False, False]
    assert third["next_cursor"] == second["next_cursor"]


async def test_only_the_types_that_are_asked_for_come(api: httpx.AsyncClient) -> None:
    assessment_id = await ordered(api)
    await api.post(f"/v1/assessments/{assessment_id}/cancel")
    cancelled, created = "assessor.assessment.cancelled", "assessor.assessment.created"

    async def types(*wanted: str) -> list[str]:
        page = (await api.get("/v1/events", params=[("type", one) for one in wanted])).json()
        return [event["type"] for event in page["data"]]

    assert await types(cancelled) == [cancelled]
    assert await types(cancelled, created) == [created, cancelled]
    assert await types("assessor.verdict.issued") == []


@pytest.mark.parametrize(
    "params", [{"type": "verdict.issued"}, {"cursor": "x"}, {"cursor": "-1"}, {"limit": 0}]
)
async def test_what_cannot_be_asked_for_is_refused(api: httpx.AsyncClient, params: dict[str, Any]) -> None:
    assert (await api.get("/v1/events", params=params)).status_code == 422


async def test_another_platform_hears_nothing_and_a_key_without_the_scope_is_refused(
    site: Site, api: httpx.AsyncClient, platform: Platform
) -> None:
    await ordered(api)
    other = await site.platform()
    narrow = await site.key(platform.tenant, (Scope.ASSESSMENTS_READ,))

    async with (
        site.program(**other.headers) as theirs,
        site.program(Authorization=f"Bearer {narrow}") as less,
    ):
        assert (await theirs.get("/v1/events")).json()["data"] == []
        assert (await less.get("/v1/events")).status_code == 403


def is_signed(by: str, received: Received) -> bool:
    """Whether a request verifies with a secret, or with a public key."""
    if by.startswith("whsec_"):
        try:
            Webhook(by).verify(received.body, received.headers)
        except WebhookVerificationError:
            return False
        return True
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(by.removeprefix("whpk_")))
    words = f"{received.id}.{received.headers['webhook-timestamp']}.".encode() + received.body
    for version, _, signature in (
        one.partition(",") for one in received.headers["webhook-signature"].split()
    ):
        try:
            if version == "v1a":
                key.verify(base64.b64decode(signature), words)
                return True
        except InvalidSignature:
            continue
    return False


@pytest.mark.parametrize("hours", [24, 0])
async def test_a_secret_is_replaced_and_the_former_one_signs_as_well_for_as_long_as_was_asked(
    api: httpx.AsyncClient, receiver: Receiver, hours: int
) -> None:
    made = await endpoint(api, receiver.url)
    (old_key,) = [one["public_key"] for one in (await api.get(f"{HOOKS}/{made['id']}/keys")).json()["data"]]

    new = await rotated(api, made["id"], hours)
    keys = [one["public_key"] for one in (await api.get(f"{HOOKS}/{made['id']}/keys")).json()["data"]]
    await api.post(f"{HOOKS}/{made['id']}/test")
    (sent,) = await receiver.came(1)

    former_signs = hours > 0
    assert new.status_code == 200
    assert new.headers["cache-control"] == "no-store"
    assert is_signed(new.json()["secret"], sent)
    assert is_signed(keys[0], sent)
    assert is_signed(made["secret"], sent) is former_signs
    assert is_signed(old_key, sent) is former_signs
    assert (old_key in keys) is former_signs


async def test_rotating_twice_with_one_key_is_rotating_once(
    api: httpx.AsyncClient, receiver: Receiver
) -> None:
    made = await endpoint(api, receiver.url)

    first, again = await rotated(api, made["id"], 24), await rotated(api, made["id"], 24)
    changed = await rotated(api, made["id"], 1)
    await api.post(f"{HOOKS}/{made['id']}/test")
    (sent,) = await receiver.came(1)

    assert (again.status_code, again.content) == (200, first.content)
    assert changed.status_code == 422
    assert is_signed(made["secret"], sent)


async def test_another_platforms_secret_cannot_be_replaced_nor_its_keys_be_read(
    site: Site, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    made = await endpoint(api, receiver.url)
    other = await site.platform()

    async with site.program(**other.headers) as theirs:
        answers = [
            await rotated(theirs, made["id"], 0),
            await theirs.get(f"{HOOKS}/{made['id']}/keys"),
            await theirs.post(f"{HOOKS}/{made['id']}/deliveries/redeliver-dead"),
        ]

    assert [one.status_code for one in answers] == [404, 404, 404]


async def test_what_was_given_up_is_listed_and_sent_again_once_the_endpoint_is_back(
    api: httpx.AsyncClient, receiver: Receiver
) -> None:
    made = await endpoint(api, receiver.url)
    receiver.will(answer(500), answer(500))
    await api.post(f"{HOOKS}/{made['id']}/test")
    await receiver.came(2)
    told = await paused(api)

    dead = (await api.get(f"{HOOKS}/{made['id']}/deliveries", params={"status": "dead"})).json()["data"]
    await api.patch(f"{HOOKS}/{made['id']}", json={"enabled": True}, headers={"If-Match": "*"})
    again = await api.post(f"{HOOKS}/{made['id']}/deliveries/redeliver-dead")
    sent = await receiver.came(3)

    assert told["data"]["endpoint_id"] == made["id"]
    assert [one["event_id"] for one in dead] == [sent[0].id]
    assert (again.status_code, again.json()["count"]) == (202, 1)
    assert {one.id for one in sent} == {sent[0].id}


async def paused(api: httpx.AsyncClient) -> dict[str, Any]:
    """Wait until those who poll are told of a pause."""

    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            page = (await api.get("/v1/events", params={"type": "assessor.webhook.paused"})).json()
            if page["data"]:
                event: dict[str, Any] = page["data"][0]
                return event
            await asyncio.sleep(0.05)
