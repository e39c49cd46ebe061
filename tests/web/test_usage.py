"""What the calls to models cost, as a platform reads it."""

from datetime import UTC, datetime

import pytest

from assessor.ports import ModelCall
from tests.web.site import Site

DAYS = {"since": "2026-11-01", "until": "2026-11-30"}


async def test_usage_is_told_in_dollars_by_day_and_purpose(site: Site) -> None:
    platform = await site.platform()
    async with site.program(**platform.headers) as api:
        order = {"candidate_ref": "a", "track": "python", "form": "short"}
        made = (await api.post("/v1/assessments", json=order)).json()["id"]
        at = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
        call = ModelCall(at, made, platform.tenant.id, "turn", "m", "ok", 100, 60, 10, 1_250_001, 500, 1)
        await site.services.store.record(call)

        told = (await api.get("/v1/usage", params=DAYS)).json()

    assert told["data"] == [
        {
            "period": "2026-11-22",
            "purpose": "turn",
            "calls": 1,
            "failed": 0,
            "prompt_tokens": 100,
            "cached_tokens": 60,
            "completion_tokens": 10,
            "cost_usd": 1.250001,
            "unpriced": 0,
        }
    ]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"since": "2026-11-01"},
        {"since": "2026-11-02", "until": "2026-11-01"},
        {"since": "2025-01-01", "until": "2026-11-01"},
        {"since": "0001-01-01", "until": "9999-12-31"},
        {"since": "yesterday", "until": "2026-11-01"},
        DAYS | {"by": "hour"},
    ],
)
async def test_a_span_that_cannot_be_added_up_is_refused(site: Site, query: dict[str, str]) -> None:
    platform = await site.platform()

    async with site.program(**platform.headers) as api:
        answer = await api.get("/v1/usage", params=query)

    assert answer.status_code == 422
