"""The candidate's face: welcome, identity, hub, interview, tasks, breaks, result, the rules, about you, your
data, and what follows a result: appeals, replies, feedback."""

from fastapi import APIRouter

from assessor.web.candidate import (
    amending,
    appeal,
    breaks,
    declaring,
    entrance,
    feedback,
    hub,
    identity,
    interview,
    my_data,
    reply,
    result,
    scored,
    sharing,
    tasks,
)

_AFTER = (appeal, reply, feedback)
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
    *_AFTER,
):
    router.include_router(_part.router)

__all__ = ["router"]
