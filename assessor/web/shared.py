"""What somebody sees who was given a link to a result."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from assessor.services.sharing import SharedResult
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.problems import is_navigation

router = APIRouter()


@router.get("/s/{token}")
async def shared(request: Request, service: Running, token: str) -> Response:
    """Show decision, level, track and validity: to people as a page, to programs as JSON."""
    found = await service.sharing.result(token)
    if is_navigation(request):
        page: Response = render(request, "shared.html", found=found, base=request.app.state.public_url)
    else:
        page = JSONResponse(_document(found))
    page.headers["Vary"] = "Accept"
    return page


def _document(found: SharedResult) -> dict[str, object]:
    verdict = found.verdict
    told: dict[str, object] = {
        "object": "shared_result",
        "holds": found.holds,
        "track": {"id": verdict.track, "title": found.track},
        "platform": found.platform,
        "livemode": verdict.livemode,
        "shared_until": found.until.isoformat(),
    }
    if found.holds:
        told |= {
            "decision": verdict.decision,
            "level": verdict.level,
            "verdict_id": verdict.id,
            "issued_at": verdict.issued_at.isoformat(),
            "valid_until": verdict.valid_until.isoformat(),
        }
    return told
