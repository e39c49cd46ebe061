"""The only place where settings become a running service."""

from assessor.bootstrap.commands import accessing, interviewing_model, replaying, rescoring, watching
from assessor.bootstrap.parts import check_models, library, stored
from assessor.bootstrap.pilots import piloting
from assessor.bootstrap.service import Services, running

__all__ = [
    "Services",
    "accessing",
    "check_models",
    "interviewing_model",
    "library",
    "piloting",
    "replaying",
    "rescoring",
    "running",
    "stored",
    "watching",
]
