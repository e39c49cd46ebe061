"""A real application on a fresh SQLite store, asked in process; one for each module of tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from assessor.settings import Settings
from assessor.simulation.playing import Player
from assessor.web.app import create_app
from tests.web.desk import Desk, sign_in
from tests.web.site import Site, asking, serving


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with serving(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
async def demonstration(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with serving(tmp_path_factory.mktemp("demonstration"), demonstration=True) as site:
        yield site


@pytest.fixture
async def browser(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of its own: it keeps cookies, asks for pages, and names its origin."""
    async with site.browser() as client:
        yield client


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """The application without the service behind it, for what has to hold before a service is asked."""
    return create_app(Settings(data_dir=tmp_path))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(app) as client:
        yield client


@pytest.fixture
async def desk(site: Site, browser: httpx.AsyncClient) -> Desk:
    site.app.state.sign_in_throttle.forget()
    platform = await site.platform()
    person = await site.reviewer(platform.tenant)
    answer = await sign_in(browser, person.email)
    assert answer.status_code == 303
    return Desk(site, platform, person, browser)


@pytest.fixture
async def player(desk: Desk) -> Player:
    return await desk.site.submitted(desk.platform.tenant)
