"""Candidates at two points: invited, and let in."""

import httpx
import pytest

from tests.web.candidate.people import Candidate, invited
from tests.web.site import Site


@pytest.fixture
async def candidate(site: Site, browser: httpx.AsyncClient) -> Candidate:
    return await invited(site, browser)


@pytest.fixture
async def working(candidate: Candidate) -> Candidate:
    await candidate.begin()
    return candidate
