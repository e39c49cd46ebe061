"""The client against the served application: what it reads is what the service writes."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from assessor.client import (
    AsyncClient,
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    Retries,
    Unauthenticated,
    VerdictNotReady,
    verify_verdict,
)
from assessor.services.access import Scope
from assessor.simulation.candidate import EXPERT
from tests.web.site import ORIGIN, Platform, Site, serving

AT_ONCE = Retries(attempts=1)


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder: Path = tmp_path_factory.mktemp("client-site")
    async with serving(folder, webhook_allow_loopback=True) as site:
        yield site


@pytest.fixture
async def platform(site: Site) -> Platform:
    return await site.platform()


def calling(site: Site, key: str) -> AsyncClient:
    return AsyncClient(
        ORIGIN, key, retries=AT_ONCE, http=httpx.AsyncClient(transport=httpx.ASGITransport(site.app))
    )


@pytest.fixture
def client(site: Site, platform: Platform) -> AsyncClient:
    return calling(site, platform.key)


async def test_an_assessment_is_ordered_followed_and_cancelled(client: AsyncClient) -> None:
    ordered = await client.order_assessment("applicant-1", "python", form="short", idempotency_key="k")
    again = await client.order_assessment("applicant-1", "python", form="short", idempotency_key="k")
    invite = await client.reissue_invite(ordered.id)
    terms = await client.grant_accommodations(ordered.id, time_factor=1.5)
    cancelled = await client.cancel_assessment(ordered.id)
    found = [one async for one in client.assessments()]

    assert again == ordered
    assert invite.invite_url != ordered.invite_url
    assert terms.time_factor == (await client.accommodations(ordered.id)).time_factor == 1.5
    assert cancelled.status == (await client.assessment(ordered.id)).status == "cancelled"
    assert [one.id for one in found] == [ordered.id]


async def test_a_verdict_is_waited_for_read_and_verified(
    site: Site, platform: Platform, client: AsyncClient
) -> None:
    player = await site.submitted(platform.tenant, EXPERT)
    await player.review(await site.reviewer(platform.tenant))

    served = await client.wait_for_verdict(player.assessment_id, final=False)
    verdict = verify_verdict(served.jws, await client.jwks(), tenant=platform.tenant.id, demonstration=True)

    assert verdict == served.document
    assert (await client.verdict_of_id(verdict.id)).jws == served.jws
    assert served in [one async for one in client.verdicts_of(player.assessment_id)]
    assert (await client.transcript(player.assessment_id))["turns"]


async def test_a_webhook_endpoint_is_added_changed_tested_and_removed(client: AsyncClient) -> None:
    made = await client.add_webhook_endpoint("http://127.0.0.1:9/", event_types=["assessor.verdict.issued"])
    changed = await client.change_webhook_endpoint(made.id, description="staging")
    tested = await client.test_webhook_endpoint(made.id)
    sent = [one async for one in client.deliveries(made.id)]
    listed = [one async for one in client.webhook_endpoints()]
    await client.remove_webhook_endpoint(made.id)

    assert made.secret.startswith("whsec_")
    assert listed == [changed]
    assert [one.id for one in sent] == [tested.id]
    with pytest.raises(NotFound):
        await client.webhook_endpoint(made.id)


async def test_tracks_are_read(client: AsyncClient) -> None:
    tracks = {track.id: track async for track in client.tracks()}

    assert tracks["python"].minutes["full"] > 0
    assert tracks["python"].competencies


async def test_refusals_are_errors_with_the_way_out(site: Site, client: AsyncClient) -> None:
    ordered = await client.order_assessment("applicant-2", "python", form="short")
    other = await site.platform()
    unscoped = await site.key(other.tenant, (Scope.VERDICTS_READ,))

    with pytest.raises(InvalidRequest) as wrong:
        await client.order_assessment("applicant-3", "pyton")
    with pytest.raises(VerdictNotReady) as waiting:
        await client.verdict(ordered.id)
    with pytest.raises(NotFound):
        await calling(site, other.key).assessment(ordered.id)
    with pytest.raises(Forbidden):
        await calling(site, unscoped).assessment(ordered.id)
    with pytest.raises(Unauthenticated):
        await calling(site, "sk_wrong").assessment(ordered.id)

    assert wrong.value.fields[0].field == "track"
    assert "python" in wrong.value.fields[0].remedy
    assert wrong.value.type == f"{ORIGIN}/problems/invalid-input"
    assert waiting.value.assessment_status == "ordered"
    assert waiting.value.retry_after


async def test_a_badge_is_read_or_refused_with_a_reason(
    site: Site, platform: Platform, client: AsyncClient
) -> None:
    player = await site.submitted(platform.tenant)
    verdict = await client.verdict(player.assessment_id)

    with pytest.raises(Conflict, match="gives no badge"):
        await client.badge(verdict.document.id)
