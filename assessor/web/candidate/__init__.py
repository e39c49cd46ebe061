"""The candidate's face: welcome, identity, hub, interview, tasks, breaks, result, the rules, your data."""

from fastapi import APIRouter

from assessor.web.candidate import (
    amending,
    breaks,
    declaring,
    entrance,
    hub,
    identity,
    interview,
    my_data,
    result,
    scored,
    sharing,
    tasks,
)

router = APIRouter(include_in_schema=False)
for _part in (
    entrance,
    identity,
    hub,
    interview,
    amending,
    tasks,
    breaks,
    result,
    sharing,
    scored,
    declaring,
    my_data,
):
    router.include_router(_part.router)

__all__ = ["router"]
