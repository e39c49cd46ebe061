"""Every environment variable, in one place; no other module of the package reads the environment.

`load_settings` reads them once, refuses what is unsafe outside development, and reports every problem
at once. `Settings.table()` is what docs/settings.md is made of.
"""

import base64
import binascii
import contextlib
import difflib
import os
import re
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assessor.crash_points import CrashPoint
from assessor.domain.errors import SettingProblem, SettingsInvalid
from assessor.domain.roles import Role
from assessor.domain.webhook import RETRY_SECONDS

PREFIX = "ASSESSOR_"
ENV_FILE = Path(".env")
DEFAULT_DATA_DIR = Path("var")
DEFAULT_PORT = 8000
MASTER_KEY_BYTES = 32
LOCAL = "local:"
DAY_SECONDS = 86_400

# Read by the tests and the Makefile, not by the service.
NOT_SETTINGS = frozenset({"ASSESSOR_CHROMIUM"})

MAKE_A_KEY = 'python3 -c "import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())"'

_ADDRESS = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


def _listed(given: object) -> object:
    """Split what stands in a variable; pydantic reads the parts."""
    return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given


def _paired(given: object) -> object:
    """Split `name=value` pairs; pydantic reads the values."""
    if not isinstance(given, str):
        return given
    pairs = [part.partition("=") for part in given.split(",") if part.strip()]
    return {name.strip(): value.strip() for name, _, value in pairs}


class SettingRow(NamedTuple):
    """One variable as people read about it."""

    name: str
    default: str
    description: str


class Settings(BaseSettings):
    """What an installation decides. Build it with `load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",  # a .env file may hold other programs' variables
        frozen=True,
        hide_input_in_errors=True,  # the input may be a secret
        validate_default=True,  # so that what is missing is reported together with what is wrong
    )

    environment: Literal["development", "production"] = Field(
        default="development",
        description="`development` makes its own keys and allows plain http; `production` refuses both.",
    )
    data_dir: Path = Field(
        default=DEFAULT_DATA_DIR,
        description="Folder of the embedded databases and of keys made in development.",
    )
    database_url: str = Field(
        repr=False,  # may carry a password
        json_schema_extra={"shown": "SQLite file `assessor.db` in the data folder"},
        description="Main database: `sqlite:///PATH` or `postgresql://...`.",
    )
    jobs_database_url: str = Field(
        repr=False,
        json_schema_extra={"shown": "the main database on PostgreSQL, else `jobs.db` in the data folder"},
        description="Database of the job engine, which holds ids and no text. On PostgreSQL its tables lie "
        "in a schema of their own, `dbos`.",
    )
    host: str = Field(default="127.0.0.1", description="Address that `assessor serve` listens on.")
    port: int = Field(
        default=DEFAULT_PORT, ge=1, le=65535, description="Port that `assessor serve` listens on."
    )
    public_url: str = Field(
        json_schema_extra={"shown": "`http://127.0.0.1:PORT`; required in production, with https"},
        description="Address under which candidates and platforms reach the service; invite links use it.",
    )
    model: str | None = Field(
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
    model_timeout_seconds: float = Field(
        default=20, gt=0, description="Seconds after which one call to a model counts as failed."
    )
    fallback_models: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=(),
        json_schema_extra={"shown": "none"},
        description="Models that word the interviewer's questions when `ASSESSOR_MODEL` fails, in this "
        "order, with commas between them. A judge is never replaced: another model is another rater.",
    )
    model_concurrency: int = Field(
        default=16, ge=1, description="Calls to models that this process makes at once; turns go first."
    )
    model_tokens_per_minute: int | None = Field(
        default=None, ge=1, description="Tokens a minute that this process may use, over all models."
    )
    judge_model: str | None = Field(
        default=None,
        json_schema_extra={"shown": "the interviewer's model"},
        description="Model that judges answers, where a tenant's policy lets a model judge.",
    )
    code_isolation: Literal["full", "namespaces", "off"] = Field(
        default="full",
        description="What has to keep code of candidates apart before it is run against an item's tests: "
        "`full` (namespaces and Landlock), `namespaces` (and Landlock where the kernel has it), or `off`: "
        "never run it. Where it is not run, a person checks it.",
    )
    judge_second_model: str | None = Field(
        default=None,
        description="Model that is asked where several readings of the judge differ, best of another family. "
        "Without one a person decides.",
    )
    judge_token_probabilities: bool = Field(
        default=False,
        description="Ask the judge's provider how likely each verdict's token was, and trust it more than "
        "the probability that the model states. Some providers refuse such requests.",
    )
    judge_calls: int = Field(
        default=150,
        ge=0,
        description="Calls to judges that one assessment may cost; what is open then waits for a person.",
    )
    judge_tokens: int | None = Field(
        default=None, ge=1, description="Tokens that judges may use for one assessment, likewise."
    )
    judge_money: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="US dollars that judges may cost for one assessment, likewise, by litellm's price map. "
        "A model without a price there (a server of your own, for instance) costs nothing known: then only "
        "the limits on calls and tokens hold.",
    )
    blind_rescore_share: float = Field(
        default=0.04,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Share of the decisions by rule that a person scores a second time, without seeing any "
        "score. Keep it at 0.03 to 0.05: without it nobody notices a judge that goes astray (docs/pilot.md).",
    )
    gold_dir: Path = Field(
        json_schema_extra={"shown": "`gold` in the data folder"},
        description="Folder of gold responses for the daily replay: one file of labels for each track, named "
        "after it (`python.csv`, `nursing.jsonl`).",
    )
    gold_hour: int = Field(
        default=3,
        ge=0,
        le=23,
        description="Hour of the day (UTC) from which on one worker replays gold responses, where a judge "
        "and gold responses exist.",
    )
    gold_responses: int = Field(
        default=40,
        ge=0,
        description="Gold responses of each track that are replayed a day, the next day those after them; "
        "with 0 none ever are.",
    )
    master_key: SecretStr | None = Field(
        default=None,
        json_schema_extra={"shown": "made in the data folder (`master.key`); required in production"},
        description="Base64 of 32 bytes; wraps the candidates' data keys, and other secrets derive from it. "
        "Losing it makes every transcript unreadable.",
    )
    signing_key_file: Path = Field(
        json_schema_extra={"shown": "`signing.jwk` in the data folder; required in production"},
        description="File with the private Ed25519 key (JWK) that signs verdicts, or a JWK set: the first "
        "key signs, the others did and are still served (`assessor signing-key rotate`).",
    )
    executor_id: str = Field(
        json_schema_extra={"shown": "`local-` and the name of the machine"},
        min_length=1,
        description="Stable name of this worker: after a restart it takes up the work it had begun. "
        "Every process that works needs its own.",
    )
    adopt_after_seconds: float = Field(
        default=15,
        ge=1,
        description="Seconds without a sign of life after which other workers take a worker for dead and "
        "take over its work. The same for all workers of a database.",
    )
    erasure_ledger: Path = Field(
        json_schema_extra={"shown": "`destroyed-keys.jsonl` in the data folder"},
        description="File that notes whose data keys were destroyed; it is read at every start, so that an "
        "older backup of the database brings no erased words back. Keep it where the database's backups are "
        "not, one file for all processes of a database (docs/privacy.md).",
    )
    log_level: Annotated[LogLevel, BeforeValidator(str.upper)] = Field(
        default="INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`."
    )
    invite_days: int = Field(default=14, ge=1, description="Days for which an invite link can be opened.")
    api_requests_per_minute: int = Field(
        default=3000,
        ge=1,
        description="Requests a minute that one API key may send for long. Counted by each web process for "
        "itself.",
    )
    api_burst: int = Field(default=500, ge=1, description="Requests that one API key may send at once.")
    api_wrong_keys_per_minute: int = Field(
        default=60,
        ge=1,
        description="Wrong API keys that one address may send in a minute; beyond that, keys that the "
        "process has not let in before are refused unread. Counted by each web process for itself.",
    )
    demonstration: bool = Field(
        default=False,
        description="Demonstration mode: sign-in without passwords, verdicts marked `livemode: false`. "
        "Refused in production.",
    )
    crash_at: str | None = Field(
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
    webhook_allow_loopback: bool = Field(
        default=False,
        description="Let webhooks go to this machine, over plain http too, for trying them out. "
        "Refused in production.",
    )
    webhook_retry_seconds: Annotated[tuple[float, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=RETRY_SECONDS,
        json_schema_extra={"shown": "ten attempts within three days"},
        description="Pauses between the attempts to deliver a webhook, in seconds, with commas between them.",
    )
    stripe_identity_key: SecretStr | None = Field(
        default=None,
        description="Secret key of Stripe with which government IDs are checked (docs/identity.md), best a "
        "restricted one that may only write Verification Sessions. Without it no hosted check can be "
        "ordered. A test-mode key vouches for nobody in live assessments.",
    )
    stripe_identity_key_file: Path | None = Field(
        default=None, description="File that holds `ASSESSOR_STRIPE_IDENTITY_KEY`, instead of the variable."
    )
    stripe_webhook_secret: SecretStr | None = Field(
        default=None,
        description="Signing secret (`whsec_...`) of the webhook endpoint by which Stripe reports, "
        "`/hooks/stripe-identity` below `ASSESSOR_PUBLIC_URL`. Needed with the key.",
    )
    stripe_webhook_secret_file: Path | None = Field(
        default=None, description="File that holds `ASSESSOR_STRIPE_WEBHOOK_SECRET`, instead of the variable."
    )
    stripe_identity_face: bool = Field(
        default=False,
        description="Let Stripe also take a picture of the candidate's face and compare it with the "
        "document's. The level is then `substantial`, else `low`. Pictures of faces are biometric data: see "
        "to the law.",
    )
    stripe_url: str = Field(
        default="https://api.stripe.com", description="Where Stripe's API is; another one for tests only."
    )
    smtp_host: str | None = Field(
        default=None,
        description="Mail server that mail to candidates is handed to ([mail.md](mail.md)). Without one no "
        "mail is sent; in development each is written to `mail` in the data folder.",
    )
    smtp_security: Literal["starttls", "tls", "none"] = Field(
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
        default=None, description="File that holds the password, instead of the variable."
    )
    mail_from: str | None = Field(
        default=None,
        description="Address that mail comes from; the platform's name is put before it. Required with a "
        "mail server.",
    )
    openid_issuer: str | None = Field(
        default=None,
        description="Address of the OpenID provider that people who review sign in with "
        "([roles.md](roles.md)), as its discovery document names it. Without one they have passwords.",
    )
    openid_client_id: str | None = Field(default=None, description="Name of this service at the provider.")
    openid_client_secret: SecretStr | None = Field(
        default=None,
        description="Its secret there; a client without one is protected by PKCE alone.",
    )
    openid_client_secret_file: Path | None = Field(
        default=None, description="File that holds `ASSESSOR_OPENID_CLIENT_SECRET`, instead of the variable."
    )
    openid_tenant: str | None = Field(
        default=None, description="Id of the platform whose people the provider signs in."
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
    openid_roles: Annotated[dict[str, Role], NoDecode, BeforeValidator(_paired)] = Field(
        default_factory=dict,
        json_schema_extra={"shown": "none"},
        description="Which value of that claim stands for which role, e.g. "
        "`assessor-reviewers=reviewer,assessor-admins=admin`.",
    )
    max_message_chars: int = Field(
        default=8000, ge=1, description="Longest message or answer of a candidate, in characters."
    )
    max_body_bytes: int = Field(
        default=1_000_000, ge=1024, description="Largest request body that is read, in bytes."
    )

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, given: dict[str, object]) -> dict[str, object]:
        """Fill what follows from other variables; keys and addresses only where guessing is safe."""
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
        derived |= _from_files(
            given, ("stripe_identity_key", "stripe_webhook_secret", "openid_client_secret")
        )
        if given.get("environment") != "production":
            derived["public_url"] = f"http://127.0.0.1:{given.get('port', DEFAULT_PORT)}"
            derived["signing_key_file"] = data_dir / "signing.jwk"
        return derived | given

    @field_validator("public_url")
    @classmethod
    def _public_url_is_an_origin(cls, value: str, info: ValidationInfo) -> str:
        address = urlsplit(value)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ValueError("is not an http or https address")
        if address.query or address.fragment or address.path not in {"", "/"}:
            raise ValueError("has a path or a query; only scheme, host and port belong here")
        if address.scheme == "http" and _is_production(info):
            raise ValueError("is plain http, which would show candidates' answers and sessions on the way")
        return value.rstrip("/")

    @field_validator("model", "judge_model", "judge_second_model", "fallback_models")
    @classmethod
    def _files_are_for_trying_out(cls, value: object, info: ValidationInfo) -> object:
        if info.field_name == "judge_model" and "model" not in info.data:
            return value  # it follows the model, which has been refused already
        names = [value] if isinstance(value, str) else value or ()
        if isinstance(names, list | tuple) and any(name.startswith(LOCAL) for name in names):
            if _is_production(info):
                raise ValueError("names a model file, which is for trying out and not for deciding")
            if any(not name.removeprefix(LOCAL).strip() for name in names):
                raise ValueError("names no file after local:")
        return value

    @field_validator("master_key")
    @classmethod
    def _master_key_is_given_and_long_enough(
        cls, value: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        if value is None and _is_production(info):
            raise ValueError("is missing; it is only made for you in development")
        if value is not None:
            _decode_master_key(value.get_secret_value())
        return value

    @field_validator("demonstration")
    @classmethod
    def _demonstration_stays_in_development(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic passes the value by position
        if value and _is_production(info):
            raise ValueError("is on, which lets anyone in without a password")
        return value

    @field_validator("webhook_allow_loopback")
    @classmethod
    def _loopback_stays_in_development(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic passes the value by position
        if value and _is_production(info):
            raise ValueError("is on, which lets platforms send requests into this machine")
        return value

    @field_validator("stripe_identity_key_file", "stripe_webhook_secret_file", "openid_client_secret_file")
    @classmethod
    def _file_holds_a_secret(cls, value: Path | None) -> Path | None:
        if value is not None and not _secret_in(value):
            raise ValueError("cannot be read, or is empty")
        return value

    @field_validator("stripe_webhook_secret")
    @classmethod
    def _reports_can_be_believed(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("stripe_identity_key") is not None:
            raise ValueError("is missing, so that nobody could tell Stripe's reports from made-up ones")
        return value

    @field_validator("stripe_url")
    @classmethod
    def _stripe_is_reached_safely(cls, value: str, info: ValidationInfo) -> str:
        address = urlsplit(value)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ValueError("is not an http or https address")
        if address.scheme == "http" and _is_production(info):
            raise ValueError("is plain http, which would show the key on the way")
        return value.rstrip("/")

    @field_validator("openid_issuer")
    @classmethod
    def _provider_is_reached_safely(cls, value: str | None, info: ValidationInfo) -> str | None:
        address = urlsplit(value or "https://none")
        if address.scheme not in {"http", "https"} or not address.hostname or address.query:
            raise ValueError("is not an http or https address")
        if address.scheme == "http" and _is_production(info):
            raise ValueError("is plain http, which would let anybody on the way sign in")
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

    @field_validator("webhook_retry_seconds")
    @classmethod
    def _pauses_are_some(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not value or not all(0 < pause <= DAY_SECONDS for pause in value):
            raise ValueError("is not a list of pauses of more than 0 and at most 86400 seconds")
        return value

    @field_validator("smtp_security")
    @classmethod
    def _mail_goes_by_a_secret_way(cls, value: str, info: ValidationInfo) -> str:
        if value == "none" and info.data.get("smtp_host") and _is_production(info):
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

    @field_validator("crash_at")
    @classmethod
    def _crashing_stays_in_development(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and _is_production(info):
            raise ValueError("is set, which ends the process in the middle of its work")
        if value and value.partition(":")[0] not in list(CrashPoint):
            raise ValueError(f"names no crash point; there are {', '.join(CrashPoint)}")
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

    @property
    def has_embedded_database(self) -> bool:
        """Whether the database is the file in the data folder that is made where none is named."""
        return self.database_url == _embedded_database(self.data_dir)

    def child_environment(self) -> dict[str, str]:
        """Return the environment for a process of ours that shall have these settings; carries secrets."""
        others = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
        values = {_variable(name): getattr(self, name) for name in type(self).model_fields}
        return others | {name: _in_a_variable(value) for name, value in values.items() if value is not None}

    @classmethod
    def table(cls) -> list[SettingRow]:
        """Every variable with its default as people read it, in the order of the class."""
        rows = []
        for name, field in cls.model_fields.items():
            extra = field.json_schema_extra
            shown = extra.get("shown") if isinstance(extra, dict) else None
            default = str(shown) if shown else _in_words(field.default)
            rows.append(SettingRow(_variable(name), default, field.description or ""))
        return rows


_OWN_SERVER = "Serve the file with a server of your own and name it openai/NAME with ASSESSOR_MODEL_BASE_URL"

REMEDIES: Mapping[str, str] = {
    "environment": "Set it to development or production",
    "public_url": "Set it to the https address of this service, e.g. https://assess.example.org",
    "model": _OWN_SERVER,
    "judge_model": _OWN_SERVER,
    "judge_second_model": _OWN_SERVER,
    "fallback_models": _OWN_SERVER,
    "master_key": f"Make one with {MAKE_A_KEY} and keep it in your secret store",
    "signing_key_file": "Make one with `assessor signing-key make FILE` and give its path",
    "demonstration": "Unset it, or set ASSESSOR_ENVIRONMENT=development",
    "webhook_allow_loopback": "Unset it, or set ASSESSOR_ENVIRONMENT=development",
    "webhook_retry_seconds": "Give numbers with commas between them, e.g. 5,300,1800",
    "stripe_identity_key_file": "Give the path of a file that this process may read",
    "stripe_webhook_secret_file": "Give the path of a file that this process may read",
    "stripe_webhook_secret": "Copy the endpoint's signing secret from Stripe's dashboard",
    "stripe_url": "Unset it: the default is Stripe's own address",
    "crash_at": "Unset it",
    "smtp_security": "Set it to starttls or tls",
    "smtp_password_file": "Set ASSESSOR_SMTP_USER with one of the two, or none of the three",
    "mail_from": "Set it to an address that the mail server may send for, e.g. no-reply@assess.example.org",
    "openid_issuer": "Set it to the https address that the provider's discovery document has as `issuer`",
    "openid_client_id": "Register this service at the provider, and give the name that it got there",
    "openid_client_secret_file": "Give the path of a file that this process may read",
    "openid_tenant": "Set it to the id of the platform whose people sign in",
    "openid_roles": "Set both, e.g. groups and assessor-reviewers=reviewer, or neither",
    "log_level": "Set it to DEBUG, INFO, WARNING or ERROR",
}


def load_settings(env_file: Path = ENV_FILE) -> Settings:
    """Read the environment, and `env_file` too in development; process variables win.

    Raises `SettingsInvalid` with every problem at once.
    """
    given = {name.upper(): value for name, value in os.environ.items()}
    in_development = (given.get(f"{PREFIX}ENVIRONMENT") or "development") == "development"
    try:
        settings = Settings(_env_file=env_file if in_development else None)
    except ValidationError as refused:
        raise SettingsInvalid([_problem(error) for error in refused.errors()]) from None
    if in_development and settings.environment != "development":
        problem = f"is set in {env_file}, a file that is read in development only"
        remedy = "Set it in the environment of the process, with every other variable of production"
        raise SettingsInvalid([SettingProblem(f"{PREFIX}ENVIRONMENT", problem, remedy)])
    return settings


def variables_given(env_file: Path = ENV_FILE) -> dict[str, str]:
    """What was set in `env_file` and in the environment, for `unknown_variables` to look through."""
    from dotenv import dotenv_values

    in_file = {name: value or "" for name, value in dotenv_values(env_file).items()}
    return in_file | dict(os.environ)


def unknown_variables(environ: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """Variables with our prefix that nothing reads, each with the closest name that something does."""
    known = [row.name for row in Settings.table()]
    unknown = (
        name
        for name in sorted(environ)
        if name.upper().startswith(PREFIX) and name.upper() not in {*known, *NOT_SETTINGS}
    )
    return [(name, _closest(name.upper(), known)) for name in unknown]


def markdown_table() -> str:
    """The text of docs/settings.md."""
    rows = [f"| `{row.name}` | {row.default} | {row.description} |" for row in Settings.table()]
    return "\n".join(
        [*_PAGE_HEAD, "| Variable | Default | What it decides |", "| --- | --- | --- |", *rows, ""]
    )


_PAGE_HEAD = (
    "# Settings",
    "",
    "<!-- Written by `make docs` from assessor/settings.py; change it there. -->",
    "",
    "Every setting is an environment variable. In development a file `.env` in the working folder is read",
    "as well; variables of the process win over it. In production the file is not read, and the service",
    "refuses to start, naming everything that is missing or unsafe at once. A variable that begins with",
    "`ASSESSOR_` and is not in this table is reported with the name that was probably meant.",
    "",
)


def _embedded_database(data_dir: Path) -> str:
    return f"sqlite:///{data_dir.absolute() / 'assessor.db'}"


def _in_a_variable(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    if isinstance(value, dict):
        return ",".join(f"{name}={one}" for name, one in value.items())
    return str(value)


def _jobs_database(database_url: str, data_dir: Path) -> str:
    """The same server on PostgreSQL; on SQLite a file of its own, since a file has one writer at a time."""
    return database_url if database_url.startswith("postgresql") else f"sqlite:///{data_dir / 'jobs.db'}"


def _from_files(given: Mapping[str, object], names: tuple[str, ...]) -> dict[str, object]:
    """Return the secrets that stand in files. One that cannot be read is told by its own variable."""
    files = {name: given.get(f"{name}_file") for name in names}
    return {name: secret for name, file in files.items() if file and (secret := _secret_in(Path(str(file))))}


def _secret_in(file: Path) -> str:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return file.read_text("utf-8").strip()
    return ""


def _is_production(info: ValidationInfo) -> bool:
    # A value that `environment` refuses is not in `info.data`; the stricter rules then apply.
    return info.data.get("environment") != "development"


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


def _problem(error: ErrorDetails) -> SettingProblem:
    field = str(error["loc"][0])
    if error["type"] == "missing":
        problem = "is missing; it is only chosen for you in development"
    else:
        problem = str(error.get("ctx", {}).get("error") or error["msg"])
    return SettingProblem(_variable(field), problem, REMEDIES.get(field, "See docs/settings.md"))


def _closest(name: str, known: list[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.75)), None)


def _variable(field: str) -> str:
    return PREFIX + field.upper()


def _in_words(default: object) -> str:
    if default is None:
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
