"""Who is signed in, and what each page asks of them. Every route of reviewers names its permission here."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from assessor.domain.errors import Unauthenticated
from assessor.domain.roles import Permission, require
from assessor.ports import Reviewer
from assessor.web.dependencies import Running
from assessor.web.security import REVIEWER_COOKIE


async def signed_in(request: Request, service: Running) -> Reviewer:
    """Return who is signed in; anybody else is led to the sign-in page and from there back."""
    try:
        reviewer = await service.access.reviewer(request.cookies.get(REVIEWER_COOKIE))
    except Unauthenticated:
        came_for = request.url.path if request.method == "GET" else "/review"
        raise HTTPException(
            303, headers={"Location": f"/review/login?{urlencode({'next': came_for})}"}
        ) from None
    request.state.reviewer = reviewer  # for the frame of the pages, which shows what they may open
    return reviewer


SignedIn = Annotated[Reviewer, Depends(signed_in)]


@dataclass(frozen=True)
class Needs:
    """A dependency: the signed-in person, who holds a permission. Raises Forbidden."""

    permission: Permission

    async def __call__(self, reviewer: SignedIn) -> Reviewer:
        require(reviewer.roles, self.permission)
        return reviewer


SeesQueue = Annotated[Reviewer, Depends(Needs(Permission.SEE_QUEUE))]
OpensCases = Annotated[Reviewer, Depends(Needs(Permission.OPEN_CASES))]
Scores = Annotated[Reviewer, Depends(Needs(Permission.SCORE))]
GrantsTime = Annotated[Reviewer, Depends(Needs(Permission.GRANT_TIME))]
HandlesFaults = Annotated[Reviewer, Depends(Needs(Permission.HANDLE_FAULTS))]
Revokes = Annotated[Reviewer, Depends(Needs(Permission.REVOKE))]
Adjudicates = Annotated[Reviewer, Depends(Needs(Permission.ADJUDICATE))]
Assigns = Annotated[Reviewer, Depends(Needs(Permission.ASSIGN))]
SeesQuality = Annotated[Reviewer, Depends(Needs(Permission.SEE_QUALITY))]
ChangesGrading = Annotated[Reviewer, Depends(Needs(Permission.CHANGE_GRADING))]
SeesFairness = Annotated[Reviewer, Depends(Needs(Permission.SEE_FAIRNESS))]
SeesAudit = Annotated[Reviewer, Depends(Needs(Permission.SEE_AUDIT))]
Exports = Annotated[Reviewer, Depends(Needs(Permission.EXPORT))]
ManagesPeople = Annotated[Reviewer, Depends(Needs(Permission.MANAGE_PEOPLE))]
