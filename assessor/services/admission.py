"""Letting a key in: its secret, its end, its scopes, and when it was last used."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from assessor.domain.errors import Forbidden, Unauthenticated
from assessor.ports import ApiKey, Clock, Store
from assessor.services.tokens import hash_token

USE_NOTED_EVERY: Final = timedelta(hours=1)


class Scope(StrEnum):
    """What a key may do."""

    ASSESSMENTS_WRITE = "assessments:write"
    ASSESSMENTS_READ = "assessments:read"
    VERDICTS_READ = "verdicts:read"
    TRANSCRIPTS_READ = "transcripts:read"
    TRACKS_READ = "tracks:read"
    USAGE_READ = "usage:read"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    OUTCOMES_READ = "outcomes:read"
    OUTCOMES_WRITE = "outcomes:write"
    LIBRARY_READ = "library:read"
    LIBRARY_WRITE = "library:write"


SCOPES: Final = MappingProxyType(
    {
        Scope.ASSESSMENTS_WRITE: "order, invite, extend, cancel, accommodate and annotate assessments",
        Scope.ASSESSMENTS_READ: "list and follow assessments; read the agreement ledger",
        Scope.VERDICTS_READ: "read verdicts",
        Scope.TRANSCRIPTS_READ: "read what candidates said and handed in",
        Scope.TRACKS_READ: "read the catalogue of tracks",
        Scope.USAGE_READ: "read what the calls to models cost",
        Scope.WEBHOOKS_READ: "read webhook endpoints and their delivery logs",
        Scope.WEBHOOKS_WRITE: "add, change, test and remove webhook endpoints, and send deliveries again",
        Scope.OUTCOMES_READ: "read what was posted of later work",
        Scope.OUTCOMES_WRITE: "post how good later work was, and take it back",
        Scope.LIBRARY_READ: "list and preview tasks of your own",
        Scope.LIBRARY_WRITE: "upload and activate tasks of your own",
    }
)
"""What each scope lets a key do, for the documentation."""


@dataclass(frozen=True)
class Presented:
    """What a caller presents as `Authorization: Bearer <key id>.<random>`."""

    scheme: str
    secret: str

    @classmethod
    def by(cls, authorization: str | None) -> "Presented":
        """Read the header's value."""
        scheme, _, secret = (authorization or "").partition(" ")
        return cls(scheme.lower(), secret)

    @property
    def key_id(self) -> str:
        """The part that names the key."""
        return self.secret.partition(".")[0]

    def admitted(self, key: ApiKey | None, secret_hash: str, scope: Scope, now: datetime) -> ApiKey:
        """Return the key that was looked up, None for one that there is not.

        Raises Unauthenticated, or Forbidden without the scope.
        """
        # The comparison also runs for an unknown key, so that timing tells nothing about which keys exist.
        matches = hmac.compare_digest(hash_token(self.secret), secret_hash)
        if self.scheme != "bearer" or key is None or not matches:
            raise Unauthenticated("Send a valid key as `Authorization: Bearer <key>`.")
        if key.expires_at is not None and key.expires_at <= now:
            raise Unauthenticated("The key has expired: send the one that replaces it, or ask for a new one.")
        if scope.value not in key.scopes:
            raise Forbidden(f"a key with the scope {scope.value}")
        return key


class Admission:
    """Lets keys in, and notes about once an hour that they were used."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._noted: dict[str, datetime] = {}

    async def admit(self, presented: Presented, key: ApiKey | None, secret_hash: str, scope: Scope) -> ApiKey:
        """Return the key. Raises Unauthenticated, or Forbidden without the scope."""
        now = self._clock.now()
        key = presented.admitted(key, secret_hash, scope, now)
        noted = max(filter(None, (key.last_used_at, self._noted.get(key.id))), default=None)
        if noted is None or now - noted >= USE_NOTED_EVERY:
            self._noted[key.id] = now  # first: what comes in at the same time need not write as well
            await self._store.note_use(key.id, now)
        return key
