"""A real database for each test. The suite asks for `store` only, so other databases can join."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assessor.adapters.store import SqlStore, migrate
from assessor.adapters.vault import Vault
from assessor.ports import Store
from tests.adapters.store.samples import NOW, TENANT

MASTER_KEY = bytes(range(32))


@pytest.fixture(params=["sqlite"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database may be made."""
    addresses = {"sqlite": f"sqlite:///{tmp_path / 'data' / 'assessor.db'}"}
    return addresses[request.param]


@pytest.fixture
def vault() -> Vault:
    return Vault(MASTER_KEY)


@pytest.fixture
async def store(address: str, vault: Vault) -> AsyncIterator[SqlStore]:
    """A migrated store with one tenant."""
    migrate(address)
    store = SqlStore(address, vault)
    await store.add_tenant(TENANT, NOW)
    yield store
    await store.close()


def _is_the_whole_port(store: SqlStore) -> Store:
    """For mypy: nothing of the port is missing."""
    return store
