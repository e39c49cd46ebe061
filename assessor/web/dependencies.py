"""What routes ask for: the running services."""

from typing import Annotated

from fastapi import Depends, Request

from assessor.bootstrap import Services


async def services(request: Request) -> Services:  # async: FastAPI hands plain functions to a thread
    """Return the running services; the application's lifespan put them there."""
    running: Services = request.app.state.services
    return running


Running = Annotated[Services, Depends(services)]
