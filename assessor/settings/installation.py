"""What everything else depends on."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX: Final = "ASSESSOR_"
DEFAULT_DATA_DIR: Final = Path("var")

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Installation(BaseSettings):
    """What everything else depends on."""

    model_config = SettingsConfigDict(
        defer_build=True,  # only the whole of the groups is ever built
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",  # a .env file may hold other programs' variables
        frozen=True,
        hide_input_in_errors=True,  # the input may be a secret
        validate_default=True,  # so that what is missing is reported together with what is wrong
    )

    environment: Literal["development", "production"] = Field(
        json_schema_extra={"remedy": "Set it to development or production"},
        default="development",
        description="`development` makes its own keys and allows plain http; `production` refuses both.",
    )
    data_dir: Path = Field(
        default=DEFAULT_DATA_DIR,
        description="Folder of the embedded databases and of keys made in development.",
    )
    log_level: Annotated[LogLevel, BeforeValidator(str.upper)] = Field(
        json_schema_extra={"remedy": "Set it to DEBUG, INFO, WARNING or ERROR"},
        default="INFO",
        description="`DEBUG`, `INFO`, `WARNING` or `ERROR`.",
    )
