"""A real application on a fresh SQLite store, asked in process; one for each module of tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from assessor.adapters.store import migrate
from assessor.settings import Settings
from assessor.web.app import create_app
from tests.web.site import Site, asking


@asynccontextmanager
async def serving(folder: Path, *, demonstration: bool = False) -> AsyncIterator[Site]:
    settings = Settings(data_dir=folder, demonstration=demonstration)
    migrate(settings.database_url)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield Site(app, settings, app.state.services)


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
