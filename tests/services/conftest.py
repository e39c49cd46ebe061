from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World
from tests.world import world as build


@pytest.fixture
async def world(tmp_path: Path, address: str) -> AsyncIterator[World]:
    async with build(tmp_path, address) as built:
        yield built
