"""What is weak in an installation's settings and files: what `assessor doctor --security` names.

What is refused outside development is refused by the settings themselves; this also says so of an
installation that runs as in development, and looks at what no setting shows: who may read which file.
"""

from collections.abc import Iterator

from assessor.bootstrap.examining import Finding
from assessor.bootstrap.hardening import keys, machine, switches, ways
from assessor.settings import Settings

CHECKS = (*switches.CHECKS, *keys.CHECKS, *ways.CHECKS, *machine.CHECKS)


def weaknesses(settings: Settings) -> Iterator[Finding]:
    """Yield every check, with what is weak where something is."""
    for check in CHECKS:
        yield check(settings)
    yield from machine.files(settings)
