"""The agreement ledger, as a platform reads it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from assessor.domain.policy import Grade
from assessor.ports import Stopped
from assessor.services.access import Scope
from tests.domain.calibration.simulated import calibration
from tests.web.site import Site, serving

pytestmark = pytest.mark.anyio

LATER = datetime(2026, 11, 9, tzinfo=UTC)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with serving(tmp_path) as served:
        yield served


@pytest.fixture
async def api(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    platform = await site.platform((Scope.ASSESSMENTS_READ,))
    async with site.program(**platform.headers) as client:
        yield client


async def test_before_anything_is_measured_the_ledger_is_empty(api: httpx.AsyncClient) -> None:
    answer = await api.get("/v1/agreement")

    assert (answer.status_code, answer.json()) == (200, {"object": "list", "data": []})


async def test_the_ledger_tells_who_scored_how_well_they_agree_and_when_it_was_measured(
    site: Site, api: httpx.AsyncClient
) -> None:
    await site.services.store.add_calibrations([calibration()])

    (entry,) = (await api.get("/v1/agreement")).json()["data"]

    assert (entry["id"], entry["object"], entry["model"], entry["language"]) == (
        "cal_1",
        "calibration",
        "m1",
        "en",
    )
    assert entry["family"] == {"category": "sft", "competency": "semantics"}
    assert entry["measured_at"] == "2026-11-01T00:00:00Z"
    assert (entry["grade"], entry["stands"], entry["stopped"], entry["gold"]) == ("calibrated", True, None, 0)
    assert {"qwk", "kappa", "alpha", "ac2", "smd", "tpr", "tnr"} <= set(entry["agreement"])
    assert set(entry["agreement"]["qwk"]) == {"value", "low", "high", "n", "note"}
    assert set(entry["criteria"]) == {"rubric/c0"}
    assert entry["baseline"]["qwk"]["value"] == 0.4


async def test_what_was_measured_anew_or_stopped_stays_in_the_ledger_and_stands_no_more(
    site: Site, api: httpx.AsyncClient
) -> None:
    store = site.services.store
    new = calibration(id="cal_2", measured_at=LATER, grade=Grade.NONE)
    await store.add_calibrations([calibration(), new, calibration(id="cal_3", model="m2")])
    await store.stop_calibration("cal_3", Stopped(LATER, "lenient", 71))

    everything = (await api.get("/v1/agreement")).json()["data"]
    standing = (await api.get("/v1/agreement", params={"standing": "true"})).json()["data"]
    of_one = (await api.get("/v1/agreement", params={"model": "m2"})).json()["data"]

    assert [one["id"] for one in everything] == ["cal_2", "cal_1", "cal_3"]
    assert [one["id"] for one in standing] == ["cal_2"]
    assert of_one[0]["stopped"] == {"at": "2026-11-09T00:00:00Z", "alarm": "lenient", "after": 71}


async def test_only_a_platforms_key_opens_the_ledger(site: Site) -> None:
    lacking = await site.platform((Scope.VERDICTS_READ,))

    async with site.program() as anybody, site.program(**lacking.headers) as other:
        answers = [await anybody.get("/v1/agreement"), await other.get("/v1/agreement")]

    assert [answer.status_code for answer in answers] == [401, 403]
