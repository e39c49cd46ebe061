"""For demonstrations and tests only."""

from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator

from assessor.crash_points import CrashPoint
from assessor.settings.installation import Installation
from assessor.settings.values import is_production


class TryingOut(Installation):
    """For demonstrations and tests only."""

    demonstration: bool = Field(
        json_schema_extra={"remedy": "Unset it, or set ASSESSOR_ENVIRONMENT=development"},
        default=False,
        description="Demonstration mode: sign-in without passwords, verdicts marked `livemode: false`. "
        "Refused in production.",
    )
    crash_at: str | None = Field(
        json_schema_extra={"remedy": "Unset it"},
        default=None,
        pattern=r"^[a-z-]+:[1-9][0-9]*$",
        description="For tests of durability only: `POINT:N` ends the process when it reaches that place for "
        "the N-th time, as a power cut would. Refused in production.",
    )
    crash_token: Path | None = Field(
        default=None,
        description="With `ASSESSOR_CRASH_AT`: only while this file exists. The process that ends removes "
        "it, so that one of several does.",
    )

    @field_validator("demonstration")
    @classmethod
    def _demonstration_stays_in_development(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic passes the value by position
        if value and is_production(info):
            raise ValueError("is on, which lets anyone in without a password")
        return value

    @field_validator("crash_at")
    @classmethod
    def _crashing_stays_in_development(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and is_production(info):
            raise ValueError("is set, which ends the process in the middle of its work")
        if value and value.partition(":")[0] not in list(CrashPoint):
            raise ValueError(f"names no crash point; there are {', '.join(CrashPoint)}")
        return value
