"""My data in Chromium: read, taken along and deleted, with scripts and without."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.e2e.candidate import ANSWER, Candidate
from tests.e2e.conftest import Open
from tests.e2e.looks import faults
from tests.e2e.service import Platform, Service
from tests.e2e.watched import followed

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOOKS = [
    pytest.param({"viewport": {"width": 1280, "height": 800}}, id="scripts"),
    pytest.param({"color_scheme": "dark", "viewport": {"width": 320, "height": 640}}, id="dark, narrow"),
    pytest.param({"java_script_enabled": False}, id="no scripts"),
]


@pytest.mark.parametrize("look", LOOKS)
def test_a_candidate_reads_what_is_kept_takes_it_along_and_deletes_it(
    service: Service, platform: Platform, opened: Open, tmp_path: Path, look: dict[str, object]
) -> None:
    _assessment, invite = platform.order()
    candidate = Candidate(opened(service, **look).page(), service)
    page, has_scripts = candidate.page, look.get("java_script_enabled", True) is True
    findings: list[str] = []

    def looked_at(where: str) -> None:
        if not has_scripts:
            return
        findings.extend(f"{where}: {finding}" for finding in faults(page))

    candidate.begin(invite)
    if has_scripts:
        candidate.open_interview()
        candidate.say(ANSWER)
    page.get_by_role("link", name="My data").click()
    expect(page.get_by_role("heading", name="What is kept, and until when")).to_be_visible()
    looked_at("my data")

    with page.expect_download() as download:
        page.get_by_role("link", name="Download everything").click()
    download.value.save_as(tmp_path / "my-data.zip")
    with ZipFile(tmp_path / "my-data.zip") as archive:
        assert archive.testzip() is None
        assert "index.html" in archive.namelist()

    followed(page.get_by_role("link", name="Delete my data"))
    looked_at("confirm")
    page.get_by_label("I have read what goes").check()
    page.get_by_role("button", name="Delete my data for good").click()
    expect(page.get_by_role("heading", name="Deleted")).to_be_visible()
    looked_at("deleted")

    candidate.go("/assessment")
    expect(page.get_by_role("heading", name="We do not know this browser")).to_be_visible()
    assert findings == []
