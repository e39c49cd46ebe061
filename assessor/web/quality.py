"""The pages on which people see whether scores can be trusted, and how long they take."""

from dataclasses import replace
from typing import Annotated, Final, get_args

from fastapi import APIRouter, Depends, Request, Response

from assessor.domain.calibration import REQUIRED
from assessor.domain.calibration.cases import LEVELS
from assessor.domain.errors import invalid
from assessor.ports import Kind
from assessor.services.agreeing import SPLITS
from assessor.services.knowing import DAYS
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import SeesQuality

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

router = APIRouter(prefix="/review/quality", include_in_schema=False)


def known_kind(kind: str = "live") -> Kind:
    """Return which assessments are meant. Raises InvalidInput for a kind that there is not."""
    if kind not in KINDS:
        raise invalid("kind", f"{kind[:50]!r} is none", f"Use one of: {', '.join(KINDS)}.")
    return kind


OfKind = Annotated[Kind, Depends(known_kind)]


@router.get("")
async def quality(request: Request, service: Running, reader: SeesQuality, kind: OfKind) -> Response:
    """Show agreement, drift, volumes, waiting time and cost of the last 90 days."""
    found = await service.knowing.quality(reader.tenant, kind)
    return render(request, "reviewer/quality.html", quality=found, kind=kind, kinds=KINDS, days=DAYS)


@router.get("/agreement")
async def agreement(
    request: Request,
    service: Running,
    reader: SeesQuality,
    kind: OfKind,
    by: str = "competency",
    track: str = "",
) -> Response:
    """Show how people and judge agree, split by what the address asks for."""
    found = await service.agreeing.agreement(reader.tenant, kind, by, track)
    names = {one.id: one.name for one in await service.store.reviewers() if one.tenant == reader.tenant}
    of_levels = SPLITS[by].ratings == LEVELS
    return render(
        request,
        "reviewer/agreement.html",
        found=replace(
            found, parts=tuple(replace(one, name=names.get(one.name, one.name)) for one in found.parts)
        ),
        kind=kind,
        kinds=KINDS,
        by=by,
        splits=SPLITS,
        track=track,
        days=DAYS,
        of_levels=of_levels,
        bar=REQUIRED.qwk if of_levels else None,
    )
