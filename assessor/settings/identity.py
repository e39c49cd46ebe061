"""Hosted checks of who a candidate is."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from assessor.settings.installation import Installation
from assessor.settings.values import web_address


class IdentityChecks(Installation):
    """Hosted checks of who a candidate is."""

    stripe_identity_key: SecretStr | None = Field(
        default=None,
        description="Secret key of Stripe with which government IDs are checked (docs/identity.md), best a "
        "restricted one that may only write Verification Sessions. Without it no hosted check can be "
        "ordered. A test-mode key vouches for nobody in live assessments.",
    )
    stripe_identity_key_file: Path | None = Field(
        json_schema_extra={"remedy": "Give the path of a file that this process may read"},
        default=None,
        description="File that holds `ASSESSOR_STRIPE_IDENTITY_KEY`, instead of the variable.",
    )
    stripe_webhook_secret: SecretStr | None = Field(
        json_schema_extra={"remedy": "Copy the endpoint's signing secret from Stripe's dashboard"},
        default=None,
        description="Signing secret (`whsec_...`) of the webhook endpoint by which Stripe reports, "
        "`/hooks/stripe-identity` below `ASSESSOR_PUBLIC_URL`. Needed with the key.",
    )
    stripe_webhook_secret_file: Path | None = Field(
        json_schema_extra={"remedy": "Give the path of a file that this process may read"},
        default=None,
        description="File that holds `ASSESSOR_STRIPE_WEBHOOK_SECRET`, instead of the variable.",
    )
    stripe_identity_face: bool = Field(
        default=False,
        description="Let Stripe also take a picture of the candidate's face and compare it with the "
        "document's. The level is then `substantial`, else `low`. Pictures of faces are biometric data: see "
        "to the law.",
    )
    stripe_url: str = Field(
        json_schema_extra={"remedy": "Unset it: the default is Stripe's own address"},
        default="https://api.stripe.com",
        description="Where Stripe's API is; another one for tests only.",
    )

    @field_validator("stripe_webhook_secret")
    @classmethod
    def _reports_can_be_believed(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("stripe_identity_key") is not None:
            raise ValueError("is missing, so that nobody could tell Stripe's reports from made-up ones")
        return value

    @field_validator("stripe_url")
    @classmethod
    def _stripe_is_reached_safely(cls, value: str, info: ValidationInfo) -> str:
        web_address(value, info, plain_http="show the key on the way")
        return value.rstrip("/")
