"""Who is signed in, and what each page asks of them. Every route of reviewers names its permission here."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from assessor.bootstrap import Services
from assessor.domain.errors import Unauthenticated
from assessor.domain.roles import Permission, require
from assessor.ports import Reviewer
from assessor.web.dependencies import Running, known
from assessor.web.security import REVIEWER_COOKIE

FRESH: Final = timedelta(minutes=15)
"""How long after signing in the pages can be opened on which the gravest things are done."""


async def signed_in(request: Request, service: Running) -> Reviewer:
    """Return who is signed in; anybody else is led to the sign-in page and from there back."""
    try:
        reviewer = await service.access.reviewer(request.cookies.get(REVIEWER_COOKIE))
    except Unauthenticated:
        came_for = request.url.path if request.method == "GET" else "/review"
        raise HTTPException(
            303, headers={"Location": f"/review/login?{urlencode({'next': came_for})}"}
        ) from None
    known(tenant=reviewer.tenant, assessment=request.path_params.get("assessment_id"))
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


async def signed_in_lately(request: Request, service: Services, span: timedelta = FRESH) -> bool:
    """Whether somebody showed who they are a short time ago; a demonstration asks nobody."""
    secret = request.cookies.get(REVIEWER_COOKIE)
    return service.settings.demonstration or await service.access.signed_in_within(secret, span)


@dataclass(frozen=True)
class NeedsAnew:
    """A dependency: the same for what is grave or cannot be undone, if they signed in a short time ago.

    A browser that was left alone does not get that far, nor an old cookie that was stolen. A page that was
    opened in time can be sent for as long again, so that nobody loses what they typed.
    """

    permission: Permission

    async def __call__(self, reviewer: SignedIn, request: Request, service: Running) -> Reviewer:
        require(reviewer.roles, self.permission)
        opens, path = request.method == "GET", request.url.path
        if await signed_in_lately(request, service, FRESH if opens else 2 * FRESH):
            return reviewer
        back = path if opens else "/".join(path.split("/")[:3])
        raise HTTPException(303, headers={"Location": sign_in_again(back)})


def sign_in_again(back: str) -> str:
    """Return where somebody who is signed in shows once more who they are, and comes back from."""
    return f"/review/login?{urlencode({'next': back, 'again': 1})}"


SeesQueue = Annotated[Reviewer, Depends(Needs(Permission.SEE_QUEUE))]
OpensCases = Annotated[Reviewer, Depends(Needs(Permission.OPEN_CASES))]
Scores = Annotated[Reviewer, Depends(Needs(Permission.SCORE))]
GrantsTime = Annotated[Reviewer, Depends(Needs(Permission.GRANT_TIME))]
HandlesFaults = Annotated[Reviewer, Depends(Needs(Permission.HANDLE_FAULTS))]
Revokes = Annotated[Reviewer, Depends(NeedsAnew(Permission.REVOKE))]
Adjudicates = Annotated[Reviewer, Depends(Needs(Permission.ADJUDICATE))]
Assigns = Annotated[Reviewer, Depends(Needs(Permission.ASSIGN))]
SeesQuality = Annotated[Reviewer, Depends(Needs(Permission.SEE_QUALITY))]
ChangesGrading = Annotated[Reviewer, Depends(NeedsAnew(Permission.CHANGE_GRADING))]
SeesFairness = Annotated[Reviewer, Depends(Needs(Permission.SEE_FAIRNESS))]
SeesAudit = Annotated[Reviewer, Depends(Needs(Permission.SEE_AUDIT))]
Exports = Annotated[Reviewer, Depends(Needs(Permission.EXPORT))]
ManagesPeople = Annotated[Reviewer, Depends(NeedsAnew(Permission.MANAGE_PEOPLE))]
