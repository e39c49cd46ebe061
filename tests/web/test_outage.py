"""While the database is away, every request is told when to come back, and served again then."""

from pathlib import Path

import pytest

from tests.postgres import Databases
from tests.web.site import serving

pytestmark = pytest.mark.anyio


async def test_requests_are_told_when_to_come_back_and_are_served_again(
    tmp_path: Path, postgres: Databases
) -> None:
    with postgres.lent(postgres.migrated()) as address:
        async with serving(tmp_path, database_url=address) as site:
            platform = await site.platform()
            async with site.program(**platform.headers) as program, site.browser() as browser:
                with postgres.away(address):
                    listed = await program.get("/v1/assessments")
                    ordered = await program.post("/v1/assessments", json={})
                    ready = await program.get("/readyz")
                    page = await browser.get("/s/a-link-that-somebody-opens")
                again = await program.get("/v1/assessments")

    for refused in (listed, ordered):
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert refused.json()["code"] == "store-unavailable"
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    assert '<meta http-equiv="refresh" content="5">' in page.text
    assert "The service is busy for a moment" in page.text
    assert (ready.status_code, ready.json()["code"]) == (503, "not-ready")
    assert again.status_code == 200
