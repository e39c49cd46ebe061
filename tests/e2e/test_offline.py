"""Without a connection: what is written stays in the browser until the service has it, and no longer."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.candidate import ANSWER, PATIENCE, REASON, Candidate
from tests.e2e.conftest import Open
from tests.e2e.service import Platform, Service
from tests.e2e.watched import FLAGS, Watched, chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HALF = "Half a thought"
DRAFTS = "**/assessment/drafts/**"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One on SQLite, and of this module alone: it is killed now and then."""
    service = Service(tmp_path_factory.mktemp("offline"))
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def platform(service: Service) -> Platform:
    return Platform.of(service, "acme", "--name", "Acme AI")


@pytest.fixture
def watched(service: Service, opened: Open) -> Watched:
    return opened(service)


@pytest.fixture
def candidate(service: Service, platform: Platform, watched: Watched) -> Candidate:
    candidate = Candidate(watched.page(), service)
    candidate.begin(platform.order()[1])
    return candidate


def sft(candidate: Candidate) -> str:
    """Return the address of the task to write an ideal response."""
    return next(path for path in candidate.task_paths() if "/sft-" in path)


def text(page: Page) -> Locator:
    return page.get_by_label("Your response", exact=True)


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-status]")).to_contain_text(words, timeout=PATIENCE)


def kept(page: Page) -> list[str]:
    """Return what lies in the browser."""
    found: dict[str, str] = page.evaluate("({...localStorage})")
    return [str(json.loads(found[key])["payload"]) for key in found if key.startswith("draft:")]


def is_clean(page: Page) -> None:
    """Wait until nothing of the candidate's lies in the browser."""
    for _ in range(PATIENCE // 100):
        if not kept(page):
            return
        page.wait_for_timeout(100)
    assert kept(page) == []


@contextmanager
def kept_browser(browser: Browser, service: Service, folder: Path) -> Iterator[Watched]:
    """Open a browser that has what was left in it when it ended last."""
    context = browser.browser_type.launch_persistent_context(folder, executable_path=chromium(), args=FLAGS)
    watched = Watched(context, service.url)
    yield watched
    context.close()
    assert watched.faults == []


def test_what_was_typed_offline_is_there_after_the_browser_ended_and_is_saved(
    browser: Browser, service: Service, platform: Platform, tmp_path: Path
) -> None:
    with kept_browser(browser, service, tmp_path) as watched:
        candidate, talking = (Candidate(watched.page(), service) for _ in range(2))
        candidate.begin(platform.order()[1])
        task = sft(candidate)
        candidate.go(task)
        talking.open_interview()
        watched.context.set_offline(True)
        text(candidate.page).fill(REASON)
        talking.box().fill(HALF)
        says(candidate.page, "no connection")
        says(talking.page, "You are offline")

    with kept_browser(browser, service, tmp_path) as watched:
        candidate = Candidate(watched.page(), service)
        candidate.go(task)
        expect(text(candidate.page)).to_have_value(REASON)
        says(candidate.page, "Saved")
        candidate.go("/assessment/interview")
        expect(candidate.box()).to_have_value(HALF)
        is_clean(candidate.page)  # whether this page sent it, or the first one in its last moment
        candidate.page.reload()
        expect(candidate.box()).to_have_value(HALF)


def test_the_list_of_parts_sends_what_a_task_left_behind(candidate: Candidate, platform: Platform) -> None:
    page = candidate.page
    task = sft(candidate)
    page.clock.install()
    candidate.go(task)
    page.route(DRAFTS, lambda route: route.abort())
    text(page).fill(REASON)
    page.clock.fast_forward("00:02")
    says(page, "no connection")
    candidate.go("/assessment")
    assert len(kept(page)) == 1

    page.unroute(DRAFTS)
    page.clock.fast_forward("00:20")

    is_clean(page)
    candidate.go(task)
    expect(text(page)).to_have_value(REASON)


def test_nothing_is_left_for_the_next_one_at_a_shared_computer(
    candidate: Candidate, platform: Platform, watched: Watched
) -> None:
    page = candidate.page
    candidate.go(sft(candidate))
    page.route(DRAFTS, lambda route: route.abort())
    text(page).fill(REASON)
    says(page, "no connection")

    another = Candidate(watched.page(), candidate.service)
    another.begin(platform.order()[1])

    is_clean(another.page)


def test_nothing_is_left_once_somebody_had_their_data_deleted(candidate: Candidate) -> None:
    page = candidate.page
    candidate.go(sft(candidate))
    page.route(DRAFTS, lambda route: route.abort())
    text(page).fill(REASON)
    says(page, "no connection")

    candidate.go("/assessment/my-data/delete")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete").click()

    expect(page.get_by_role("heading", name="Deleted")).to_be_visible()
    is_clean(page)


def test_a_service_that_is_restarted_gets_what_was_typed_meanwhile(candidate: Candidate) -> None:
    candidate.go(sft(candidate))
    candidate.service.kill()
    text(candidate.page).fill(REASON)
    says(candidate.page, "no connection")

    candidate.service.start()

    says(candidate.page, "Saved")
    is_clean(candidate.page)
    candidate.page.reload()
    expect(text(candidate.page)).to_have_value(REASON)


def test_a_gateway_that_answers_503_for_a_while_costs_nothing(
    candidate: Candidate, platform: Platform
) -> None:
    page = candidate.page

    def refuse(route: Route) -> None:
        route.fulfill(status=503, content_type="text/html", body="<h1>Busy</h1>")

    candidate.go(sft(candidate))
    page.route("**/assessment/**", refuse)
    text(page).fill(REASON)
    says(page, "no connection")
    page.unroute("**/assessment/**")
    says(page, "Saved")
    candidate.open_interview()
    page.route("**/assessment/interview/**", refuse)
    candidate.send()
    expect(page.locator(".turn.mine").last).to_contain_text("trying again")

    page.unroute("**/assessment/interview/**")

    expect(candidate.said()).to_have_count(3, timeout=2 * PATIENCE)
    expect(page.locator(".turn.mine")).to_have_count(1)


def test_who_sends_offline_gets_the_words_back_and_sends_them_once(candidate: Candidate) -> None:
    page = candidate.page
    candidate.open_interview()
    page.context.set_offline(True)
    candidate.send()
    expect(page.locator(".turn.mine").last).to_contain_text("trying again")
    assert ANSWER in kept(page)[0]

    page.context.set_offline(False)

    expect(candidate.said()).to_have_count(3, timeout=2 * PATIENCE)
    expect(page.locator(".turn.mine")).to_have_count(1)
    is_clean(page)


def test_two_windows_that_were_offline_show_both_versions(candidate: Candidate, watched: Watched) -> None:
    task = sft(candidate)
    second = Candidate(watched.page(), candidate.service)
    for one in (candidate, second):
        one.go(task)
    watched.context.set_offline(True)
    text(candidate.page).fill("From the first")
    text(second.page).fill("From the second")
    says(candidate.page, "no connection")
    says(second.page, "no connection")
    assert len(kept(second.page)) == 2

    watched.context.set_offline(False)

    panels = [one.page.locator("[data-conflict]") for one in (candidate, second)]
    for _ in range(PATIENCE // 100):
        if any(panel.is_visible() for panel in panels):
            break
        candidate.page.wait_for_timeout(100)
    (panel,) = [panel for panel in panels if panel.is_visible()]
    expect(panel).to_contain_text("From the first")
    expect(panel).to_contain_text("From the second")


def test_a_slow_line_and_a_slow_machine_lose_nothing(candidate: Candidate, platform: Platform) -> None:
    page = candidate.page
    line = page.context.new_cdp_session(page)
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000},
    )
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})

    candidate.go(sft(candidate))
    text(page).press_sequentially(HALF)
    says(page, "Saved")
    candidate.open_interview()
    candidate.say()
    page.reload()

    expect(candidate.said()).to_have_count(3, timeout=PATIENCE)
    expect(page.locator(".turn.mine")).to_contain_text(ANSWER)
    candidate.go(sft(candidate))
    expect(text(page)).to_have_value(HALF)


@pytest.mark.parametrize("hours", [1, -1], ids=["fast", "slow"])
def test_a_browser_whose_clock_is_an_hour_off_shows_and_keeps_the_servers_time(
    candidate: Candidate, hours: int
) -> None:
    page = candidate.page
    page.clock.install(time=datetime.now(UTC) + timedelta(hours=hours))

    candidate.go(sft(candidate))
    expect(page.locator("[data-seconds-left]")).to_have_text(re.compile("^5[89] min left$"))
    text(page).fill(REASON)
    page.clock.fast_forward("00:02")
    says(page, "Saved")
    candidate.open_interview()
    candidate.say()

    expect(page.locator("[data-seconds-left]")).to_have_text(re.compile("^5[6789] min left$"))
    is_clean(page)


def test_back_and_forward_show_what_was_saved_and_go_on_saving(candidate: Candidate) -> None:
    page = candidate.page
    task = sft(candidate)
    candidate.go(task)
    text(page).fill(HALF)
    says(page, "Saved")
    candidate.open_interview()

    page.go_back()
    expect(text(page)).to_have_value(HALF)
    text(page).fill(REASON)
    says(page, "Saved")
    page.go_forward()
    candidate.say()
    page.go_back()

    expect(text(page)).to_have_value(REASON)
    expect(page.locator("[data-conflict]")).to_be_hidden()


def test_another_device_goes_on_where_this_one_saved(
    candidate: Candidate, opened: Open, platform: Platform
) -> None:
    task = sft(candidate)
    candidate.go(task)
    text(candidate.page).fill(REASON)
    says(candidate.page, "Saved")
    candidate.go("/assessment")
    candidate.page.get_by_role("link", name="Go on in another browser").click()
    candidate.page.get_by_role("button", name="Make a code").click()
    code = candidate.page.locator(".code").inner_text()
    other = Candidate(opened(candidate.service).page(), candidate.service)

    other.go("/continue")
    other.page.get_by_label("Code").fill(code)
    other.page.get_by_role("button", name="Go on here").click()

    other.go(task)
    expect(text(other.page)).to_have_value(REASON)
    candidate.page.reload()
    expect(candidate.page.get_by_role("heading", level=1)).to_have_text("You went on in another browser")


def test_only_what_stood_there_when_the_time_ran_out_is_sent(candidate: Candidate) -> None:
    page = candidate.page
    task = sft(candidate)
    page.clock.install()
    candidate.go(task)
    page.context.set_offline(True)
    text(page).fill("Written in time")
    page.clock.fast_forward("01:10:00")
    expect(page.locator("[data-seconds-left]")).to_have_text("Time is over")
    text(page).fill("Written in time, and more")

    page.context.set_offline(False)

    says(page, "Saved")
    is_clean(page)
    page.reload()
    expect(text(page)).to_have_value("Written in time")
