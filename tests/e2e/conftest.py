"""The real service as a process, and a real Chromium that watches what pages load and complain about."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.e2e import upstream as provider
from tests.e2e.service import Platform, Service
from tests.e2e.upstream import Upstream
from tests.postgres import Databases

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
NETWORK_TROUBLE = ("Failed to load resource", "net::ERR_")
"""What the browser says of refusals and outages that a test means to cause; everything else is a fault."""


def chromium() -> str:
    """Return where the browser is; skip the test where there is none."""
    found = os.environ.get("ASSESSOR_CHROMIUM") or shutil.which("chromium")
    return found or pytest.skip("no Chromium: set ASSESSOR_CHROMIUM, or install the system's `chromium`")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Ends with this folder: a running Playwright keeps this thread's event loop, which other tests need.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Callable[[], dict[str, str]]:
    """Return the settings for an empty database of one kind; every walk is done on each kind."""
    if request.param == "sqlite":
        return dict
    databases: Databases = request.getfixturevalue("postgres")
    return lambda: {"ASSESSOR_DATABASE_URL": databases.empty()}


@pytest.fixture(scope="package")
def service(
    tmp_path_factory: pytest.TempPathFactory, database: Callable[[], dict[str, str]]
) -> Iterator[Service]:
    """The service without a model."""
    with _started(Service(tmp_path_factory.mktemp("service"), database())) as service:
        yield service


@pytest.fixture(scope="package")
def platform(service: Service) -> Platform:
    return Platform.of(service, "acme", "--name", "Acme AI")


@pytest.fixture(scope="package")
def provider_process() -> Iterator[Upstream]:
    with provider.running() as upstream:
        yield upstream


@pytest.fixture
def upstream(provider_process: Upstream) -> Iterator[Upstream]:
    """The provider with every gate open; a test closes those it needs."""
    provider_process.turns.set()
    provider_process.judgements.set()
    provider_process.asked.clear()
    yield provider_process
    provider_process.turns.set()
    provider_process.judgements.set()


@pytest.fixture(scope="package")
def modelled(
    tmp_path_factory: pytest.TempPathFactory,
    provider_process: Upstream,
    database: Callable[[], dict[str, str]],
) -> Iterator[Service]:
    """The service with a model behind it."""
    settings = {
        **database(),
        "ASSESSOR_MODEL": "openai/test",
        "ASSESSOR_MODEL_BASE_URL": provider_process.address,
        "ASSESSOR_MODEL_API_KEY": "opens-nothing",
    }
    with _started(Service(tmp_path_factory.mktemp("modelled"), settings)) as service:
        yield service


@pytest.fixture(scope="package")
def judged(modelled: Service) -> Platform:
    """A platform that lets a model score."""
    return Platform.of(modelled, "judged", "--judge", "--least-basis", "none")


@contextmanager
def _started(service: Service) -> Iterator[Service]:
    service.start()
    yield service
    service.stop()


@dataclass
class Watched:
    """A browser of one person, and what went wrong in it."""

    context: BrowserContext
    origin: str
    faults: list[str] = field(default_factory=list)

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._read)
        page.on("request", lambda request: self._check(request.url))
        return page

    def _read(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(NETWORK_TROUBLE):
            self.faults.append(f"console: {message.text}")

    def _check(self, url: str) -> None:
        if not url.startswith(f"{self.origin}/"):
            self.faults.append(f"foreign request: {url}")


Open = Callable[..., Watched]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Open a browser of one's own. At the end: no script fault, no CSP violation, no foreign request."""
    watched: list[Watched] = []

    def open_(service: Service, **options: Any) -> Watched:
        watched.append(Watched(browser.new_context(**options), service.url))
        return watched[-1]

    yield open_
    for one in watched:
        one.context.close()
    assert [fault for one in watched for fault in one.faults] == []
