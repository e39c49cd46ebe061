"""Hostile words, sites and files in a real Chromium: one of each kind here, all of them by `make attack`."""

from collections.abc import Iterator
from functools import partial

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Error, Page, Route

from tests.attacks.browsing import play_all
from tests.attacks.crossing import play_crossing
from tests.attacks.looking import found_on
from tests.attacks.payloads import BROWSER_KINDS, OWN_BROWSER, found
from tests.attacks.stage import Stage
from tests.attacks.uploading import play_uploads
from tests.attacks.words import play_words
from tests.e2e.service import Service
from tests.e2e.watched import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ATTACKS = {attack.id: attack for attack in found(OWN_BROWSER, BROWSER_KINDS)}
A_HANDFUL = ("w3-attribute", "w3-script", "w3-link", "w3-direction", "w5-equals")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Stage]:
    service = Service(tmp_path_factory.mktemp("hostile"))
    service.start()
    yield Stage(service, browser)
    service.stop()


def test_hostile_words_are_shown_as_words_on_every_page(stage: Stage) -> None:
    played = play_words(stage, [ATTACKS[name] for name in A_HANDFUL], pages=32)

    assert played[0].faults == ()


def test_what_another_site_makes_a_browser_send_changes_nothing(stage: Stage) -> None:
    played = play_crossing(stage, [ATTACKS[name] for name in ("w2-form-port", "w2-fetch", "w2-stream")])

    assert {one.attack.id: one.faults for one in played if one.faults} == {}


def test_hostile_files_are_refused_wherever_bytes_are_taken(stage: Stage) -> None:
    played = play_uploads(stage, [attack for attack in ATTACKS.values() if attack.kind == "W8"])

    assert {one.attack.id: one.faults for one in played if one.faults} == {}


@pytest.mark.deep
def test_no_attack_of_our_own_gets_anything_in_the_browser(stage: Stage) -> None:
    played = list(play_all(stage, ATTACKS.values()))

    assert {one.attack.id for one in played} == set(ATTACKS)
    assert {one.attack.id: one.faults for one in played if one.faults} == {}


def test_the_look_finds_what_gets_in_where_nobody_cleans_it(browser: Browser) -> None:
    careless = MarkdownIt("commonmark", {"html": True}).enable("table")
    careless.validateLink = _lets_pass  # type: ignore[method-assign]  # what no service may do
    origin, missed = "http://127.0.0.1", []
    watched = Watched(browser.new_context(), origin)
    for attack in (one for one in ATTACKS.values() if one.kind == "W3"):
        watched.faults.clear()
        page = watched.page()
        body = f"<title>A page</title><body>{attack.payload}{careless.render(attack.payload)}"
        page.route(f"{origin}/page", partial(_served, body))
        page.goto(f"{origin}/page", wait_until="commit")
        if not _bites(page) and not watched.faults:
            missed.append(attack.id)
        page.close()
    watched.context.close()

    # These are words in any page of HTML.
    assert set(missed) <= {"w3-template", "w3-direction", "w3-entities"}


def _lets_pass(url: str) -> bool:
    return bool(url)


def _bites(page: Page) -> bool:
    try:
        return bool(found_on(page))
    except Error:  # the page was led away while it was looked at
        return True


def _served(body: str, route: Route) -> None:
    route.fulfill(body=body, content_type="text/html; charset=utf-8")
