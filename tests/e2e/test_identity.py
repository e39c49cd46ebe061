"""The identity step in a real browser: to the service's own page and back, with scripts and without."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e import identity_page
from tests.e2e.conftest import Open
from tests.e2e.identity_page import SECRET, IdentityPage
from tests.e2e.looks import faults
from tests.e2e.service import Platform, Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def hosted() -> Iterator[IdentityPage]:
    with identity_page.running() as page:
        yield page


@pytest.fixture(scope="module")
def checking(tmp_path_factory: pytest.TempPathFactory, hosted: IdentityPage) -> Iterator[Service]:
    """The service with an identity service behind it."""
    settings = {
        "ASSESSOR_STRIPE_IDENTITY_KEY": "rk_live_of_the_test",
        "ASSESSOR_STRIPE_WEBHOOK_SECRET": SECRET,
        "ASSESSOR_STRIPE_URL": hosted.url,
    }
    service = Service(tmp_path_factory.mktemp("checking"), settings)
    hosted.hook = f"{service.url}/hooks/stripe-identity"
    try:
        service.start()
        yield service
    finally:
        service.stop()


@pytest.fixture(scope="module")
def platform(checking: Service) -> Platform:
    return Platform.of(checking, "acme", "--name", "Acme AI")


def invitation(platform: Platform, reference: str) -> str:
    order = {
        "candidate_ref": reference,
        "track": "python",
        "form": "short",
        "require_identity": {"method": "hosted"},
    }
    headers = {"Authorization": f"Bearer {platform.key}", "Idempotency-Key": reference}
    answer = httpx.post(f"{platform.service.url}/v1/assessments", json=order, headers=headers, timeout=20)
    url: str = answer.raise_for_status().json()["invite_url"]
    return url


def begin(page: Page, invite: str) -> None:
    page.goto(invite)
    expect(page.get_by_text("a government ID of yours is checked")).to_be_visible()
    page.get_by_role("button", name="Go on to the notice").click()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="First, who you are")).to_be_visible()


def go_there(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()
    page.get_by_role("link", name="Go to the check on 127.0.0.1").click()
    expect(page.get_by_role("heading", name="Show it")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_candidate_fails_tries_again_and_is_verified(
    opened: Open, platform: Platform, hosted: IdentityPage, *, scripts: bool
) -> None:
    page = opened(platform.service, also=hosted.url, java_script_enabled=scripts).page()

    begin(page, invitation(platform, f"person-{scripts}"))
    go_there(page, "Check my identity")
    page.get_by_role("link", name="requires_input").click()
    expect(page.get_by_text("The document has expired.")).to_be_visible()
    go_there(page, "Try again")
    page.get_by_role("link", name="verified").click()
    expect(page.get_by_role("heading", name="Your identity is checked")).to_be_visible()
    page.get_by_role("button", name="Go on to the assessment").click()

    expect(page.get_by_role("heading", name="Your assessment")).to_be_visible()


def test_the_page_follows_the_outcome_by_itself(
    opened: Open, platform: Platform, hosted: IdentityPage
) -> None:
    page = opened(platform.service, also=hosted.url).page()
    begin(page, invitation(platform, "person-waiting"))
    go_there(page, "Check my identity")
    reference = page.url.rsplit("/", 1)[-1]
    page.get_by_role("link", name="processing").click()
    expect(page.get_by_text("is looking at what you sent")).to_be_visible()

    hosted.end(reference, "verified")

    expect(page.get_by_role("heading", name="Your identity is checked")).to_be_visible(timeout=20_000)


def test_every_state_of_the_step_can_be_used_by_everybody(
    opened: Open, platform: Platform, hosted: IdentityPage
) -> None:
    findings: list[str] = []
    for scheme in ("light", "dark"):
        look = {"color_scheme": scheme, "viewport": {"width": 320, "height": 800}}
        page = opened(platform.service, also=hosted.url, **look).page()
        begin(page, invitation(platform, f"person-{scheme}"))
        findings += faults(page)
        hosted.is_down = True
        page.get_by_role("button", name="Check my identity").click()
        expect(page.get_by_text("costs you nothing")).to_be_visible()
        hosted.is_down = False
        findings += faults(page)
        page.get_by_role("button", name="Try again").click()
        onward = page.get_by_role("link", name="Go to the check on 127.0.0.1")
        expect(onward).to_be_visible()
        findings += faults(page)
        onward.click()
        page.wait_for_url("**/start/*")
        reference = page.url.rsplit("/", 1)[-1]
        for outcome in ("processing", "requires_input", "verified"):
            hosted.end(reference, outcome)
            page.goto(f"{platform.service.url}/assessment/identity")
            findings += faults(page)

    assert findings == []
