"""Open Badges: for the platform, and what anybody needs who is shown one."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response

from assessor.domain import errors as e
from assessor.web.api import AssessmentId
from assessor.web.dependencies import Running
from assessor.web.once import OnceRoute
from assessor.web.openapi import Responses, refuses
from assessor.web.verdicts import VerdictId, VerdictReader

MEDIA_TYPE: Final = "application/vc+jwt"
_SIGNED: Final[Responses] = {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}}
KEPT: Final = {"Cache-Control": "public, max-age=300"}
TrackId = Annotated[str, Path(description="Id of a track.", examples=["python"])]
KeyId = Annotated[str, Path(description="Id of a key.", examples=["kPrK_qmxVWaYVA9w"])]

router = APIRouter(route_class=OnceRoute, tags=["badges"])


@router.get(
    "/v1/verdicts/{verdict_id}/badge",
    summary="Read the badge of a verdict",
    response_class=Response,
    responses=_SIGNED | refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput, e.NotFound, e.Conflict),
)
async def badge(service: Running, _caller: VerdictReader, verdict_id: VerdictId) -> Response:
    """Return an Open Badges 3.0 credential as a signed JWT, for a verdict that holds and says `qualified`.

    The candidate can take the same one from the result page. Scope: `verdicts:read`.
    """
    found = await service.store.verdict_of_id(verdict_id)
    return Response(await service.badges.of(found), media_type=MEDIA_TYPE)


@router.get(
    "/badges/{assessment_id}/{verdict_id}/status",
    summary="Whether a badge still holds",
    responses=refuses(e.NotFound, e.InvalidInput),
)
async def status(
    service: Running, response: Response, assessment_id: AssessmentId, verdict_id: VerdictId
) -> dict[str, Any]:
    """Return a revocation list of this one badge, by the 1EdTech Revocation List Status Method.

    It is empty while the badge holds. A badge names this address in `credentialStatus`; it needs no key.
    """
    response.headers["Cache-Control"] = "no-cache"
    return await service.badges.status(assessment_id, verdict_id)


@router.get("/badges/issuer", summary="Who issues badges")
async def issuer(service: Running, response: Response) -> dict[str, Any]:
    """Return the profile that badges name as their issuer."""
    response.headers.update(KEPT)
    return service.badges.profile(livemode=True)


@router.get("/badges/demonstration-issuer", summary="Who issues badges of a demonstration")
async def demonstration_issuer(service: Running, response: Response) -> dict[str, Any]:
    """Return the profile that badges of demonstrations and tests name. They count for nobody."""
    response.headers.update(KEPT)
    return service.badges.profile(livemode=False)


@router.get(
    "/badges/achievements/{track_id}",
    summary="What a badge is given for",
    responses=refuses(e.NotFound, e.InvalidInput),
)
async def achievement(service: Running, response: Response, track_id: TrackId) -> dict[str, Any]:
    """Return the achievement that badges of a track name."""
    response.headers.update(KEPT)
    return await service.badges.achievement(track_id)


@router.get(
    "/.well-known/keys/{key_id}", summary="One public key", responses=refuses(e.NotFound, e.InvalidInput)
)
async def key(service: Running, response: Response, key_id: KeyId) -> dict[str, Any]:
    """Return the key that the header of a badge names in `kid`. The same keys are in the JWK set."""
    response.headers.update(KEPT)
    return service.badges.key(key_id)
