"""The candidate's face: welcome, practice, notice, the line to begin, identity, accommodations, hub, other
browsers, interview, tasks, breaks, result, the rules, about you, your data, and what follows a result.
"""

from fastapi import APIRouter

from assessor.web.candidate import (
    accommodating,
    amending,
    appeal,
    breaks,
    declaring,
    entrance,
    feedback,
    hub,
    identity,
    interview,
    language,
    moving,
    my_data,
    notice,
    practice,
    questions,
    reply,
    result,
    scored,
    sharing,
    tasks,
    waiting,
)

_AFTER = (appeal, reply, questions, feedback)
router = APIRouter(include_in_schema=False)
for _part in (
    entrance,
    language,
    identity,
    practice,
    notice,
    waiting,
    accommodating,
    moving,
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

__all__ = ["moving", "router"]
