"""The page on which people see how those who score are measured themselves, by known cases."""

from fastapi import APIRouter, Request, Response

from assessor.services.known_cases import DAYS
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import SeesQuality

router = APIRouter(prefix="/review/quality", include_in_schema=False)


@router.get("/reviewers")
async def reviewers(request: Request, service: Running, reader: SeesQuality) -> Response:
    """Show how each person's scores agree with what is known, over the last 90 days."""
    return render(
        request,
        "reviewer/known_agreement.html",
        known=await service.known_cases.agreement(reader.tenant),
        share=service.settings.known_case_share,
        days=DAYS,
    )
