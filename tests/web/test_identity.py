"""What a platform attests of a candidate, from the order to the signed verdict."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from assessor.simulation.candidate import MIDDLING, SimulatedCandidate
from assessor.simulation.playing import Player
from tests.web.site import Platform, Site

ATTESTED = {"level": "substantial", "reference": "kyc-2026-11-0815", "checked_at": "2026-11-20T14:05:00Z"}


@pytest.fixture
async def platform(site: Site) -> Platform:
    return await site.platform()


async def ordered(site: Site, platform: Platform, identity: Any, key: str = "k") -> httpx.Response:
    body = {"candidate_ref": "applicant-4711", "track": "python", "form": "short", "identity": identity}
    async with site.program(**platform.headers) as program:
        return await program.post("/v1/assessments", json=body, headers={"Idempotency-Key": key})


async def test_an_attestation_stands_in_the_verdict_without_the_platforms_reference(
    site: Site, platform: Platform
) -> None:
    order = (await ordered(site, platform, ATTESTED)).json()
    assessment, _session = await site.services.inviting.redeem(order["invite_url"].rsplit("/", 1)[-1])
    await site.services.conversing.begin(assessment.id)
    library = await site.services.content.library()
    player = Player(site.services, assessment.id, SimulatedCandidate(library, "python", MIDDLING))
    await player.interview()
    await player.tasks()
    await player.submit()

    async with site.program(**platform.headers) as program:
        verdict = (await program.get(f"/v1/assessments/{order['id']}/verdict")).json()

    assert verdict["document"]["identity"] == {
        "method": "platform",
        "level": "substantial",
        "checked_at": "2026-11-20T14:05:00Z",
    }
    assert "kyc-2026" not in str(verdict)


async def test_without_an_attestation_the_verdict_says_that_nobody_made_sure(
    site: Site, platform: Platform
) -> None:
    player = await site.submitted(platform.tenant)

    async with site.program(**platform.headers) as program:
        verdict = (await program.get(f"/v1/assessments/{player.assessment_id}/verdict")).json()

    assert verdict["document"]["identity"] == {"method": "none", "level": "none", "checked_at": None}


async def test_an_attempt_that_is_given_back_carries_the_same_attestation(
    site: Site, platform: Platform
) -> None:
    order = (await ordered(site, platform, ATTESTED)).json()
    redeemed, _session = await site.services.inviting.redeem(order["invite_url"].rsplit("/", 1)[-1])
    await site.services.conversing.begin(redeemed.id)
    await site.services.scoring.hold(redeemed.id, "OSError")

    given = await site.services.ordering.give_back(redeemed.id, "The disk was full.")

    assert given.assessment.ordered.identity == redeemed.ordered.identity
    assert redeemed.ordered.identity is not None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"level": "certain"}, "identity.level"),
        ({"level": None}, "identity.level"),
        ({"reference": ""}, "identity.reference"),
        ({"reference": "Jane Doe"}, "identity.reference"),
        ({"reference": "x" * 201}, "identity.reference"),
        ({"checked_at": "yesterday"}, "identity.checked_at"),
        ({"checked_at": "2026-11-20T14:05:00"}, "identity.checked_at"),
        ({"checked_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, "identity.checked_at"),
        ({"method": "hosted"}, "identity.method"),
        ({"name": "Jane Doe"}, "identity.name"),
    ],
)
async def test_what_attests_nothing_is_refused_by_its_field(
    site: Site, platform: Platform, changed: dict[str, Any], field: str
) -> None:
    refused = await ordered(site, platform, ATTESTED | changed)

    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json()["errors"]] == [field]


async def test_the_same_order_with_another_attestation_is_another_order(
    site: Site, platform: Platform
) -> None:
    first = await ordered(site, platform, ATTESTED)
    same = await ordered(site, platform, ATTESTED)
    other = await ordered(site, platform, ATTESTED | {"level": "low"})

    assert same.content == first.content
    assert (first.status_code, other.status_code) == (201, 422)


@pytest.mark.parametrize(
    ("asked", "identity", "field"),
    [
        ({"method": "hosted"}, ATTESTED, "identity"),
        ({"method": "platform"}, None, "identity"),
        ({"method": "platform", "level": "high"}, ATTESTED, "identity"),
        ({"method": "passport"}, ATTESTED, "require_identity.method"),
        ({"level": "high"}, ATTESTED, "require_identity"),
    ],
)
async def test_an_order_that_asks_for_what_nobody_here_can_make_sure_of_is_refused(
    site: Site, platform: Platform, asked: dict[str, Any], identity: Any, field: str
) -> None:
    body = {"candidate_ref": "applicant-4712", "track": "python", "identity": identity}

    async with site.program(**platform.headers) as program:
        refused = await program.post("/v1/assessments", json=body | {"require_identity": asked})

    assert refused.status_code == 422
    (problem,) = refused.json()["errors"]
    assert problem["field"] == field
    assert problem["remedy"]


async def test_an_order_that_brings_the_attestation_it_asks_for_is_taken(
    site: Site, platform: Platform
) -> None:
    asked = {"method": "platform", "level": "substantial"}
    body = {"candidate_ref": "applicant-4713", "track": "python", "identity": ATTESTED}

    async with site.program(**platform.headers) as program:
        taken = await program.post("/v1/assessments", json=body | {"require_identity": asked})

    assert taken.status_code == 201
