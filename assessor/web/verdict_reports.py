"""The API for a verdict in words: its explanation, and a report to print."""

import base64
import hashlib
from functools import cache
from typing import Final, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from assessor.domain import errors as e
from assessor.domain.verdict import THRESHOLDS, Explanation
from assessor.services.explaining import Explained
from assessor.web.assets import STATIC
from assessor.web.dependencies import Running
from assessor.web.once import OnceRoute
from assessor.web.openapi import refuses
from assessor.web.pages import environment
from assessor.web.verdicts import VerdictId, VerdictReader

PRINT_STYLE: Final = "verdict_report.css"


class ExplanationResource(Explanation):
    """A verdict in words, competency by competency, with where its evidence stands."""

    object: Literal["explanation"] = "explanation"
    transcript: str
    """Where the transcript is that `evidence` points into; reading it needs `assessments:read`."""


router = APIRouter(
    route_class=OnceRoute,
    tags=["verdicts"],
    responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput),
)


@router.get(
    "/v1/verdicts/{verdict_id}/explanation", summary="Read why it was decided", responses=refuses(e.NotFound)
)
async def explanation(service: Running, _caller: VerdictReader, verdict_id: VerdictId) -> ExplanationResource:
    """Return the verdict in words: each competency, the reasons, and where the evidence stands.

    The words are for your own people and follow from the signed document alone. Scope: `verdicts:read`.
    """
    found = await service.explaining.explained(verdict_id)
    transcript = f"/v1/assessments/{found.document.assessment_id}/transcript"
    return ExplanationResource(**dict(found.explanation), transcript=transcript)


@router.get(
    "/v1/verdicts/{verdict_id}/report",
    summary="Read a report to print",
    response_class=HTMLResponse,
    responses=refuses(e.NotFound),
)
async def report(
    request: Request, service: Running, _caller: VerdictReader, verdict_id: VerdictId
) -> Response:
    """Return the verdict on two pages of HTML that bring their style along and run no script.

    Save it, show it or print it; what counts is the signed document, which it tells how to verify. Scope:
    `verdicts:read`.
    """
    found = await service.explaining.explained(verdict_id)
    headers = {"Content-Security-Policy": report_policy(), "Cache-Control": "private, no-store"}
    return HTMLResponse(report_page(found, request.app.state.public_url), headers=headers)


def report_page(found: Explained, base: str) -> str:
    """Write the report; `base` is the service's address."""
    return (
        environment()
        .get_template("printed/verdict.html")
        .render(
            stored=found.stored,
            document=found.document,
            explanation=found.explanation,
            track=found.track,
            cut=round(THRESHOLDS.score_at_cut),
            style=Markup("<style>{}</style>").format(Markup(_css())),  # noqa: S704 - our own file
            base=base,
        )
    )


@cache
def report_policy() -> str:
    """Return the policy of a report: its own style by hash, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


@cache
def _css() -> str:
    return (STATIC / PRINT_STYLE).read_text("utf-8")
