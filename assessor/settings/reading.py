"""Reading the environment, and saying all that is wrong with it at once."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from assessor.domain.errors import SettingProblem, SettingsInvalid
from assessor.settings.installation import PREFIX
from assessor.settings.settings import Settings, variable

ENV_FILE: Final = Path(".env")

NOT_SETTINGS: Final = frozenset({"ASSESSOR_CHROMIUM"})
"""Read by the tests and the Makefile, not by the service."""


def load_settings(env_file: Path = ENV_FILE) -> Settings:
    """Read the environment, and `env_file` too in development; process variables win.

    Raises `SettingsInvalid` with every problem at once.
    """
    given = {name.upper(): value for name, value in os.environ.items()}
    in_development = (given.get(f"{PREFIX}ENVIRONMENT") or "development") == "development"
    try:
        settings = Settings(_env_file=env_file if in_development else None)
    except ValidationError as refused:
        raise SettingsInvalid([_problem(error) for error in refused.errors()]) from None
    if in_development and settings.environment != "development":
        problem = f"is set in {env_file}, a file that is read in development only"
        remedy = "Set it in the environment of the process, with every other variable of production"
        raise SettingsInvalid([SettingProblem(f"{PREFIX}ENVIRONMENT", problem, remedy)])
    return settings


def variables_given(env_file: Path = ENV_FILE) -> dict[str, str]:
    """What was set in `env_file` and in the environment, for `unknown_variables` to look through."""
    from dotenv import dotenv_values

    in_file = {name: value or "" for name, value in dotenv_values(env_file).items()}
    return in_file | dict(os.environ)


def unknown_variables(environ: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """Variables with our prefix that nothing reads, each with the closest name that something does."""
    known = [variable(field) for field in Settings.model_fields]
    unknown = (
        name
        for name in sorted(environ)
        if name.upper().startswith(PREFIX) and name.upper() not in {*known, *NOT_SETTINGS}
    )
    return [(name, _closest(name.upper(), known)) for name in unknown]


def _problem(error: ErrorDetails) -> SettingProblem:
    field = str(error["loc"][0])
    if error["type"] == "missing":
        problem = "is missing; it is only chosen for you in development"
    else:
        problem = str(error.get("ctx", {}).get("error") or error["msg"])
    return SettingProblem(variable(field), problem, _remedy(field))


def _remedy(field: str) -> str:
    extra = Settings.model_fields[field].json_schema_extra
    return str((extra if isinstance(extra, dict) else {}).get("remedy", "See docs/settings.md"))


def _closest(name: str, known: list[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.75)), None)
