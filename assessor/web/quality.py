"""The pages on which people see whether scores can be trusted, and how long they take."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Request, Response

from assessor.bootstrap import Services
from assessor.domain.agreement import Measure
from assessor.domain.calibration import REQUIRED, WATCH
from assessor.domain.calibration.cases import LEVELS
from assessor.domain.errors import invalid
from assessor.domain.item_health import THRESHOLDS as ITEM_THRESHOLDS
from assessor.ports import Kind, Reviewer, Sample
from assessor.services.agreeing import SPLITS
from assessor.services.knowing import DAYS, KINDS
from assessor.services.recalling import Chapter
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import SeesQuality, SignedIn


@dataclass(frozen=True)
class Measured:
    """One dot of the chart of calibrations."""

    at: datetime
    model: str
    qwk: Measure

    @classmethod
    def of(cls, chapter: Chapter) -> Self:
        """Return the dot of a calibration."""
        one = chapter.entry.calibration
        return cls(one.measured_at, one.model, one.agreement.qwk)


router = APIRouter(prefix="/review/quality", include_in_schema=False)


def known_kind(kind: str) -> Kind:
    """Return which assessments are meant. Raises InvalidInput for a kind that there is not."""
    if kind not in KINDS:
        raise invalid("kind", f"{kind[:50]!r} is none", f"Use one of: {', '.join(KINDS)}.")
    return kind


async def shown_kind(service: Running, reader: SignedIn, kind: str = "") -> Kind:
    """Return which assessments are meant; where the address does not say it, those that there are."""
    return known_kind(kind) if kind else await service.knowing.kind(reader.tenant)


OfKind = Annotated[Kind, Depends(shown_kind)]


@router.get("")
async def quality(request: Request, service: Running, reader: SeesQuality, kind: OfKind) -> Response:
    """Show agreement, drift, volumes, waiting time and cost of the last 90 days."""
    found = await service.knowing.quality(reader.tenant, kind)
    return render(request, "reviewer/quality.html", quality=found, kind=kind, kinds=KINDS, days=DAYS)


@router.get("/items")
async def items(
    request: Request, service: Running, reader: SeesQuality, kind: OfKind, track: str = ""
) -> Response:
    """Show how the items of one bank do with the candidates of this platform."""
    tracks = await _tracks(service, reader)
    if track and track not in tracks:
        raise invalid("track", f"{track[:50]!r} is none", "Choose one of the list.")
    sample = Sample(kind == "live", reader.tenant, kind == "simulated")
    chosen = track or tracks[0]
    return render(
        request,
        "reviewer/items.html",
        surveyed=await service.bank_surveys.of(chosen, sample),
        kind=kind,
        kinds=KINDS,
        track=chosen,
        tracks=tracks,
        least=ITEM_THRESHOLDS.least_answers,
    )


async def _tracks(service: Services, reader: Reviewer) -> list[str]:
    """Return the tracks that everybody has, and the platform's own at the end."""
    library = await service.content.library()
    shipped = sorted(name for name in library.tracks if name not in library.owners)
    return [*shipped, *(one.id for one in await service.libraries.offered(reader.tenant))]


@router.get("/calibration")
async def calibration(request: Request, service: Running, _reader: SeesQuality, family: str = "") -> Response:
    """Show every calibration of one family of rubrics, and how its judge held since."""
    found = await service.recalling.history(family)
    return render(
        request,
        "reviewer/calibration.html",
        found=found,
        measured=[Measured.of(one) for one in reversed(found.chapters)],
        bar=REQUIRED.qwk,
        bound=WATCH.bound,
    )


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
