"""A store on a real database; every test runs on each kind."""

from collections.abc import AsyncIterator

import pytest

from assessor.adapters.store import SqlStore
from assessor.adapters.vault import Vault
from assessor.ports import Store
from tests.adapters.store.samples import NOW, TENANT

MASTER_KEY = bytes(range(32))


@pytest.fixture
def vault() -> Vault:
    return Vault(MASTER_KEY)


@pytest.fixture
async def store(address: str, vault: Vault) -> AsyncIterator[SqlStore]:
    """A migrated store with one tenant."""
    store = SqlStore(address, vault)
    await store.add_tenant(TENANT, NOW)
    yield store
    await store.close()


def _is_the_whole_port(store: SqlStore) -> Store:
    """For mypy: nothing of the port is missing."""
    return store
