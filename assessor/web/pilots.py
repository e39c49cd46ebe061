"""The API for platforms: how far their pilots have come."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from fastapi import APIRouter

from assessor.domain import errors as e
from assessor.domain.pilot import StageChange
from assessor.domain.policy import DEFAULT_STAGE, RULES_MAY_DECIDE, Decidable, Stage
from assessor.domain.value import Value
from assessor.web.api import Reader
from assessor.web.dependencies import Running
from assessor.web.once import OnceRoute
from assessor.web.openapi import refuses

router = APIRouter(
    route_class=OnceRoute,
    tags=["pilots"],
    responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput),
)


class PilotChange(Value):
    """One change of a stage."""

    stage: Stage
    at: datetime
    by: str
    reason: str


class PilotStage(Value):
    """Where your pilot of one track stands."""

    object: Literal["pilot_stage"] = "pilot_stage"
    track: str
    region: str | None
    """Null: for every order that names no region, or one without a stage of its own."""
    stage: Stage
    rules_may_decide: tuple[Decidable, ...]
    """What rules decide by themselves at this stage, where basis and probability allow it. Anything else is
    `needs_review`."""
    history: tuple[PilotChange, ...]
    """The newest first; empty where nobody has set a stage."""


class PilotStageList(Value):
    """A stage for each track, and for each region that has one of its own."""

    object: Literal["list"] = "list"
    data: tuple[PilotStage, ...]


@router.get("/v1/pilot-stages", summary="Read how far your pilots have come")
async def pilot_stages(service: Running, caller: Reader) -> PilotStageList:
    """Return the stage of every track, with who changed it, when and why. Scope: `assessments:read`.

    It holds for what is decided from then on. A pilot at `automatic` falls to `assisted` by itself when the
    judge agrees with people less than it did; nothing climbs by itself.
    """
    changes = await service.store.stage_history(caller.tenant.id)
    library = await service.content.library()
    own = [track.id for track in await service.libraries.offered(caller.tenant.id)]
    offered = [*(library.tracks.keys() - library.owners.keys()), *own]
    places = {(track, "") for track in offered} | {(one.track, one.region or "") for one in changes}
    return PilotStageList(data=tuple(_stage(changes, *place) for place in sorted(places)))


def _stage(changes: Iterable[StageChange], track: str, region: str) -> PilotStage:
    mine = [one for one in changes if (one.track, one.region or "") == (track, region)]
    stage = mine[0].stage if mine else DEFAULT_STAGE
    return PilotStage(
        track=track,
        region=region or None,
        stage=stage,
        rules_may_decide=RULES_MAY_DECIDE[stage],
        history=tuple(PilotChange(stage=one.stage, at=one.at, by=one.by, reason=one.reason) for one in mine),
    )
