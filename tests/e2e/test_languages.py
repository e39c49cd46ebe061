"""Other languages in a real browser: the switch, longer words, and writing from right to left."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.candidate import Candidate
from tests.e2e.conftest import Open
from tests.e2e.service import Platform, Service

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NARROW = {"width": 320, "height": 640}
PAGES = (
    "/assessment",
    "/assessment/interview",
    "/assessment/submit",
    "/assessment/accommodations",
    "/assessment/my-data",
    "/assessment/notice",
    "/assessment/how-you-are-scored",
)
SIDE_OF_BRAND = "document.querySelector('.brand').getBoundingClientRect().left / innerWidth"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for these pages: no database makes a word longer."""
    service = Service(tmp_path_factory.mktemp("languages"), {})
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def platform(service: Service) -> Platform:
    return Platform.of(service, "acme", "--name", "Acme AI")


def must_fit(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW["width"], f"{page.url} is {wide} pixels wide"


@pytest.mark.parametrize(("tag", "direction"), [("en-XA", "ltr"), ("ar-XB", "rtl")])
def test_no_page_scrolls_sideways_at_320_pixels(
    service: Service, platform: Platform, opened: Open, tag: str, direction: str
) -> None:
    _, invite = platform.order("full")
    watched = opened(service, viewport=NARROW)
    watched.context.add_cookies([{"name": "assessor_language", "value": tag, "url": service.url}])
    page = watched.page()
    page.goto(invite)
    must_fit(page)
    assert page.evaluate("getComputedStyle(document.querySelector('main')).direction") == direction
    assert (page.evaluate(SIDE_OF_BRAND) > 0.3) is (direction == "rtl")

    page.locator("form[action$='/start'] button").click()
    begin = page.locator("form[action='/assessment/begin'] button")
    expect(begin).to_be_visible()
    must_fit(page)
    begin.click()
    expect(page.locator("#done-so-far")).to_be_visible()
    tasks = page.locator("a[href^='/assessment/tasks/']").evaluate_all("all => all.map(one => one.href)")
    assert tasks
    for address in (*(f"{service.url}{path}" for path in PAGES), *tasks):
        page.goto(address)
        expect(page.locator(f"html[lang='{tag}']")).to_have_count(1)
        must_fit(page)


def test_the_switch_changes_the_language_and_stays_on_the_page(
    service: Service, platform: Platform, opened: Open
) -> None:
    candidate = Candidate(opened(service, locale="en-GB").page(), service)
    page = candidate.page
    candidate.begin(platform.order()[1])
    candidate.go("/assessment/accommodations")

    page.get_by_role("button", name="Español").click()

    expect(page.get_by_role("heading", name="Adaptaciones")).to_be_visible()
    assert page.url.endswith("/assessment/accommodations")
    expect(page.get_by_text("Ninguna persona ha revisado todavía esta traducción.")).to_be_visible()
    expect(page.locator("[data-seconds-left]")).to_have_text("Quedan 59 min")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Accommodations")).to_be_visible()


def test_a_browser_that_asks_for_spanish_gets_it_from_the_invitation_on(
    service: Service, platform: Platform, opened: Open
) -> None:
    page = opened(service, locale="es-MX").page()

    page.goto(platform.order()[1])

    expect(page.get_by_role("heading", name="Lo que va a hacer")).to_be_visible()
    page.get_by_role("button", name="Continuar al aviso").click()
    expect(page.get_by_text("Aparece aquí en el idioma en que se escribió: inglés.").first).to_be_visible()
    page.get_by_role("button", name="He leído esto. Empezar").click()
    expect(page.locator("#done-so-far")).to_be_visible()
    page.goto(f"{service.url}/assessment/interview")
    expect(page.locator(".turn:not(.live) .said[lang='en']").first).to_be_visible(timeout=20_000)
    page.get_by_label("Su respuesta").fill("Una lista compartida")
    page.get_by_role("button", name="Enviar").click()
    expect(page.locator(".turn.mine .who").first).to_contain_text("Usted")
