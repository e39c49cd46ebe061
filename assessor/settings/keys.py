"""What encrypts and what signs."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from assessor.adapters.master_keys import PlainKeys, check_text
from assessor.domain.errors import SettingProblem, SettingsInvalid
from assessor.settings.installation import Installation
from assessor.settings.values import is_production, listed

MAKE_A_KEY: Final = (
    'python3 -c "import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())"'
)


class Keys(Installation):
    """What encrypts and what signs."""

    master_key: SecretStr | None = Field(
        default=None,
        json_schema_extra={
            "remedy": f"Make one with {MAKE_A_KEY} and keep it in your secret store",
            "shown": "made in the data folder (`master.key`); required in production",
        },
        description="Base64 of 32 bytes, or `aws-kms:ARN:WRAPPED` for one that AWS KMS opens; wraps the "
        "candidates' data keys. Losing it makes every transcript unreadable. `assessor master-key make` "
        "makes either ([keys.md](keys.md)).",
    )
    master_key_file: Path | None = Field(
        json_schema_extra={"remedy": "Give the path of a file that this process may read"},
        default=None,
        description="File that holds `ASSESSOR_MASTER_KEY`, instead of the variable.",
    )
    other_master_keys: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(listed)] = Field(
        default=(),
        json_schema_extra={
            "remedy": "Give master keys with commas between them, in the form of ASSESSOR_MASTER_KEY",
            "shown": "none",
        },
        description="Master keys that open what they wrapped and wrap nothing new, with commas between them: "
        "for replacing the master key ([keys.md](keys.md)).",
    )
    signing_key_file: Path = Field(
        json_schema_extra={
            "remedy": "Make one with `assessor signing-key make FILE` and give its path",
            "shown": "`signing.jwk` in the data folder; required in production",
        },
        description="File with the private Ed25519 key (JWK) that signs verdicts, or a JWK set: the first "
        "key signs, the others did and are still served (`assessor signing-key rotate`).",
    )

    @field_validator("master_key")
    @classmethod
    def _master_key_is_given_and_long_enough(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        if value is None and is_production(info):
            raise ValueError("is missing; it is only made for you in development")
        if value is not None:
            check_text(value.get_secret_value())
        return value

    @field_validator("other_master_keys")
    @classmethod
    def _other_master_keys_can_be_opened(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for one in value:
            check_text(one.get_secret_value())
        return value

    def master_key_text(self) -> str:
        """What stands for the master key; in development made on first use and kept in the data folder.

        Raises `SettingsInvalid` when the kept file is damaged.
        """
        if self.master_key is not None:
            return self.master_key.get_secret_value()
        kept = self.data_dir / "master.key"
        try:
            text = _read_or_make_key(kept)
            check_text(text)
        except ValueError as damaged:
            remedy = f"Restore {kept} from a backup, or remove it and the databases beside it"
            raise SettingsInvalid([SettingProblem("ASSESSOR_MASTER_KEY", str(damaged), remedy)]) from None
        return text


def _read_or_make_key(kept: Path) -> str:
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        # Written aside with mode 0600, then linked: who comes second never finds half a key.
        descriptor, aside = tempfile.mkstemp(dir=kept.parent)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(PlainKeys().make())
        with contextlib.suppress(FileExistsError):
            os.link(aside, kept)
        Path(aside).unlink()
    return kept.read_text("ascii")
