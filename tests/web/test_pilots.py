"""The stages of pilots, as a platform reads them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assessor.domain.policy import Stage
from assessor.services.access import Scope
from assessor.services.piloting import Place
from tests.web.site import Site, serving

pytestmark = pytest.mark.anyio

WHY = "We begin beside our own decisions."


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with serving(tmp_path) as served:
        yield served


async def test_a_platform_reads_its_own_stages_and_nobody_elses(site: Site) -> None:
    mine, other = await site.platform(), await site.platform()
    pilot = site.services.piloting
    await pilot.set_stage(Place(mine.tenant.id, "python"), Stage.SHADOW, "rita", WHY)
    await pilot.set_stage(Place(other.tenant.id, "python", "eu"), Stage.CALIBRATION, "otto", WHY)

    async with site.program(**mine.headers) as api:
        answer = await api.get("/v1/pilot-stages")

    stages = {(one["track"], one["region"]): one for one in answer.json()["data"]}
    shadow = stages["python", None]
    assert answer.status_code == 200
    assert (shadow["stage"], shadow["rules_may_decide"]) == ("shadow", [])
    assert [(one["stage"], one["by"], one["reason"]) for one in shadow["history"]] == [
        ("shadow", "rita", WHY)
    ]
    assert all(region is None for _, region in stages)


async def test_a_track_without_a_stage_is_listed_at_the_default(site: Site) -> None:
    mine = await site.platform()

    async with site.program(**mine.headers) as api:
        stages = (await api.get("/v1/pilot-stages")).json()["data"]

    assert {(one["stage"], tuple(one["rules_may_decide"])) for one in stages} == {
        ("assisted", ("qualified",))
    }
    assert {one["track"] for one in stages} >= {"python"}
    assert all(one["history"] == [] for one in stages)


async def test_only_a_key_that_may_read_assessments_reads_stages(site: Site) -> None:
    lacking = await site.platform((Scope.VERDICTS_READ,))

    async with site.program() as anybody, site.program(**lacking.headers) as other:
        answers = [await anybody.get("/v1/pilot-stages"), await other.get("/v1/pilot-stages")]

    assert [answer.status_code for answer in answers] == [401, 403]


@pytest.mark.parametrize(("region", "status"), [("eu", 201), ("us-ny", 201), (None, 201), ("Europe!", 422)])
async def test_an_order_may_name_a_region_by_a_short_code(
    site: Site, region: str | None, status: int
) -> None:
    mine = await site.platform()
    wanted = {"candidate_ref": "c-1", "track": "python", "form": "short", "region": region}

    async with site.program(**mine.headers, **{"Idempotency-Key": "order-1"}) as api:
        answer = await api.post("/v1/assessments", json=wanted)

    assert answer.status_code == status
    if status == 201:
        found = await site.services.ordering.get(mine.tenant.id, answer.json()["id"])
        assert found.ordered.region == region
    else:
        assert answer.json()["errors"][0]["field"] == "region"
