"""What those ask who run the process: whether it lives, and whether it can serve."""

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from assessor.bootstrap.readiness import failing, left_out
from assessor.web import openapi
from assessor.web.dependencies import Running
from assessor.web.problems import NOT_READY, Problem, respond

log = structlog.get_logger()
router = APIRouter(tags=["operations"])


@router.get("/healthz", summary="Whether the process is alive")
async def healthz() -> dict[str, str]:
    """Answer without asking anything else: a database that is away is no reason to restart us."""
    return {"status": "alive"}


@router.get("/readyz", summary="Whether requests can be served", responses=openapi.told(NOT_READY))
async def readyz(request: Request, service: Running) -> Response:
    """Ask the database and its schema, the question library, and whether files can be written.

    `failing` names each part that cannot be used; `without`, where it is ready, a replica that is left out.
    A process that was told to stop is not ready either.
    """
    if request.app.state.stopping:
        parts = [{"part": "process", "problem": "is stopping"}]
    else:
        parts = [vars(one) async for one in failing(service)]
    if not parts:
        without = [vars(one) for one in left_out(service)]
        return JSONResponse({"status": "ready", **({"without": without} if without else {})})
    log.warning("not ready", failing=parts)
    said = "; ".join(f"{one['part']} {one['problem']}" for one in parts)
    return respond(request, Problem(NOT_READY, said, {"failing": parts}, {"Retry-After": "5"}))
