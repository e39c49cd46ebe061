"""The library as it is shipped."""

import asyncio
from pathlib import Path

import pytest

from assessor.adapters.content import FileContent
from assessor.domain.library import Library

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def library() -> Library:
    return asyncio.run(FileContent(ROOT / "question_banks", ROOT / "rubrics").library())
