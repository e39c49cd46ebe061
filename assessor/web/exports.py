"""The page for taking the list of decisions out: what and why first, then the file, sent while it is read."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import StreamingResponse

from assessor.domain.days import end_of, first_moment
from assessor.domain.errors import AssessorError, InvalidInput, TooLarge
from assessor.domain.roles import Permission
from assessor.services.auditing import MAX_REASON_CHARS
from assessor.services.exporting import Format, Wanted
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import Exports, Needs
from assessor.web.problems import problem_of
from assessor.web.reviewer import field_problems_of

_TYPES: Final = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSONL: "application/jsonl",
    Format.PDF: "application/pdf",
}
_LABELS: Final = {
    "format": "The format",
    "track": "The track",
    "from": "The first day",
    "to": "The last day",
    "reason": "The reason",
}
_TARGETS: Final = {name: name for name in _LABELS}

router = APIRouter(prefix="/review/exports", include_in_schema=False)

Text = Annotated[str, Form()]


@router.get("", dependencies=[Depends(Needs(Permission.EXPORT))])
async def ask_what(request: Request) -> Response:
    """Ask which decisions, and what they are for."""
    return _page(request, {"format": Format.CSV})


@router.post("")
async def export(
    request: Request,
    service: Running,
    reviewer: Exports,
    form: Annotated[str, Form(alias="format")] = Format.CSV,
    track: Text = "",
    since: Annotated[str, Form(alias="from")] = "",
    to: Text = "",
    reason: Text = "",
) -> Response:
    """Hand the list out, once it is recorded who takes it and why."""
    given = {"format": form, "track": track, "from": since, "to": to, "reason": reason}
    try:
        wanted = Wanted(form, track.strip() or None, first_moment("from", since), end_of("to", to))
        pieces = await service.exporting.decisions(reviewer.tenant, wanted, by=reviewer.id, reason=reason)
    except (InvalidInput, TooLarge) as refused:
        return _page(request, given, refused)
    headers = {"Content-Disposition": f'attachment; filename="decisions.{form}"'}
    return StreamingResponse(pieces, media_type=_TYPES[Format(form)], headers=headers)


def _page(request: Request, given: dict[str, str], refused: AssessorError | None = None) -> Response:
    return render(
        request,
        "reviewer/exports.html",
        problem_of(refused).kind.status if refused else 200,
        given={name: given.get(name, "") for name in _LABELS},
        formats=list(Format),
        max_reason=MAX_REASON_CHARS,
        problems=field_problems_of(refused),
        labels=_LABELS,
        targets=_TARGETS,
    )
