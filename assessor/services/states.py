"""States of assessments that were read lately, so that a turn reads only what is new.

Adding up a log of a hundred events takes ten milliseconds, and a turn needs the state five times. A
state kept here is never taken on trust: it is a starting point. Whoever loads it reads its last event
again, and whoever appends to it is refused unless the log ends just there.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Protocol

from assessor.domain.assessment import Assessment, advanced
from assessor.domain.errors import AssessorError
from assessor.domain.events import Event

KEPT = 4096
"""How many states are kept; the one that was not asked for longest goes first."""
KEPT_SECONDS = 300.0
"""For how long one is kept that nobody asks for. It takes some 70 kB: thousands of them, of people who were
done hours ago, would be more than everything else that a process has.
"""


class Events(Protocol):
    """The one thing that is needed of a store."""

    async def events(self, assessment_id: str, after: int = 0) -> tuple[Event, ...]:
        """Return the facts after a sequence number. Raises NotFound and Gone."""
        ...


class States:
    """Reads assessments. What was changed elsewhere, restored or erased is noticed at every read."""

    def __init__(
        self, store: Events, kept: int = KEPT, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._kept = kept
        self._seconds = seconds
        self._states: OrderedDict[str, tuple[Assessment, float]] = OrderedDict()

    async def load(self, assessment_id: str) -> Assessment:
        """Return the state as the store has it now. Raises NotFound, and Gone for an erased candidate."""
        known = self.known(assessment_id)
        try:
            state = await self._continued(known) if known else None
            state = state or _added(Assessment(assessment_id), await self._store.events(assessment_id))
        except AssessorError:
            self._states.pop(assessment_id, None)
            raise
        self._keep(state, read_after=known)
        return state

    def known(self, assessment_id: str) -> Assessment | None:
        """Return the state as this process wrote or read it last, without asking the store."""
        kept = self._states.get(assessment_id)
        return kept[0] if kept else None

    def wrote(self, state: Assessment) -> None:
        """Keep a state that the store has just taken."""
        self._keep(state, read_after=self.known(state.id))

    def forget(self, assessment_id: str) -> None:
        """Drop a state: what was said there was erased."""
        self._states.pop(assessment_id, None)

    async def _continued(self, known: Assessment) -> Assessment | None:
        """Add what is new. None when the last event that was known is not the store's."""
        last, *new = await self._store.events(known.id, known.seq - 1) or (None,)
        if last is None or (last.seq, last.hash) != (known.seq, known.head):
            return None
        return _added(known, new)

    def _keep(self, state: Assessment, read_after: Assessment | None) -> None:
        kept = self.known(state.id)
        # What was written while this was being read stays.
        is_older = kept is not None and kept is not read_after and kept.seq > state.seq
        if state.seq == 0 or is_older:
            return
        now = self._seconds()
        self._states[state.id] = state, now
        self._states.move_to_end(state.id)
        self._let_go(asked_before=now - KEPT_SECONDS)

    def _let_go(self, asked_before: float) -> None:
        while len(self._states) > self._kept or next(iter(self._states.values()))[1] < asked_before:
            self._states.popitem(last=False)


def _added(state: Assessment, events: Iterable[Event]) -> Assessment:
    for event in events:
        state = advanced(state, event.seq, event.at, event.fact, event.hash)
    return state
