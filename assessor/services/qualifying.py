"""Who is qualified now, and which verdicts there are: what a platform asks before it gives work."""

from collections.abc import Sequence

from assessor.domain.errors import invalid
from assessor.domain.qualification import Qualification, qualification
from assessor.domain.verdict import VerdictSummary
from assessor.ports import ApiKey, Clock, Content, ListPlace, Store, VerdictFilter

MAX_CANDIDATES = 100


class Qualifying:
    """Answers from stored verdicts. A test key is answered from what was ordered with test keys alone."""

    def __init__(self, store: Store, content: Content, clock: Clock) -> None:
        self._store = store
        self._content = content
        self._clock = clock

    async def qualification(self, key: ApiKey, candidate_ref: str, track: str) -> Qualification:
        """Return the one current answer. Raises InvalidInput for a track that there never was."""
        return (await self.qualifications(key, [candidate_ref], track))[0]

    async def qualifications(
        self, key: ApiKey, candidates: Sequence[str], track: str
    ) -> tuple[Qualification, ...]:
        """Return an answer for each candidate, in their order, by one query. Raises InvalidInput."""
        found = await self._store.current_verdicts(key.tenant, track, candidates, livemode=key.livemode)
        if not found:
            await self._require_known(track)
        now = self._clock.now()
        return tuple(
            qualification(one, track, (v for v in found if v.candidate_ref == one), now) for one in candidates
        )

    async def listed(
        self, wanted: VerdictFilter, after: ListPlace | None, limit: int
    ) -> tuple[Sequence[VerdictSummary], ListPlace | None]:
        """Return a page of verdicts, newest first, and where the next one begins; None after the last."""
        found = await self._store.listed_verdicts(wanted, after, limit + 1)
        page = found[:limit]
        return page, ListPlace(page[-1].issued_at, page[-1].id) if len(found) > limit else None

    async def _require_known(self, track: str) -> None:
        """A typing error must not read as "not qualified". A track that was retired has verdicts."""
        tracks = (await self._content.library()).tracks
        if track not in tracks:
            raise invalid("track", f"{track!r} is not a track", f"Use one of: {', '.join(sorted(tracks))}.")
