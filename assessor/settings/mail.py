"""Mail to candidates."""

import re
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from assessor.settings.installation import Installation
from assessor.settings.values import is_production

_ADDRESS: Final = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class Mail(Installation):
    """Mail to candidates."""

    smtp_host: str | None = Field(
        default=None,
        description="Mail server that mail to candidates is handed to ([mail.md](mail.md)). Without one no "
        "mail is sent; in development each is written to `mail` in the data folder.",
    )
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        json_schema_extra={"remedy": "Set it to starttls or tls"},
        default="starttls",
        description="How the way to it is kept secret: `starttls`, `tls` from the first byte, or `none`, "
        "which is refused in production.",
    )
    smtp_port: int = Field(
        ge=1,
        le=65535,
        json_schema_extra={"shown": "`587`, with `tls` `465`"},
        description="Port of the mail server.",
    )
    smtp_user: str | None = Field(default=None, description="Account at the mail server.")
    smtp_password: SecretStr | None = Field(default=None, description="Its password.")
    smtp_password_file: Path | None = Field(
        json_schema_extra={"remedy": "Set ASSESSOR_SMTP_USER with one of the two, or none of the three"},
        default=None,
        description="File that holds the password, instead of the variable.",
    )
    mail_from: str | None = Field(
        json_schema_extra={
            "remedy": "Set it to an address that the server may send for, e.g. no-reply@assess.example.org"
        },
        default=None,
        description="Address that mail comes from; the platform's name is put before it. Required with a "
        "mail server.",
    )

    @field_validator("smtp_security")
    @classmethod
    def _mail_goes_by_a_secret_way(cls, value: str, info: ValidationInfo) -> str:
        if value == "none" and info.data.get("smtp_host") and is_production(info):
            raise ValueError("is none, which would show links and addresses of candidates on the way")
        return value

    @field_validator("smtp_password_file")
    @classmethod
    def _one_password(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        password = info.data.get("smtp_password")
        if value and password:
            raise ValueError("is set beside ASSESSOR_SMTP_PASSWORD")
        if bool(info.data.get("smtp_user")) != bool(value or password):
            raise ValueError("and ASSESSOR_SMTP_USER go together: one of them is missing")
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_comes_from_somewhere(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("smtp_host"):
            raise ValueError("is missing, and ASSESSOR_SMTP_HOST is set")
        if value is not None and not _ADDRESS.fullmatch(value):
            raise ValueError("is no e-mail address")
        return value
