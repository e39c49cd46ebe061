"""The candidate's face: welcome, hub, interview, tasks, breaks, submit, result, the rules, about you."""

from fastapi import APIRouter

from assessor.web.candidate import (
    amending,
    breaks,
    declaring,
    entrance,
    hub,
    interview,
    result,
    scored,
    sharing,
    tasks,
)

router = APIRouter(include_in_schema=False)
for _part in (entrance, hub, interview, amending, tasks, breaks, result, sharing, scored, declaring):
    router.include_router(_part.router)

__all__ = ["router"]
