"""What encrypts and what signs."""

import base64
import binascii
import contextlib
import os
import tempfile
from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from assessor.domain.errors import SettingProblem, SettingsInvalid
from assessor.settings.installation import Installation
from assessor.settings.values import is_production

MASTER_KEY_BYTES: Final = 32
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
        description="Base64 of 32 bytes; wraps the candidates' data keys, and other secrets derive from it. "
        "Losing it makes every transcript unreadable.",
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
            _decode_master_key(value.get_secret_value())
        return value

    def master_key_bytes(self) -> bytes:
        """The 32 bytes of the master key; in development made on first use and kept in the data folder.

        Raises `SettingsInvalid` when the kept file is damaged.
        """
        if self.master_key is not None:
            return _decode_master_key(self.master_key.get_secret_value())
        kept = self.data_dir / "master.key"
        try:
            return _decode_master_key(_read_or_make_key(kept))
        except ValueError as damaged:
            remedy = f"Restore {kept} from a backup, or remove it and the databases beside it"
            raise SettingsInvalid([SettingProblem("ASSESSOR_MASTER_KEY", str(damaged), remedy)]) from None

    def derived_key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, e.g. `sessions`, by HKDF-SHA256 (RFC 5869) from the master key."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        info = f"assessor/{purpose}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self.master_key_bytes())


def _decode_master_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise ValueError("is not base64") from None
    if len(key) != MASTER_KEY_BYTES:
        raise ValueError(f"has {len(key)} bytes instead of {MASTER_KEY_BYTES}")
    return key


def _read_or_make_key(kept: Path) -> str:
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        # Written aside with mode 0600, then linked: who comes second never finds half a key.
        descriptor, aside = tempfile.mkstemp(dir=kept.parent)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(base64.b64encode(os.urandom(MASTER_KEY_BYTES)).decode("ascii"))
        with contextlib.suppress(FileExistsError):
            os.link(aside, kept)
        Path(aside).unlink()
    return kept.read_text("ascii")
