"""Public events for those who ask instead of being told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from assessor.domain.notification import EventType, cloud_event
from assessor.ports import Clock, Notices

KEPT_DAYS = 30


@dataclass(frozen=True)
class Polled:
    """A page of events in the bytes that webhooks carry as well."""

    bodies: tuple[bytes, ...]
    place: int
    """Ask after it next time, also when the page is empty."""
    has_more: bool


class Polling:
    """Reads what has been told."""

    def __init__(self, store: Notices, clock: Clock, *, source: str) -> None:
        self._store = store
        self._clock = clock
        self._source = source

    async def after(
        self, tenant: str, place: int, types: Sequence[EventType], limit: int, *, livemode: bool
    ) -> Polled:
        """Return a tenant's events of one mode after a place, oldest first; no types stand for every type."""
        found = await self._store.notices(tenant, place, types, limit + 1, livemode=livemode)
        page = found[:limit]
        return Polled(
            bodies=tuple(cloud_event(notice, self._source) for _, notice in page),
            place=page[-1][0] if page else place,
            has_more=len(found) > limit,
        )

    async def forget_old(self) -> int:
        """Remove what happened more than a month ago. Returns how many."""
        return await self._store.forget_notices(self._clock.now() - timedelta(days=KEPT_DAYS))
