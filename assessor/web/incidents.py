"""The page for an incident: what happened and what was done, in words and data, then the signed file."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response

from assessor.domain.days import end_of, first_moment
from assessor.domain.errors import AssessorError, InvalidInput, TooLarge, invalid
from assessor.domain.roles import Permission
from assessor.services.auditing import MAX_REASON_CHARS
from assessor.services.incident import MAX_WORDS_CHARS, Account, Scope
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import Exports, Needs
from assessor.web.problems import problem_of
from assessor.web.reviewer import field_problems_of

_LABELS: Final = {
    "from": "The first day",
    "to": "The last day",
    "what": "What happened",
    "done": "What was done",
    "track": "The track",
    "model": "The model",
    "reason": "The reason",
}
_TARGETS: Final = {name: name for name in _LABELS}

router = APIRouter(prefix="/review/exports/incident", include_in_schema=False)

Text = Annotated[str, Form()]


@router.get("", dependencies=[Depends(Needs(Permission.EXPORT))])
async def ask_what(request: Request) -> Response:
    """Ask what happened and when."""
    return _page(request, {})


@router.post("")
async def export(
    request: Request,
    service: Running,
    reviewer: Exports,
    since: Annotated[str, Form(alias="from")] = "",
    to: Text = "",
    what: Text = "",
    done: Text = "",
    track: Text = "",
    model: Text = "",
    reason: Text = "",
) -> Response:
    """Hand the file out, once it is recorded who takes it and why. It is of their own platform alone."""
    given = {"from": since, "to": to, "what": what, "done": done, "track": track, "model": model}
    given["reason"] = reason
    try:
        scope = Scope(
            _given("from", first_moment("from", since)),
            _given("to", end_of("to", to)),
            track=track.strip() or None,
            model=model.strip() or None,
        )
        made = await service.incidents.pack_for(reviewer, scope, Account(what, done), reason)
    except (InvalidInput, TooLarge) as refused:
        return _page(request, given, refused)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, media_type="application/zip", headers=headers)


def _given(field: str, moment: datetime | None) -> datetime:
    if moment is None:
        raise invalid(field, "is empty", "Write a day like 2026-01-31.")
    return moment


def _page(request: Request, given: dict[str, str], refused: AssessorError | None = None) -> Response:
    return render(
        request,
        "reviewer/incident.html",
        problem_of(refused).kind.status if refused else 200,
        given={name: given.get(name, "") for name in _LABELS},
        max_words=MAX_WORDS_CHARS,
        max_reason=MAX_REASON_CHARS,
        problems=field_problems_of(refused),
        labels=_LABELS,
        targets=_TARGETS,
    )
