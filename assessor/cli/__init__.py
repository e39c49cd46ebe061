"""The command line: the same use cases as the web, from a terminal."""

import gc
import os
import sys

from assessor.cli.app import app
from assessor.cli.output import fail
from assessor.domain.errors import AssessorError

# Importing a module registers its commands.
from assessor.cli import (  # noqa: F401  # isort: skip
    audit,
    backups,
    banks,
    bias_audits,
    calibrate,
    capacity,
    decisions,
    demo,
    doctor,
    erasure,
    exports,
    fairness,
    forms,
    gathering,
    incident,
    interview,
    item_health,
    items,
    library,
    mail,
    master_keys,
    outcomes,
    own,
    panel,
    people,
    pilot,
    processing,
    replay,
    rescore,
    retention,
    reviewers,
    revocation,
    seed,
    server,
    shadow,
    signals,
    signing_keys,
    simulate,
    standard,
    transfer,
    transparency,
    usage,
    verification,
)


OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Nearly all that a start makes stays: looking through it every 700 objects took 0.3 of 2.3 CPU seconds."""

OTHERS_NOTHING = 0o077
"""What is written holds what candidates said, or keys to it: others are let in on purpose."""


def main() -> None:
    """Run a command. What was refused is one clear message and exit status 1, not a traceback."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    os.umask(OTHERS_NOTHING)
    try:
        app()
    except AssessorError as error:
        fail(error)
        sys.exit(1)
