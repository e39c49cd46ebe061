"""Moving a pilot up and down its ladder. People move it; by itself it only falls."""

from dataclasses import dataclass

import structlog

from assessor.domain.errors import Conflict, NotFound, invalid
from assessor.domain.library import Library
from assessor.domain.pilot import (
    MAX_NAME_CHARS,
    MAX_REASON_CHARS,
    MIN_REASON_CHARS,
    JudgeInUse,
    StageChange,
    accept_region,
    judged_families,
    lacking,
)
from assessor.domain.policy import Stage
from assessor.domain.text import accept_text
from assessor.ports import Clock, Content, Prompts, Store

FALLS_BY = "assessor"
"""Who a fall is by: nobody."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Place:
    """What has a stage: a platform's track, in one region or by default."""

    tenant: str
    track: str
    region: str | None = None


class Piloting:
    """Stages of pilots. `judge` is the one that scores in this installation; None without any."""

    def __init__(
        self,
        store: Store,
        content: Content,
        judge: JudgeInUse | None,
        clock: Clock,
        prompts: Prompts | None = None,
    ) -> None:
        """Take `prompts` for what a change of the grading puts in place of some of them."""
        self._store = store
        self._content = content
        self._judge = judge
        self._clock = clock
        self._prompts = prompts

    async def set_stage(self, place: Place, stage: Stage, by: str, reason: str) -> StageChange:
        """Put a pilot at a stage. Raises NotFound for an unknown tenant or track, InvalidInput for a reason
        that is none, and Conflict for `automatic` before the judge has shown in every family that it may.
        """
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS, required=True).strip()
        if len(reason) < MIN_REASON_CHARS:
            raise invalid("reason", "is too short", "Say in a sentence why the stage changes.")
        by = accept_text("by", by, limit=MAX_NAME_CHARS, required=True).strip()
        accept_region(place.region)
        await self._store.tenant(place.tenant)
        library = await self._content.library(place.track)
        if library.offered_to(place.tenant, place.track) is None:
            raise NotFound("track", place.track)
        if stage is Stage.AUTOMATIC and (missing := await self._missing(library, place.tenant, place.track)):
            raise Conflict(
                f"Rules cannot decide {place.track} by themselves yet: {'; '.join(missing)}",
                "Run `assessor calibrate` with people's labels of these families, or stay at assisted.",
            )
        change = self._change(place, stage, by, reason)
        await self._store.change_stage(change)
        return change

    async def fall_back(self) -> tuple[StageChange, ...]:
        """Take every pilot from automatic to assisted whose judge no longer stands; return what fell.

        It looks at what is stored alone: it can run as often as one likes, and after any crash.
        """
        automatic = [one for one in await self._store.stages() if one.stage is Stage.AUTOMATIC]
        if not automatic:
            return ()
        fallen = []
        for one in automatic:
            library = await self._content.library(one.track)
            if missing := await self._missing(library, one.tenant, one.track):
                place = Place(one.tenant, one.track, one.region)
                reason = f"Fell by itself: {'; '.join(missing)}."[:MAX_REASON_CHARS]
                change = self._change(place, Stage.ASSISTED, FALLS_BY, reason)
                if await self._store.change_stage(change, only_from=Stage.AUTOMATIC):
                    log.warning("pilot fell", **vars(place), reason=reason)
                    fallen.append(change)
        return tuple(fallen)

    async def _judge_of(self, tenant: str, track: str) -> JudgeInUse | None:
        """Return the judge that orders get now: the configured one, or what was switched on instead."""
        grading = await self._store.grading_of(tenant, track)
        models = grading.models or (self._judge.models if self._judge else ())
        if self._prompts is None or not models:
            return self._judge
        return JudgeInUse(models, self._prompts.replaced(grading.prompts).hash)

    async def _missing(self, library: Library, tenant: str, track_id: str) -> tuple[str, ...]:
        if track_id not in library.tracks:
            return (f"the track {track_id} is not in the library any more",)
        judge = await self._judge_of(tenant, track_id)
        if judge is None:
            return ("no model is set to judge (ASSESSOR_JUDGE_MODEL)",)
        track = library.track(track_id)
        return lacking(
            judged_families(library, track),
            track.language,
            await self._store.standings(),
            judge,
            await self._store.quality_levels(),
        )

    def _change(self, place: Place, stage: Stage, by: str, reason: str) -> StageChange:
        return StageChange(
            tenant=place.tenant,
            track=place.track,
            region=place.region,
            stage=stage,
            by=by,
            reason=reason,
            at=self._clock.now(),
        )
