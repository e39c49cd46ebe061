"""A database of each kind for every test that asks for an address, so that each such test runs on both."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from tests.postgres import Databases

Kind = Literal["sqlite", "postgresql"]


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> Kind:
    """Which kind of database the test runs on."""
    chosen: Kind = request.param
    return chosen


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables and no rows. Copying it takes a hundredth of the migration's time."""
    from assessor.adapters.store import migrate

    file = tmp_path_factory.mktemp("migrated") / "assessor.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def empty_address(kind: Kind, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where an empty database is, or may be made."""
    if kind == "sqlite":
        yield _address_in(tmp_path)
        return
    databases: Databases = request.getfixturevalue("postgres")
    with databases.lent(databases.empty()) as address:
        yield address


@pytest.fixture
def address(kind: Kind, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with our tables and no rows."""
    if kind == "sqlite":
        file = tmp_path / "data" / "assessor.db"
        file.parent.mkdir()
        shutil.copy(request.getfixturevalue("migrated_file"), file)
        yield _address_in(tmp_path)
        return
    databases: Databases = request.getfixturevalue("postgres")
    with databases.lent(databases.migrated()) as address:
        yield address


@pytest.fixture
def stored_in(kind: Kind, address: str, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], Path]:
    """Return the folder with everything that the database of this test has stored up to then."""
    if kind == "sqlite":
        return lambda: tmp_path
    databases: Databases = request.getfixturevalue("postgres")
    return lambda: databases.files(address)


def _address_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'data' / 'assessor.db'}"
