"""The candidate's face: welcome, hub, interview, tasks, submit, result."""

from fastapi import APIRouter

from assessor.web.candidate import entrance, hub, interview, result, tasks

router = APIRouter(include_in_schema=False)
for _part in (entrance, hub, interview, tasks, result):
    router.include_router(_part.router)

__all__ = ["router"]
