"""What routes ask for: the running services. And what is known of a request, for its lines in the log."""

import re
from typing import Annotated, Final

import structlog
from fastapi import Depends, Request

from assessor import tracing
from assessor.bootstrap import Services

_ASSESSMENT: Final = re.compile(r"asm_[0-9a-z]{26}")
"""An address may name anything in its place."""


async def services(request: Request) -> Services:  # async: FastAPI hands plain functions to a thread
    """Return the running services; the application's lifespan put them there."""
    running: Services = request.app.state.services
    return running


Running = Annotated[Services, Depends(services)]


def known(*, assessment: str | None = None, tenant: str | None = None) -> None:
    """Say what a request is about, once that is known: its lines in the log and its span then say so."""
    if assessment is not None and not _ASSESSMENT.fullmatch(assessment):
        assessment = None
    given = {"assessment": assessment, "tenant": tenant}
    ids = {name: one for name, one in given.items() if one}
    structlog.contextvars.bind_contextvars(**ids)
    tracing.describe(**ids)
