"""The page on how groups fare, for the fairness role alone, and the numbers of a bias audit as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from assessor.adapters.audit_sheet import audit_csv
from assessor.domain.demographics import CHARACTERISTICS
from assessor.domain.errors import AssessorError, InvalidInput, TooLarge
from assessor.domain.fairness import RULE, Stage, StageRates
from assessor.ports import Reviewer
from assessor.services.auditing import MAX_REASON_CHARS
from assessor.services.knowing import KINDS
from assessor.services.overseeing import PERIODS, Asked
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import SeesFairness
from assessor.web.problems import problem_of
from assessor.web.quality import OfKind, known_kind
from assessor.web.reviewer import field_problems_of

STAGE_WORDS: Final[Mapping[Stage, str]] = MappingProxyType(
    {
        "began": "Began",
        "submitted": "Handed in",
        "qualified_by_rule": "Qualified by a rule",
        "final": "Qualified in the end",
        "overall": "Of all invited",
    }
)
_LABELS: Final = {"track": "The track", "reason": "The reason", "period": "The time"}
_TARGETS: Final = {"track": "of-track", "reason": "reason", "period": "period"}

router = APIRouter(prefix="/review/fairness", include_in_schema=False)

Text = Annotated[str, Form()]


@dataclass(frozen=True)
class Ratio:
    """One row of the chart: a group at a stage, beside the group with the highest rate."""

    name: str
    value: float
    low: float | None
    high: float | None


@router.get("")
async def fairness(
    request: Request,
    service: Running,
    reader: SeesFairness,
    kind: OfKind,
    period: str = "365",
    track: str = "",
    items: str = "",
) -> Response:
    """Show one track: rates by group at every stage, ratios with intervals, scores, and items if asked."""
    return await _page(request, service, reader, Asked(kind, period, track, items == "shown"))


@router.post("/ll144")
async def ll144(
    request: Request,
    service: Running,
    reader: SeesFairness,
    kind: Text = "live",
    period: Text = "365",
    track: Text = "",
    reason: Text = "",
) -> Response:
    """Hand out the tables that a bias audit under Local Law 144 is made from."""
    asked = Asked(known_kind(kind), period, track)
    try:
        found = await service.overseeing.audit(reader, asked, reason)
    except (InvalidInput, TooLarge) as refused:
        return await _page(request, service, reader, asked, reason, refused)
    headers = {"Content-Disposition": 'attachment; filename="ll144.csv"'}
    return Response(audit_csv(found), media_type="text/csv; charset=utf-8", headers=headers)


async def _page(
    request: Request,
    service: Running,
    reader: Reviewer,
    asked: Asked,
    reason: str = "",
    refused: AssessorError | None = None,
) -> Response:
    overview = await service.overseeing.overview(reader, asked)
    stages = overview.found.stages if overview.found else ()
    return render(
        request,
        "reviewer/fairness.html",
        problem_of(refused).kind.status if refused else 200,
        found=overview.found,
        tracks=overview.tracks,
        asked=asked,
        kinds=KINDS,
        periods=list(PERIODS),
        characteristics=CHARACTERISTICS,
        ratios={one: ratios(stages, one) for one in CHARACTERISTICS},
        stage_words=STAGE_WORDS,
        rule=RULE,
        reason=reason,
        max_reason=MAX_REASON_CHARS,
        problems=field_problems_of(refused),
        labels=_LABELS,
        targets=_TARGETS,
    )


def ratios(stages: Sequence[StageRates], characteristic: str) -> tuple[Ratio, ...]:
    """Return what the chart of one characteristic shows, stage by stage."""
    return tuple(
        Ratio(f"{STAGE_WORDS[stage.stage]}: {short(one.group)}", one.ratio, one.ratio_low, one.ratio_high)
        for stage in stages
        if stage.characteristic == characteristic
        for one in stage.groups
        if one.ratio is not None
    )


def short(group: str) -> str:
    """Leave out what a name has in brackets: it is the same for nearly all, and the table has it."""
    return group.partition(" (")[0]
