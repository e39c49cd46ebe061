"""Telling platforms."""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from assessor.domain.webhook import RETRY_SECONDS
from assessor.settings.installation import Installation
from assessor.settings.values import is_production, listed

DAY_SECONDS: Final = 86_400


class Webhooks(Installation):
    """Telling platforms."""

    webhook_allow_loopback: bool = Field(
        json_schema_extra={"remedy": "Unset it, or set ASSESSOR_ENVIRONMENT=development"},
        default=False,
        description="Let webhooks go to this machine, over plain http too, for trying them out. "
        "Refused in production.",
    )
    webhook_retry_seconds: Annotated[tuple[float, ...], NoDecode, BeforeValidator(listed)] = Field(
        default=RETRY_SECONDS,
        json_schema_extra={
            "remedy": "Give numbers with commas between them, e.g. 5,300,1800",
            "shown": "ten attempts within three days",
        },
        description="Pauses between the attempts to deliver a webhook, in seconds, with commas between them.",
    )

    @field_validator("webhook_allow_loopback")
    @classmethod
    def _loopback_stays_in_development(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic passes the value by position
        if value and is_production(info):
            raise ValueError("is on, which lets platforms send requests into this machine")
        return value

    @field_validator("webhook_retry_seconds")
    @classmethod
    def _pauses_are_some(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not value or not all(0 < pause <= DAY_SECONDS for pause in value):
            raise ValueError("is not a list of pauses of more than 0 and at most 86400 seconds")
        return value
