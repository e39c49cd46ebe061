"""The models that word questions and judge answers."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from assessor.domain.providers import rules_of
from assessor.settings.installation import Installation
from assessor.settings.values import is_production, listed, paired

LOCAL: Final = "local:"

_OWN_SERVER: Final = (
    "Serve the file with a server of your own and name it openai/NAME with ASSESSOR_MODEL_BASE_URL"
)


class Models(Installation):
    """The models that word questions and judge answers."""

    model: str | None = Field(
        json_schema_extra={"remedy": _OWN_SERVER},
        default=None,
        description="Model of the interviewer, by its litellm name, e.g. `anthropic/...`, `openai/...`, "
        "`ollama_chat/llama3.2`, or `local:PATH.gguf` for trying out. Without one the interview asks its "
        "authored questions and probes.",
    )
    model_base_url: str | None = Field(
        default=None,
        repr=False,
        description="Address of an OpenAI-compatible server or of Ollama. This and the key go to models of "
        "the same provider as `ASSESSOR_MODEL` only.",
    )
    model_api_key: SecretStr | None = Field(
        default=None, description="Key for the model; without it the provider's own variable is used."
    )
    model_api_key_file: Path | None = Field(
        json_schema_extra={"remedy": "Give the path of a file that this process may read"},
        default=None,
        description="File that holds `ASSESSOR_MODEL_API_KEY`, instead of the variable.",
    )
    model_timeout_seconds: float = Field(
        default=20, gt=0, description="Seconds after which one call to a model counts as failed."
    )
    fallback_models: Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)] = Field(
        default=(),
        json_schema_extra={"remedy": _OWN_SERVER, "shown": "none"},
        description="Models that word the interviewer's questions when `ASSESSOR_MODEL` fails, in this "
        "order, with commas between them. A judge is never replaced: another model is another rater.",
    )
    model_providers: Annotated[dict[str, str], NoDecode, BeforeValidator(paired)] = Field(
        default_factory=dict,
        json_schema_extra={
            "remedy": "Give pairs as region:eu=mistral+azure,tenant:acme=openai,track:nursing=none",
            "shown": "all providers, everywhere",
        },
        description="Which providers may read words from where: `tenant:`, `track:`, `region:` or "
        "`jurisdiction:` with a name, then the providers, or whole models, with `+` between them, or `none`. "
        "Any other is never called there, and the service goes on as when no model can be reached "
        "([models.md](models.md#which-provider-may-read-what)).",
    )
    model_concurrency: int = Field(
        default=16, ge=1, description="Calls to models that this process makes at once; turns go first."
    )
    model_tokens_per_minute: int | None = Field(
        default=None, ge=1, description="Tokens a minute that this process may use, over all models."
    )
    provider_concurrency: int | None = Field(
        default=None,
        ge=1,
        description="Calls at once to one provider (the word before the first `/` of a model's name), over "
        "all processes of a database. This and the two limits that follow are the same for all of them.",
    )
    provider_requests_per_minute: int | None = Field(
        default=None, ge=1, description="Calls a minute to one provider, over all processes of a database."
    )
    provider_tokens_per_minute: int | None = Field(
        default=None, ge=1, description="Tokens a minute of one provider, over all processes of a database."
    )
    judge_model: str | None = Field(
        default=None,
        json_schema_extra={"remedy": _OWN_SERVER, "shown": "the interviewer's model"},
        description="Model that judges answers, where a tenant's policy lets a model judge.",
    )
    judge_second_model: str | None = Field(
        json_schema_extra={"remedy": _OWN_SERVER},
        default=None,
        description="Model that is asked where several readings of the judge differ, best of another family. "
        "Without one a person decides.",
    )

    @field_validator("model_providers")
    @classmethod
    def _providers_are_named_for_what_there_is(cls, value: dict[str, str]) -> dict[str, str]:
        rules_of(value)
        return value

    @field_validator("model", "judge_model", "judge_second_model", "fallback_models")
    @classmethod
    def _files_are_for_trying_out(cls, value: object, info: ValidationInfo) -> object:
        if info.field_name == "judge_model" and "model" not in info.data:
            return value  # it follows the model, which has been refused already
        names = [value] if isinstance(value, str) else value or ()
        if isinstance(names, list | tuple) and any(name.startswith(LOCAL) for name in names):
            if is_production(info):
                raise ValueError("names a model file, which is for trying out and not for deciding")
            if any(not name.removeprefix(LOCAL).strip() for name in names):
                raise ValueError("names no file after local:")
        return value
