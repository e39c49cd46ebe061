"""Who visits, and how a refusal is told to a person."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from assessor.adapters.clock import SystemClock
from assessor.bootstrap import Services
from assessor.domain.assessment import Assessment
from assessor.domain.errors import AssessorError, Conflict, Gone, MovedOn, TooLarge, Unauthenticated
from assessor.domain.track import Track
from assessor.web.dependencies import Running, known
from assessor.web.pages import render
from assessor.web.problems import is_navigation, kind_of
from assessor.web.security import CANDIDATE_COOKIE


@dataclass(frozen=True)
class Visit:
    """A candidate's browser that we know, and the assessment it may work on."""

    services: Services
    assessment_id: str
    secret: str

    async def is_let_in(self) -> bool:
        """Whether the session holds still; it ends when the candidate goes on in another browser."""
        try:
            await self.services.inviting.session(self.secret)
        except Unauthenticated:
            return False
        return True

    async def load(self) -> Assessment:
        """Return the assessment as it stands."""
        return await load(self.services, self.assessment_id)


async def visit(request: Request, services: Running) -> Visit:
    """Return who visits. Raises Unauthenticated."""
    secret = request.cookies.get(CANDIDATE_COOKIE, "")
    assessment_id = await services.inviting.session(secret)
    known(assessment=assessment_id)
    return Visit(services, assessment_id, secret)


Visitor = Annotated[Visit, Depends(visit)]


async def load(services: Services, assessment_id: str) -> Assessment:
    """Return an assessment that the visitor was let in to."""
    projection = await services.store.projection(assessment_id)
    known(assessment=assessment_id, tenant=projection.tenant)
    return await services.ordering.get(projection.tenant, assessment_id)


async def track_of(services: Services, assessment: Assessment) -> Track:
    """Return the track that the assessment is for."""
    name = assessment.ordered.track
    return (await services.content.library(name)).track(name)


class PageRoute(APIRoute):
    """Tells refusals in a candidate's words to people; programs get the problem document."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except (Conflict, Gone, TooLarge, Unauthenticated) as error:
                if not is_navigation(request):
                    raise
                return refusal(request, error)

        return answer


def refusal(request: Request, error: AssessorError) -> Response:
    """Return the page that says what happened and what to do."""
    kind = kind_of(type(error))
    moved = isinstance(error, MovedOn)
    return render(request, "candidate/refusal.html", kind.status, error=error, code=kind.code, moved=moved)


def current_time() -> datetime:
    """Return the time for what pages show; what counts is checked in the services, by their clock."""
    return SystemClock().now()


def see(address: str) -> RedirectResponse:
    """Send the browser on, so that reloading sends nothing twice."""
    return RedirectResponse(address, 303)
