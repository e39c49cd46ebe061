"""The real service as a process, and a real Chromium that watches what pages load and complain about."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e import upstream as provider
from tests.e2e.service import Platform, Service
from tests.e2e.upstream import Upstream
from tests.e2e.watched import FLAGS, Watched, chromium
from tests.postgres import Databases


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


Open = Callable[..., Watched]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Open a browser of one's own. At the end: no script fault, no CSP violation, no foreign request.

    `also` is where another service answers that the walk leads to.
    """
    watched: list[Watched] = []

    def open_(service: Service, also: str = "", **options: Any) -> Watched:
        watched.append(Watched(browser.new_context(**options), service.url, also or service.url))
        return watched[-1]

    yield open_
    for one in watched:
        one.context.close()
    assert [fault for one in watched for fault in one.faults] == []
