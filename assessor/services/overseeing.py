"""How groups fare, for those whose office it is to watch that. Every look is on record before it is had."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from assessor.domain.audit_log import Action
from assessor.domain.errors import invalid
from assessor.domain.fairness import Audit
from assessor.ports import Clock, Kind, Reviewer
from assessor.services.auditing import Auditing, accepted_reason
from assessor.services.cohort import Window
from assessor.services.fairness import Fairness, TrackFairness

PERIODS: Final[Mapping[str, int | None]] = MappingProxyType({"90": 90, "365": 365, "all": None})
"""Days back from now, by their name in the address. Days of one's own choice would tell single people apart
by what a day more or less changes."""
_MODES: Final[Mapping[Kind, tuple[bool, bool]]] = MappingProxyType(
    {"live": (True, False), "test": (False, False), "simulated": (False, True)}
)
"""By kind: whether in live mode, and whether played by a program."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see."""

    kind: Kind = "live"
    period: str = "365"
    track: str = ""
    """Empty: the one with most people."""
    with_items: bool = False


@dataclass(frozen=True)
class Overview:
    """One track, and the names of all that have people in this time."""

    found: TrackFairness | None
    """None where nobody was invited in this time."""
    tracks: tuple[str, ...]


class Overseeing:
    """The fairness report for a page."""

    def __init__(self, fairness: Fairness, auditing: Auditing, clock: Clock) -> None:
        self._fairness = fairness
        self._auditing = auditing
        self._clock = clock

    async def overview(self, reader: Reviewer, asked: Asked) -> Overview:
        """Record the look, and return the report of one track.

        Raises InvalidInput for a period or a track that there is not.
        """
        window = self._window(asked)
        await self._auditing.record(
            reader.id,
            Action.FAIRNESS_SEEN,
            tenant=reader.tenant,
            kind=asked.kind,
            period=asked.period,
            track=asked.track,
            items=asked.with_items,
        )
        tracks = (await self._fairness.report(reader.tenant, window, with_items=False)).tracks
        if not tracks:
            return Overview(None, ())
        names = tuple(one.track for one in tracks)
        if asked.track and asked.track not in names:
            raise invalid("track", f"{asked.track[:50]!r} has nobody in this time", "Choose one of the list.")
        found = next((one for one in tracks if one.track == asked.track), max(tracks, key=_people))
        if asked.with_items:
            whole = await self._fairness.report(reader.tenant, self._window(asked, found.track))
            found = whole.tracks[0]
        return Overview(found, names)

    async def audit(self, reader: Reviewer, asked: Asked, reason: str) -> Audit:
        """Record who takes the numbers of a bias audit and why, and return them.

        Raises InvalidInput where no track is named, or the reason says too little.
        """
        if not asked.track:
            raise invalid("track", "is not named", "Choose the track, which is the position hired for.")
        window, why = self._window(asked), accepted_reason(reason)
        told = {"list": "ll144", "kind": asked.kind, "period": asked.period, "track": asked.track}
        await self._auditing.record(reader.id, Action.LIST_EXPORTED, "", why, tenant=reader.tenant, **told)
        return await self._fairness.audit(reader.tenant, asked.track, window)

    def _window(self, asked: Asked, track: str | None = None) -> Window:
        if asked.period not in PERIODS:
            raise invalid("period", f"{asked.period[:50]!r} is none", f"Use one of: {', '.join(PERIODS)}.")
        livemode, simulated = _MODES[asked.kind]
        days = PERIODS[asked.period]
        since = None if days is None else self._clock.now() - timedelta(days=days)
        return Window(livemode, track, since, simulated=simulated)


def _people(one: TrackFairness) -> int:
    return one.people
