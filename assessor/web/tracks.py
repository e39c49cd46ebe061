"""The API for platforms: what one can be assessed for."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from assessor.bootstrap import Services
from assessor.domain import errors as e
from assessor.domain.errors import NotFound
from assessor.services.admission import Scope
from assessor.web import resources as r
from assessor.web.calling import Caller, calling
from assessor.web.dependencies import Running
from assessor.web.once import OnceRoute
from assessor.web.openapi import refuses

Reader = Annotated[Caller, Depends(calling(Scope.TRACKS_READ))]

router = APIRouter(
    route_class=OnceRoute, tags=["tracks"], responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput)
)


@router.get("/v1/tracks", summary="List the tracks")
async def tracks(service: Running, caller: Reader) -> r.TrackList:
    """Return what one can be assessed for, your own tracks at the end. Scope: `tracks:read`."""
    return r.TrackList(data=tuple([one async for one in _offered(service, caller)]))


@router.get("/v1/tracks/{track_id}", summary="Read a track", responses=refuses(e.NotFound))
async def track(
    service: Running,
    caller: Reader,
    track_id: Annotated[str, Path(description="Id of a track.", examples=["python"])],
) -> r.TrackResource:
    """Return one track: its forms, minutes, competencies and languages. Scope: `tracks:read`."""
    async for one in _offered(service, caller):
        if one.id == track_id:
            return one
    raise NotFound("track", track_id)


async def _offered(service: Services, caller: Caller) -> AsyncIterator[r.TrackResource]:
    library = await service.content.library()
    for track in library.tracks.values():
        if track.id not in library.owners:
            yield r.track_resource(track, library.items[track.id].values(), is_own=False)
    for track in await service.libraries.offered(caller.tenant.id):
        items = (await service.content.library(track.id)).items[track.id].values()
        yield r.track_resource(track, items, is_own=True)
