"""The demonstration's three doors. Served only in demonstration mode, which production refuses."""

import json
import secrets
import shlex
import shutil
import sys
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from assessor.bootstrap import Services
from assessor.domain.assessment import OPEN, Projection, Status
from assessor.domain.errors import NotFound, VerdictNotReady
from assessor.domain.item import Category
from assessor.ports import Page
from assessor.services.order import Order
from assessor.web import casework
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.problems import problem_document, problem_of
from assessor.web.resources import served_verdict
from assessor.web.security import CANDIDATE_COOKIE, REVIEWER_COOKIE, set_session_cookie

TENANT: Final = "demo"
TRACK: Final = "python"
FORM: Final = "short"
REVIEWER_EMAIL: Final = "reviewer@demo.example"
COLLEAGUE_EMAIL: Final = "colleague@demo.example"
KEY_FILE: Final = "demo-key"
NOT_QUALIFIED: Final = "simulated-not-qualified"
"""Whose result anybody here may look at and appeal."""
_COMMAND: Final = "assessor" if shutil.which("assessor") else shlex.join([sys.executable, "-m", "assessor"])
"""What runs the command line in a terminal like the one that this was started from."""

router = APIRouter(include_in_schema=False)


@router.get("/")
async def root() -> Response:
    """Lead to the doors."""
    return RedirectResponse("/demo", 307)


@router.get("/demo")
async def doors(request: Request, service: Running) -> Response:
    """Show the three doors, and the simulated cases that wait."""
    rows = await service.ordering.recent(TENANT)
    track = (await service.content.library()).track(TRACK)
    counts = {section.category: section.count for section in track.forms[FORM].sections}
    questions = counts.pop(Category.INTERVIEW, 0)
    return render(
        request,
        "demo/doors.html",
        model_name=service.model_name,
        track=track,
        questions=questions,
        tasks=sum(counts.values()),
        simulated=[row for row in rows if row.simulated and row.status not in OPEN],
        played=[row for row in rows if not row.simulated],
        may_appeal=await _not_qualified(service) is not None,
        plainly=plainly,
    )


@router.post("/demo/candidate")
async def candidate(service: Running) -> Response:
    """Order the short form, and go in by its invite link."""
    tenant = await service.store.tenant(TENANT)
    reference = f"visitor-{secrets.token_hex(4)}"
    order = Order(candidate_ref=reference, track=TRACK, form=FORM, livemode=False)
    ordered = await service.ordering.order(tenant, order)
    # The path alone: a form may lead only to the address that the browser is at.
    return RedirectResponse(urlsplit(ordered.invite_url).path, 303)


@router.post("/demo/result")
async def result(service: Running) -> Response:
    """Go in as the candidate who was not qualified, and look at the result."""
    row = await _not_qualified(service)
    if row is None:
        raise NotFound("assessment", NOT_QUALIFIED)
    response = RedirectResponse("/assessment/result", 303)
    secret = await service.inviting.open_session(row.id)
    set_session_cookie(response, CANDIDATE_COOKIE, secret, service.settings)
    return response


async def _not_qualified(service: Services) -> Projection | None:
    rows = await service.store.page(Page(TENANT, livemode=False, limit=1, candidate_ref=NOT_QUALIFIED))
    return next(iter(rows), None)


@router.post("/demo/reviewer")
async def reviewer(service: Running) -> Response:
    """Sign in as the demonstration's reviewer, without a password."""
    return await _signed_in(service, REVIEWER_EMAIL)


@router.post("/demo/colleague")
async def colleague(service: Running) -> Response:
    """Sign in as their colleague, who has seen no scores and may answer appeals."""
    return await _signed_in(service, COLLEAGUE_EMAIL)


async def _signed_in(service: Services, email: str) -> Response:
    person = await service.store.reviewer_by_email(email)
    if person is None:
        raise NotFound("reviewer", email)
    response = RedirectResponse("/review", 303)
    secret = await service.access.open_reviewer_session(person)
    set_session_cookie(response, REVIEWER_COOKIE, secret, service.settings)
    return response


@router.get("/demo/platform")
async def platform(request: Request, service: Running, assessment: str = "") -> Response:
    """Show what the platform's backend reads, and how it reads and verifies it."""
    rows = await service.ordering.recent(TENANT)
    chosen = next((row for row in rows if row.id == assessment), None) or _newest(rows)
    return render(
        request,
        "demo/platform.html",
        rows=rows,
        chosen=chosen,
        document=await _verdict_text(request, service, chosen.id) if chosen else "",
        commands=_commands(service, chosen.id) if chosen else (),
        plainly=plainly,
    )


@router.get("/demo/platform/verdict")
async def platform_verdict(request: Request, service: Running, assessment: str) -> Response:
    """Return the verdict as the API serves it, for the page that shows it live."""
    return await _verdict(request, service, assessment)


def plainly(row: Projection) -> str:
    """Say in plain words where an assessment stands."""
    if row.decision is not None:
        return casework.DECISION_WORDS[row.decision]
    if row.status in OPEN:
        return "The candidate has not submitted it yet"
    return {
        Status.SUBMITTED: "Submitted, about to be scored",
        Status.SCORING: "Being scored",
        Status.TECHNICAL_HOLD: "A fault of ours holds it; nothing counts against the candidate",
        Status.VOIDED: "A fault of ours spoiled it; the attempt was given back",
    }.get(row.status, row.status.value.capitalize())


def _newest(rows: Sequence[Projection]) -> Projection | None:
    return next((row for row in rows if not row.simulated), None)


async def _verdict(request: Request, service: Services, assessment_id: str) -> Response:
    try:
        found = await service.delivering.verdict(TENANT, assessment_id)
    except VerdictNotReady as error:
        # Told as the API tells it; a page that waits is no failed request.
        document = problem_document(request, problem_of(error))
        return Response(_json(document), media_type="application/json")
    return Response(served_verdict(found), media_type="application/json")


async def _verdict_text(request: Request, service: Services, assessment_id: str) -> str:
    """Return the same as `platform_verdict`, laid out for reading."""
    answer = await _verdict(request, service, assessment_id)
    return json.dumps(json.loads(bytes(answer.body)), indent=2, ensure_ascii=False)


def _json(document: dict[str, object]) -> bytes:
    return json.dumps(document).encode()


def _commands(service: Services, assessment_id: str) -> Sequence[tuple[str, str]]:
    """Return what to type in a terminal, each with what it does."""
    here = service.settings.public_url
    key = (service.settings.data_dir / KEY_FILE).read_text("ascii").strip()
    verdict = f"{here}/v1/assessments/{assessment_id}/verdict"
    curl = f"curl -s -H 'Authorization: Bearer {key}'"
    return (
        ("Read the verdict", f"{curl} {verdict}"),
        ("Keep its signed form", f"{curl} -H 'Accept: application/jose' -o verdict.jws {verdict}"),
        (
            "Verify it; it is accepted as a demonstration only",
            f"{_COMMAND} verify-verdict verdict.jws --jwks {here}/.well-known/jwks.json --demonstration",
        ),
        (
            "Verify it as a production system does; it is refused",
            f"{_COMMAND} verify-verdict verdict.jws --jwks {here}/.well-known/jwks.json",
        ),
    )
