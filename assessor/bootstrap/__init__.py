"""The only place where settings become a running service."""

from assessor.bootstrap.commands import (
    accessing,
    checking_chains,
    checking_packages,
    comparing_groups,
    erasing,
    exporting,
    gathering,
    interviewing_model,
    managing_people,
    managing_training,
    own_libraries,
    packing,
    recording,
    replaying,
    rescoring,
    retiring,
    revoking,
    shadowing,
    surveying,
    watching,
)
from assessor.bootstrap.parts import check_models, library, mailer, stored
from assessor.bootstrap.parts import prompts as installed_prompts
from assessor.bootstrap.pilots import piloting
from assessor.bootstrap.service import Services, running

__all__ = [
    "Services",
    "accessing",
    "check_models",
    "checking_chains",
    "checking_packages",
    "comparing_groups",
    "erasing",
    "exporting",
    "gathering",
    "installed_prompts",
    "interviewing_model",
    "library",
    "mailer",
    "managing_people",
    "managing_training",
    "own_libraries",
    "packing",
    "piloting",
    "recording",
    "replaying",
    "rescoring",
    "retiring",
    "revoking",
    "running",
    "shadowing",
    "stored",
    "surveying",
    "watching",
]
