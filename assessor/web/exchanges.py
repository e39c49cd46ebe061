"""A reviewer's page of what language models were asked about one answer, and what they replied."""

from typing import Final

from fastapi import APIRouter, Request, Response

from assessor.domain.errors import NotFound
from assessor.domain.roles import Permission
from assessor.services.exchanges import asked_about
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import OpensCases

MICRO: Final = 1_000_000
"""What makes up a US dollar."""

router = APIRouter(prefix="/review", include_in_schema=False)


@router.get("/{assessment_id}/exchanges")
async def exchanges(
    request: Request, service: Running, reviewer: OpensCases, assessment_id: str, item: str = ""
) -> Response:
    """Show every exchange about one item. They tell scores, so whoever reads them has opened the case."""
    if reviewer.may(Permission.SCORE):
        await service.leasing.require_stranger(reviewer, assessment_id)
    case = await service.reviewing.case(reviewer, assessment_id)
    asked = asked_about(case)
    if item and item not in asked:
        raise NotFound("No model was asked about this item", "Open the case, and follow its links.")
    chosen = item or next(iter(asked), "")
    return render(
        request,
        "reviewer/exchanges.html",
        assessment=case.assessment,
        items=[one.item for one in case.items if one.item.id in asked],
        chosen=chosen,
        exchanged=await service.exchanges.about(reviewer, case, chosen) if chosen else (),
        micro=MICRO,
    )
