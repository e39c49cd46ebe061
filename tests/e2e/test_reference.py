"""The reference of the API in a real browser."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.looks import axe_findings, sideways
from tests.e2e.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_reference_is_accessible_loads_nothing_from_elsewhere_and_fits_a_telephone(
    browser: Browser, service: Service
) -> None:
    asked, complaints = [], []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))

    page.goto(f"{service.url}/docs")
    findings = axe_findings(page)
    page.set_viewport_size({"width": 320, "height": 700})
    findings += sideways(page)
    page.close()

    assert findings == []
    assert complaints == []
    assert asked
    assert all(address.startswith(f"{service.url}/") for address in asked)
