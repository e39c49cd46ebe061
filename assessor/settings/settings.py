"""All settings of an installation in one value."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import SecretStr, field_validator, model_validator

from assessor.settings.databases import Databases
from assessor.settings.identity import IdentityChecks
from assessor.settings.installation import DEFAULT_DATA_DIR, PREFIX, Installation
from assessor.settings.judging import Judging
from assessor.settings.keys import Keys
from assessor.settings.mail import Mail
from assessor.settings.models import Models
from assessor.settings.serving import DEFAULT_PORT, Serving
from assessor.settings.sign_in import SignIn
from assessor.settings.trying_out import TryingOut
from assessor.settings.values import secret_in
from assessor.settings.webhooks import Webhooks

GROUPS: tuple[type[Installation], ...] = (
    Installation,
    Databases,
    Serving,
    Keys,
    Models,
    Judging,
    Webhooks,
    IdentityChecks,
    Mail,
    SignIn,
    TryingOut,
)
"""In the order in which people read about them."""

IN_FILES: Final = (
    "database_url",
    "database_replica_url",
    "master_key",
    "model_api_key",
    "stripe_identity_key",
    "stripe_webhook_secret",
    "openid_client_secret",
)
"""Secrets that may stand in a file which another variable names, as stores of secrets hand them out."""


class Settings(TryingOut, SignIn, Mail, IdentityChecks, Webhooks, Judging, Models, Keys, Serving, Databases):
    """What an installation decides. Build it with `load_settings`.

    The bases stand in the reverse order of `GROUPS`: pydantic takes the fields of the last base first, and
    a validator sees the fields before its own.
    """

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, given: dict[str, object]) -> dict[str, object]:
        """Fill what follows from other variables; keys and addresses only where guessing is safe."""
        given = _from_files(given) | given
        data_dir = Path(str(given.get("data_dir", DEFAULT_DATA_DIR))).absolute()
        derived: dict[str, object] = {
            "database_url": _embedded_database(data_dir),
            "jobs_database_url": _jobs_database(str(given.get("database_url", "")), data_dir),
            "executor_id": f"local-{socket.gethostname()}",
            "judge_model": given.get("model"),
            "gold_dir": data_dir / "gold",
            "erasure_ledger": data_dir / "destroyed-keys.jsonl",
            "smtp_port": 465 if given.get("smtp_security") == "tls" else 587,
        }
        if given.get("environment") != "production":
            derived["public_url"] = f"http://127.0.0.1:{given.get('port', DEFAULT_PORT)}"
            derived["signing_key_file"] = data_dir / "signing.jwk"
        return derived | given

    @field_validator(*(f"{name}_file" for name in IN_FILES))
    @classmethod
    def _file_holds_a_secret(cls, value: Path | None) -> Path | None:
        if value is not None and not secret_in(value):
            raise ValueError("cannot be read, or is empty")
        return value

    @property
    def has_embedded_database(self) -> bool:
        """Whether the database is the file in the data folder that is made where none is named."""
        return self.database_url == self.embedded_database_url

    @property
    def embedded_database_url(self) -> str:
        """The address of the file in the data folder that is made where no database is named."""
        return _embedded_database(self.data_dir)

    def child_environment(self) -> dict[str, str]:
        """Return the environment for a process of ours that shall have these settings; carries secrets."""
        others = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
        values = {variable(name): getattr(self, name) for name in type(self).model_fields}
        return others | {name: _in_a_variable(value) for name, value in values.items() if value is not None}


def variable(field: str) -> str:
    """Return the name of the environment variable that gives a field."""
    return PREFIX + field.upper()


def _embedded_database(data_dir: Path) -> str:
    return f"sqlite:///{data_dir.absolute() / 'assessor.db'}"


def _jobs_database(database_url: str, data_dir: Path) -> str:
    """The same server on PostgreSQL; on SQLite a file of its own, since a file has one writer at a time."""
    return database_url if database_url.startswith("postgresql") else f"sqlite:///{data_dir / 'jobs.db'}"


def _from_files(given: Mapping[str, object]) -> dict[str, object]:
    """Return the secrets that stand in files. One that cannot be read is told by its own variable."""
    files = {name: given.get(f"{name}_file") for name in IN_FILES}
    return {name: secret for name, file in files.items() if file and (secret := secret_in(Path(str(file))))}


def _in_a_variable(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, list | tuple):
        return ",".join(map(_in_a_variable, value))
    if isinstance(value, dict):
        return ",".join(f"{name}={one}" for name, one in value.items())
    return str(value)
