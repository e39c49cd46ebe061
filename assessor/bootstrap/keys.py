"""The keys of an installation: what wraps them, and whether everything that is wrapped can be opened."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from assessor.bootstrap import parts
from assessor.ports import Wraps
from assessor.settings import Settings

if TYPE_CHECKING:
    from assessor.adapters.vault import Vault


@asynccontextmanager
async def wrapping(settings: Settings) -> AsyncIterator[tuple[Wraps, "Vault"]]:
    """Open the store for its keys alone; nothing is destroyed or made."""
    from assessor.adapters.store import SqlStore

    vault = await asyncio.to_thread(parts.vault, settings)
    store = SqlStore(settings.database_url, vault)
    try:
        await store.ping()
        yield store, vault
    finally:
        await store.close()
