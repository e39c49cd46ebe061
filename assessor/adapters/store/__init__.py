"""The store: every SQL statement and commit of the service."""

from assessor.adapters.store.limits import ServerLimits
from assessor.adapters.store.replica import Replica
from assessor.adapters.store.schema import migrate
from assessor.adapters.store.store import SqlStore

__all__ = ["Replica", "ServerLimits", "SqlStore", "migrate"]
