"""What an orchestrator is told to run and to set, held against the command line and the settings."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from assessor.cli.app import app
from assessor.settings import Settings, load_settings, unknown_variables

OURS = "ASSESSOR_"


def understood(arguments: Sequence[str]) -> bool:
    """Whether the command line takes them. Raises a usage error, with what it does not take."""
    group: Any = get_command(app)
    name, *options = arguments
    group.commands[name].make_context(name, list(options))
    return True


def settings_of(environment: Mapping[str, Any], secrets: Path, patch: pytest.MonkeyPatch) -> Settings:
    """Return the settings that a process gets. Raises SettingsInvalid where it would refuse to start.

    Files of secrets are looked for in the folder that is given, by their names.
    """
    given = {name: str(value) for name, value in environment.items() if name.startswith(OURS)}
    for name, value in given.items():
        patch.setenv(name, str(secrets / Path(value).name) if name.endswith("_FILE") else value)
    assert unknown_variables(given) == []
    return load_settings()
