"""How people who review sign in."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from assessor.domain.roles import Role
from assessor.settings.installation import Installation
from assessor.settings.values import paired, web_address


class SignIn(Installation):
    """How people who review sign in."""

    openid_issuer: str | None = Field(
        json_schema_extra={
            "remedy": "Set it to the https address that the provider's discovery document has as `issuer`"
        },
        default=None,
        description="Address of the OpenID provider that people who review sign in with "
        "([roles.md](roles.md)), as its discovery document names it. Without one they have passwords.",
    )
    openid_client_id: str | None = Field(
        json_schema_extra={
            "remedy": "Register this service at the provider, and give the name that it got there"
        },
        default=None,
        description="Name of this service at the provider.",
    )
    openid_client_secret: SecretStr | None = Field(
        default=None,
        description="Its secret there; a client without one is protected by PKCE alone.",
    )
    openid_client_secret_file: Path | None = Field(
        json_schema_extra={"remedy": "Give the path of a file that this process may read"},
        default=None,
        description="File that holds `ASSESSOR_OPENID_CLIENT_SECRET`, instead of the variable.",
    )
    openid_tenant: str | None = Field(
        json_schema_extra={"remedy": "Set it to the id of the platform whose people sign in"},
        default=None,
        description="Id of the platform whose people the provider signs in.",
    )
    openid_admits: Literal["invited", "anybody"] = Field(
        default="invited",
        description="Whom an account is made for at the first sign-in: nobody (`invited`: an administrator "
        "has invited them by the address that the provider has verified), or `anybody` whom it vouches for.",
    )
    openid_roles_claim: str | None = Field(
        default=None,
        description="Claim of the ID token that roles follow from at every sign-in, e.g. `groups`. Without "
        "one administrators give them.",
    )
    openid_roles: Annotated[dict[str, Role], NoDecode, BeforeValidator(paired)] = Field(
        default_factory=dict,
        json_schema_extra={
            "remedy": "Set both, e.g. groups and assessor-reviewers=reviewer, or neither",
            "shown": "none",
        },
        description="Which value of that claim stands for which role, e.g. "
        "`assessor-reviewers=reviewer,assessor-admins=admin`.",
    )

    @field_validator("openid_issuer")
    @classmethod
    def _provider_is_reached_safely(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        if web_address(value, info, plain_http="let anybody on the way sign in").query:
            raise ValueError("is not an http or https address")
        return value

    @field_validator("openid_client_id", "openid_tenant")
    @classmethod
    def _provider_is_complete(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("openid_issuer"):
            raise ValueError("is missing, and ASSESSOR_OPENID_ISSUER is set")
        return value

    @field_validator("openid_roles")
    @classmethod
    def _roles_follow_from_a_claim(cls, value: dict[str, Role], info: ValidationInfo) -> dict[str, Role]:
        if bool(value) != bool(info.data.get("openid_roles_claim")):
            raise ValueError("and ASSESSOR_OPENID_ROLES_CLAIM go together: one of them is missing")
        return value
