"""Settings: defaults that work in development, refusals that name the way out, and no secret in sight."""

import base64
import os
import stat
from pathlib import Path

import pytest

from assessor.domain.errors import SettingsInvalid
from assessor.domain.webhook import RETRY_SECONDS
from assessor.settings import (
    Settings,
    load_settings,
    markdown_table,
    setting_rows,
    unknown_variables,
    variables_given,
)

ROOT = Path(__file__).resolve().parents[1]
KEY = base64.b64encode(bytes(range(32))).decode()
PRODUCTION = {
    "ASSESSOR_ENVIRONMENT": "production",
    "ASSESSOR_PUBLIC_URL": "https://assess.example.org",
    "ASSESSOR_MASTER_KEY": KEY,
    "ASSESSOR_SIGNING_KEY_FILE": "/run/secrets/signing.jwk",
}


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def refused(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> dict[str, str]:
    """What is refused, as variable -> problem and remedy."""
    with pytest.raises(SettingsInvalid) as caught:
        load(monkeypatch, variables)
    return {problem.variable: f"{problem.problem}. {problem.remedy}" for problem in caught.value.problems}


def test_an_empty_environment_is_a_working_development_installation(empty_folder: Path) -> None:
    settings = load_settings()

    assert settings.environment == "development"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.database_url == f"sqlite:///{empty_folder}/var/assessor.db"
    assert settings.jobs_database_url == f"sqlite:///{empty_folder}/var/jobs.db"
    assert settings.signing_key_file == empty_folder / "var/signing.jwk"
    assert settings.executor_id.startswith("local-")
    assert settings.model is None


def test_on_postgresql_the_jobs_lie_in_the_same_database(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "postgresql://assessor@db.internal/assessor"

    settings = load(monkeypatch, {"ASSESSOR_DATABASE_URL": address})

    assert settings.jobs_database_url == address
    assert not settings.has_embedded_database


@pytest.mark.parametrize(
    ("original", "replica", "problem"),
    [
        ("", "postgresql://assessor@copy.internal/assessor", "the main database is SQLite"),
        ("postgresql://db.internal/assessor", "sqlite:///copy.db", "is not the address of a PostgreSQL"),
        ("postgresql://db.internal/assessor", "postgresql://db.internal/assessor", "main database itself"),
    ],
)
def test_a_replica_follows_a_postgresql_server(
    monkeypatch: pytest.MonkeyPatch, original: str, replica: str, problem: str
) -> None:
    found = refused(
        monkeypatch, {"ASSESSOR_DATABASE_URL": original, "ASSESSOR_DATABASE_REPLICA_URL": replica}
    )

    assert problem in found["ASSESSOR_DATABASE_REPLICA_URL"]
    assert "streaming replica of ASSESSOR_DATABASE_URL" in found["ASSESSOR_DATABASE_REPLICA_URL"]


def test_a_child_process_gets_the_same_settings_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        {
            "ASSESSOR_MASTER_KEY": KEY,
            "ASSESSOR_DATABASE_URL": "postgresql://assessor@db.internal/assessor",
            "ASSESSOR_DEMONSTRATION": "true",
            "ASSESSOR_WEBHOOK_RETRY_SECONDS": "1,2.5",
        },
    )
    monkeypatch.setenv("ASSESSOR_MODEL", "openai/set-meanwhile")

    environment = settings.child_environment()

    for name in [name for name in os.environ if name.startswith("ASSESSOR_")]:
        monkeypatch.delenv(name)
    assert environment["PATH"] == os.environ["PATH"]
    assert load(monkeypatch, {n: v for n, v in environment.items() if n.startswith("ASSESSOR_")}) == settings


@pytest.mark.parametrize(
    ("variables", "field", "value"),
    [
        ({"ASSESSOR_PORT": "9000"}, "public_url", "http://127.0.0.1:9000"),
        ({"ASSESSOR_PUBLIC_URL": "http://localhost:9000/"}, "public_url", "http://localhost:9000"),
        ({"ASSESSOR_DATA_DIR": "/srv/a"}, "database_url", "sqlite:////srv/a/assessor.db"),
        ({"ASSESSOR_MODEL": "openai/x"}, "judge_model", "openai/x"),
        ({"ASSESSOR_MODEL": "openai/x", "ASSESSOR_JUDGE_MODEL": "openai/y"}, "judge_model", "openai/y"),
        ({"ASSESSOR_MODEL": ""}, "model", None),
        ({"ASSESSOR_MODEL": "local:a.gguf"}, "model", "local:a.gguf"),
        ({"ASSESSOR_FALLBACK_MODELS": "openai/a, b/c,"}, "fallback_models", ("openai/a", "b/c")),
        ({"ASSESSOR_MODEL_TOKENS_PER_MINUTE": "90000"}, "model_tokens_per_minute", 90_000),
        ({"ASSESSOR_LOG_LEVEL": "debug"}, "log_level", "DEBUG"),
        ({"ASSESSOR_DEMONSTRATION": "true"}, "demonstration", True),
        ({"ASSESSOR_WEBHOOK_ALLOW_LOOPBACK": "true"}, "webhook_allow_loopback", True),
        ({"ASSESSOR_WEBHOOK_RETRY_SECONDS": "0.5, 60,"}, "webhook_retry_seconds", (0.5, 60)),
        ({}, "webhook_retry_seconds", RETRY_SECONDS),
    ],
)
def test_a_setting_follows_from_the_variables(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], field: str, value: object
) -> None:
    assert getattr(load(monkeypatch, variables), field) == value


def test_a_complete_production_environment_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, PRODUCTION)

    assert settings.environment == "production"
    assert settings.master_key_text() == PRODUCTION["ASSESSOR_MASTER_KEY"]


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("ASSESSOR_PUBLIC_URL", "", "https address"),
        ("ASSESSOR_PUBLIC_URL", "http://assess.example.org", "plain http"),
        ("ASSESSOR_MASTER_KEY", "", "missing"),
        ("ASSESSOR_MASTER_KEY", "c2hvcnQ=", "5 bytes instead of 32"),
        ("ASSESSOR_MASTER_KEY", "not base64!", "not base64"),
        ("ASSESSOR_SIGNING_KEY_FILE", "", "assessor signing-key make"),
        ("ASSESSOR_DEMONSTRATION", "1", "without a password"),
        ("ASSESSOR_WEBHOOK_ALLOW_LOOPBACK", "1", "into this machine"),
        ("ASSESSOR_MODEL", "local:a.gguf", "not for deciding"),
        ("ASSESSOR_JUDGE_MODEL", "local:a.gguf", "not for deciding"),
        ("ASSESSOR_FALLBACK_MODELS", "openai/a,local:a.gguf", "not for deciding"),
        ("ASSESSOR_STRIPE_URL", "http://api.stripe.example", "plain http"),
    ],
)
def test_production_refuses_what_is_only_fit_for_development(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    problems = refused(monkeypatch, PRODUCTION | {variable: value})

    assert problems.keys() == {variable}
    assert words in problems[variable]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ASSESSOR_PORT", "0"),
        ("ASSESSOR_PORT", "eighty"),
        ("ASSESSOR_PUBLIC_URL", "assess.example.org"),
        ("ASSESSOR_PUBLIC_URL", "https://example.org/assess?x=1"),
        ("ASSESSOR_LOG_LEVEL", "loud"),
        ("ASSESSOR_MODEL_TIMEOUT_SECONDS", "-1"),
        ("ASSESSOR_INVITE_DAYS", "0"),
        ("ASSESSOR_JUDGE_MONEY", "0"),
        ("ASSESSOR_JUDGE_MONEY", "inf"),
        ("ASSESSOR_WEBHOOK_RETRY_SECONDS", "5,soon"),
        ("ASSESSOR_WEBHOOK_RETRY_SECONDS", "5,0"),
        ("ASSESSOR_WEBHOOK_RETRY_SECONDS", "5,inf"),
        ("ASSESSOR_WEBHOOK_RETRY_SECONDS", ","),
        ("ASSESSOR_ENVIRONMENT", "staging"),
        ("ASSESSOR_MASTER_KEY", "c2hvcnQ="),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    assert variable in refused(monkeypatch, {variable: value})


def test_secrets_can_stand_in_files(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_folder / "key").write_text("rk_live_1\n")
    (empty_folder / "secret").write_text("whsec_1\n")

    settings = load(
        monkeypatch,
        {"ASSESSOR_STRIPE_IDENTITY_KEY_FILE": "key", "ASSESSOR_STRIPE_WEBHOOK_SECRET_FILE": "secret"},
    )

    assert settings.stripe_identity_key is not None
    assert settings.stripe_webhook_secret is not None
    assert settings.stripe_identity_key.get_secret_value() == "rk_live_1"
    assert settings.stripe_webhook_secret.get_secret_value() == "whsec_1"


def test_database_and_keys_can_stand_in_files_in_production_too(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "postgresql://assessor:hunter2@db.internal/assessor"
    for name, text in (("url", address), ("key", KEY), ("model", "sk-1")):
        (empty_folder / name).write_text(f"{text}\n")
    files = {"DATABASE_URL": "url", "MASTER_KEY": "key", "MODEL_API_KEY": "model"}
    given = {f"ASSESSOR_{name}_FILE": file for name, file in files.items()}
    without = {name: value for name, value in PRODUCTION.items() if f"{name}_FILE" not in given}

    settings = load(monkeypatch, without | given)

    assert settings.database_url == settings.jobs_database_url == address
    assert settings.master_key is not None
    assert settings.master_key.get_secret_value() == KEY
    assert settings.model_api_key is not None
    assert settings.model_api_key.get_secret_value() == "sk-1"
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("name", ["DATABASE_URL", "MASTER_KEY", "MODEL_API_KEY", "OPENID_CLIENT_SECRET"])
def test_a_file_without_a_secret_is_refused_by_its_variable(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert f"ASSESSOR_{name}_FILE" in refused(monkeypatch, {f"ASSESSOR_{name}_FILE": "nowhere"})


@pytest.mark.parametrize(
    ("variables", "refused_by"),
    [
        ({"ASSESSOR_STRIPE_IDENTITY_KEY": "rk_live_1"}, "ASSESSOR_STRIPE_WEBHOOK_SECRET"),
        ({"ASSESSOR_STRIPE_IDENTITY_KEY_FILE": "nowhere"}, "ASSESSOR_STRIPE_IDENTITY_KEY_FILE"),
        ({"ASSESSOR_STRIPE_WEBHOOK_SECRET_FILE": "empty"}, "ASSESSOR_STRIPE_WEBHOOK_SECRET_FILE"),
        ({"ASSESSOR_STRIPE_URL": "api.stripe.com"}, "ASSESSOR_STRIPE_URL"),
    ],
)
def test_an_identity_service_that_cannot_be_used_is_refused_by_the_variable(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], refused_by: str
) -> None:
    (empty_folder / "empty").write_text("")

    assert refused(monkeypatch, variables).keys() == {refused_by}


def test_every_problem_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = refused(
        monkeypatch,
        {"ASSESSOR_ENVIRONMENT": "production", "ASSESSOR_PORT": "x", "ASSESSOR_DEMONSTRATION": "1"},
    )

    assert problems.keys() == {
        "ASSESSOR_PORT",
        "ASSESSOR_PUBLIC_URL",
        "ASSESSOR_MASTER_KEY",
        "ASSESSOR_SIGNING_KEY_FILE",
        "ASSESSOR_DEMONSTRATION",
    }


def test_a_mistaken_environment_never_loosens_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = refused(monkeypatch, {"ASSESSOR_ENVIRONMENT": "prod", "ASSESSOR_DEMONSTRATION": "1"})

    assert {"ASSESSOR_ENVIRONMENT", "ASSESSOR_DEMONSTRATION", "ASSESSOR_MASTER_KEY"} <= problems.keys()


def test_no_secret_is_shown_by_settings_or_by_their_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "ASSESSOR_MODEL_API_KEY": "sk-hidden",
        "ASSESSOR_DATABASE_URL": "postgresql://u:hidden@db/a",
        "ASSESSOR_JOBS_DATABASE_URL": "postgresql://u:hidden@db/j",
        "ASSESSOR_MODEL_BASE_URL": "https://u:hidden@models.example.org",
        "ASSESSOR_MASTER_KEY": KEY,
        "ASSESSOR_STRIPE_IDENTITY_KEY": "rk_live_hidden",
        "ASSESSOR_STRIPE_WEBHOOK_SECRET": "whsec_hidden",
    }
    settings = load(monkeypatch, secrets)

    monkeypatch.setenv("ASSESSOR_MASTER_KEY", "hidden")
    with pytest.raises(SettingsInvalid) as caught:
        load_settings()

    assert "hidden" not in repr(settings)
    assert KEY not in repr(settings)
    assert "hidden" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_development_reads_an_env_file_and_the_process_wins(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / ".env").write_text("ASSESSOR_PORT=9001\nASSESSOR_HOST=::1\nOPENAI_API_KEY=x\n")

    settings = load(monkeypatch, {"ASSESSOR_PORT": "9002"})

    assert (settings.host, settings.port) == ("::1", 9002)


def test_production_reads_no_env_file(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_folder / ".env").write_text("ASSESSOR_PORT=9001\n")

    assert load(monkeypatch, PRODUCTION).port == 8000


def test_an_env_file_cannot_declare_production(empty_folder: Path) -> None:
    (empty_folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in PRODUCTION.items()))

    with pytest.raises(SettingsInvalid, match="in development only"):
        load_settings()


def test_development_makes_its_master_key_once_and_for_its_owner_only(empty_folder: Path) -> None:
    made = load_settings().master_key_text()

    kept = empty_folder / "var/master.key"
    assert len(base64.b64decode(made)) == 32
    assert load_settings().master_key_text() == made
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(kept.parent.iterdir()) == [kept]


def test_two_installations_do_not_share_a_master_key(monkeypatch: pytest.MonkeyPatch) -> None:
    first = load(monkeypatch, {"ASSESSOR_DATA_DIR": "one"}).master_key_text()
    second = load(monkeypatch, {"ASSESSOR_DATA_DIR": "two"}).master_key_text()

    assert first != second


def test_a_damaged_master_key_file_is_named_and_not_replaced(empty_folder: Path) -> None:
    kept = empty_folder / "var/master.key"
    kept.parent.mkdir()
    kept.write_text("half a k")

    with pytest.raises(SettingsInvalid, match=r"var/master\.key"):
        load_settings().master_key_text()

    assert kept.read_text() == "half a k"


@pytest.mark.parametrize(
    ("given", "suggestion"),
    [
        ("ASSESSOR_MODLE", "ASSESSOR_MODEL"),
        ("ASSESSOR_MODEL_API_KEYS", "ASSESSOR_MODEL_API_KEY"),
        ("ASSESSOR_DATABSE_URL", "ASSESSOR_DATABASE_URL"),
        ("ASSESSOR_ZZZZZZZZ", None),
    ],
)
def test_a_misspelt_variable_is_found_with_what_was_meant(given: str, suggestion: str | None) -> None:
    assert unknown_variables({given: "x", "ASSESSOR_PORT": "1", "PATH": "y"}) == [(given, suggestion)]


def test_variables_that_are_read_are_not_called_unknown() -> None:
    known = {row.name: "x" for row in setting_rows()}

    assert unknown_variables(known | {"assessor_port": "1", "ASSESSOR_CHROMIUM": "x"}) == []


def test_a_misspelling_in_the_env_file_is_found_too(empty_folder: Path) -> None:
    (empty_folder / ".env").write_text("ASSESSOR_MODLE=openai/x\n")

    assert unknown_variables(variables_given()) == [("ASSESSOR_MODLE", "ASSESSOR_MODEL")]


def test_the_table_describes_every_setting() -> None:
    rows = setting_rows()

    assert [row.name for row in rows] == [f"ASSESSOR_{name.upper()}" for name in Settings.model_fields]
    assert all(row.default and row.description for row in rows)


def test_the_settings_page_is_what_the_code_says() -> None:
    page = (ROOT / "docs/settings.md").read_text()

    assert page == markdown_table(), "docs/settings.md is out of date: run `make docs`"


MAIL = {"ASSESSOR_SMTP_HOST": "mx.example.org", "ASSESSOR_MAIL_FROM": "no-reply@example.org"}


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 587)])
def test_the_port_of_the_mail_server_follows_from_its_security(
    monkeypatch: pytest.MonkeyPatch, security: str, port: int
) -> None:
    settings = load(monkeypatch, {**MAIL, "ASSESSOR_SMTP_SECURITY": security})

    assert settings.smtp_port == port


def test_in_production_mail_goes_by_tls_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = refused(monkeypatch, {**PRODUCTION, **MAIL, "ASSESSOR_SMTP_SECURITY": "none"})

    assert {*problems} == {"ASSESSOR_SMTP_SECURITY"}
    assert "starttls or tls" in problems["ASSESSOR_SMTP_SECURITY"]


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"ASSESSOR_MAIL_FROM": ""}, "ASSESSOR_MAIL_FROM"),
        ({"ASSESSOR_MAIL_FROM": "Acme <no-reply@example.org>"}, "ASSESSOR_MAIL_FROM"),
        ({"ASSESSOR_SMTP_USER": "acme"}, "ASSESSOR_SMTP_PASSWORD_FILE"),
        ({"ASSESSOR_SMTP_PASSWORD": "hunter2"}, "ASSESSOR_SMTP_PASSWORD_FILE"),
        (
            {
                "ASSESSOR_SMTP_USER": "acme",
                "ASSESSOR_SMTP_PASSWORD": "hunter2",
                "ASSESSOR_SMTP_PASSWORD_FILE": "/run/secrets/smtp",
            },
            "ASSESSOR_SMTP_PASSWORD_FILE",
        ),
    ],
    ids=["from nowhere", "from a name", "no password", "no user", "two passwords"],
)
def test_what_does_not_fit_together_for_mail_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], variable: str
) -> None:
    problems = refused(monkeypatch, {**MAIL, **given})

    assert {*problems} == {variable}
    assert "hunter2" not in str(problems)


def test_the_password_of_the_mail_server_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, {**MAIL, "ASSESSOR_SMTP_USER": "acme", "ASSESSOR_SMTP_PASSWORD": "hunter2"})

    assert "hunter2" not in repr(settings)
    assert settings.child_environment()["ASSESSOR_SMTP_PASSWORD"] == "hunter2"


PROVIDER = {
    "ASSESSOR_OPENID_ISSUER": "https://login.example.org",
    "ASSESSOR_OPENID_CLIENT_ID": "assessor",
    "ASSESSOR_OPENID_TENANT": "acme",
}


def test_roles_by_a_claim_are_read_as_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    roles = {"ASSESSOR_OPENID_ROLES_CLAIM": "groups", "ASSESSOR_OPENID_ROLES": "a b=senior, c=auditor"}

    settings = load(monkeypatch, {**PROVIDER, **roles})

    assert settings.openid_roles == {"a b": "senior", "c": "auditor"}
    assert settings.child_environment()["ASSESSOR_OPENID_ROLES"] == "a b=senior,c=auditor"


@pytest.mark.parametrize(
    ("changed", "variable", "words"),
    [
        ({"ASSESSOR_OPENID_ISSUER": "login.example.org"}, "ASSESSOR_OPENID_ISSUER", "not an http"),
        ({"ASSESSOR_OPENID_ISSUER": "http://login.example.org"}, "ASSESSOR_OPENID_ISSUER", "plain http"),
        ({"ASSESSOR_OPENID_CLIENT_ID": ""}, "ASSESSOR_OPENID_CLIENT_ID", "is missing"),
        ({"ASSESSOR_OPENID_TENANT": ""}, "ASSESSOR_OPENID_TENANT", "is missing"),
        ({"ASSESSOR_OPENID_ROLES": "a=senior"}, "ASSESSOR_OPENID_ROLES", "go together"),
        ({"ASSESSOR_OPENID_ROLES_CLAIM": "groups"}, "ASSESSOR_OPENID_ROLES", "go together"),
    ],
)
def test_a_provider_of_sign_ins_that_cannot_be_used_is_refused_by_the_variable(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], variable: str, words: str
) -> None:
    problems = refused(monkeypatch, {**PRODUCTION, **PROVIDER, **changed})

    assert {*problems} == {variable}
    assert words in problems[variable]
