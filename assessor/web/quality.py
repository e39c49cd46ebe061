"""The page on which people see whether scores can be trusted, and how long they take."""

from typing import Final, get_args

from fastapi import APIRouter, Request, Response

from assessor.domain.calibration import REQUIRED
from assessor.domain.calibration.cases import LEVELS
from assessor.domain.errors import invalid
from assessor.ports import Kind
from assessor.services.knowing import DAYS, PART
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import SeesQuality

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

router = APIRouter(prefix="/review", include_in_schema=False)


@router.get("/quality")
async def quality(
    request: Request, service: Running, reader: SeesQuality, kind: str = "live", by: str = "competency"
) -> Response:
    """Show agreement, drift, volumes, waiting time and cost of the last 90 days. Filters are in the address.

    Raises InvalidInput for a filter that there is not.
    """
    if kind not in KINDS:
        raise invalid("kind", f"{kind!r} is none", f"Use one of: {', '.join(KINDS)}.")
    if by not in PART:
        raise invalid("by", f"{by!r} is none", f"Use one of: {', '.join(PART)}.")
    found = await service.knowing.quality(reader.tenant, kind, by)
    return render(
        request,
        "reviewer/quality.html",
        quality=found,
        kind=kind,
        kinds=KINDS,
        by=by,
        parts=PART,
        days=DAYS,
        levels=LEVELS,
        bar=REQUIRED.qwk,
    )
