"""`assessor doctor`: a sound installation passes; each weakness of another is named with its way out."""

import base64
import json
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from assessor.adapters.store.clock import StoreTime
from assessor.bootstrap.examining import fitting
from assessor.bootstrap.hardening import CHECKS, weaknesses
from assessor.bootstrap.reaching import judged, reach
from assessor.settings import Settings
from tests.cli.conftest import Run
from tests.mailbox import mailbox

ROOT = "user of the process"


@pytest.fixture
def production(tmp_path: Path, run: Run) -> dict[str, str]:
    """The variables of an installation as it should be, its keys made and kept apart."""
    kept = tmp_path / "secrets"
    kept.mkdir(mode=0o700)
    (tmp_path / "var").mkdir(mode=0o700)
    assert run("signing-key", "make", str(kept / "signing.jwk")).returncode == 0
    return {
        "ASSESSOR_ENVIRONMENT": "production",
        "ASSESSOR_PUBLIC_URL": "https://assess.example.org",
        "ASSESSOR_MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "ASSESSOR_SIGNING_KEY_FILE": str(kept / "signing.jwk"),
        "ASSESSOR_ERASURE_LEDGER": str(kept / "destroyed-keys.jsonl"),
    }


def problems(printed: str) -> dict[str, str]:
    return {one["what"]: one["problem"] for one in json.loads(printed) if one["problem"]}


def test_a_sound_installation_passes_and_serves_from_an_empty_folder(
    run: Run, production: dict[str, str]
) -> None:
    missing = run("doctor", "--json", **production)
    run("migrate", **production)
    whole = run("doctor", **production)
    nowhere = "postgresql://assessor:9w8e7r@127.0.0.1:1/assessor"
    gone = run("doctor", "--json", **production | {"ASSESSOR_DATABASE_URL": nowhere})
    security = run("doctor", "--security", "--json", **production)

    assert problems(missing.stdout) == {"database": "is not there yet"}
    assert missing.returncode == 1
    assert problems(gone.stdout) == {"database": "cannot be reached (OperationalError)"}
    assert "9w8e7r" not in gone.stdout + gone.stderr
    assert whole.returncode == 0, whole.stdout
    assert "are well" in whole.stdout
    # Tests may run as root; a service should not.
    assert set(problems(security.stdout)) <= {ROOT}
    assert production["ASSESSOR_MASTER_KEY"] not in security.stdout


def test_settings_that_no_process_starts_with_are_named_one_by_one(run: Run) -> None:
    refused = run(
        "doctor", "--security", "--json", ASSESSOR_ENVIRONMENT="production", ASSESSOR_DEMONSTRATION="true"
    )

    assert refused.returncode == 1
    assert set(problems(refused.stdout)) >= {
        "ASSESSOR_MASTER_KEY",
        "ASSESSOR_SIGNING_KEY_FILE",
        "ASSESSOR_PUBLIC_URL",
        "ASSESSOR_DEMONSTRATION",
    }


@pytest.mark.parametrize(
    ("processes", "allowed", "told"),
    [(2, 97, "room for 2 processes"), (3, 97, "enough for 2"), (1, 9, "enough for 0")],
)
def test_what_all_processes_may_open_has_to_fit_into_the_server(
    processes: int, allowed: int, told: str
) -> None:
    found = fitting(processes, 32, allowed)

    assert found.is_well is told.startswith("room")
    assert told in found.what + found.problem


def sound(folder: Path, **chosen: Any) -> Settings:
    kept = folder / "secrets"
    kept.mkdir(mode=0o700, exist_ok=True)
    (kept / "signing.jwk").write_text("{}")
    fine: dict[str, Any] = {
        "environment": "production",
        "public_url": "https://assess.example.org",
        "master_key": base64.b64encode(bytes(range(32))).decode(),
        "signing_key_file": kept / "signing.jwk",
        "erasure_ledger": kept / "destroyed-keys.jsonl",
        "data_dir": folder / "var",
    }
    return Settings(**fine | chosen)


STRIPE: dict[str, Any] = {
    "stripe_identity_key": SecretStr("rk_live_1"),
    "stripe_webhook_secret": SecretStr("whsec_1"),
}
BAD: dict[str, dict[str, Any]] = {
    "ASSESSOR_ENVIRONMENT": {"environment": "development"},
    "ASSESSOR_PUBLIC_URL": {"environment": "development", "public_url": "http://assess.example.org"},
    "ASSESSOR_MASTER_KEY": {"master_key": base64.b64encode(b"ab" * 16).decode()},
    "ASSESSOR_DATABASE_URL": {"database_url": "postgresql://a:9w8e@db.example.org/assessor"},
    "password of the database": {"database_url": "postgresql://postgres:postgres@127.0.0.1/assessor"},
    "ASSESSOR_CODE_ISOLATION": {"code_isolation": "namespaces"},
    "ASSESSOR_DEMONSTRATION": {"environment": "development", "demonstration": True},
    "ASSESSOR_WEBHOOK_ALLOW_LOOPBACK": {"environment": "development", "webhook_allow_loopback": True},
    "ASSESSOR_CRASH_AT": {"environment": "development", "crash_at": "after-scores:1"},
    "ASSESSOR_SMTP_SECURITY": {
        "environment": "development",
        "smtp_host": "mail.example.org",
        "smtp_security": "none",
        "mail_from": "no-reply@example.org",
    },
    "ASSESSOR_OPENID_ADMITS": {
        "openid_issuer": "https://login.example.org",
        "openid_client_id": "assessor",
        "openid_tenant": "acme",
        "openid_admits": "anybody",
    },
    "ASSESSOR_LOG_LEVEL": {"log_level": "DEBUG"},
    "ASSESSOR_OTHER_MASTER_KEYS": {"other_master_keys": (base64.b64encode(bytes(32)).decode(),)},
    "ASSESSOR_JOBS_DATABASE_URL": {"jobs_database_url": "postgresql://a:9w8e@db.example.org/jobs"},
    "ASSESSOR_MODEL_BASE_URL": {"model": "openai/x", "model_base_url": "http://models.example.org/v1"},
    "OTEL_EXPORTER_OTLP_ENDPOINT": {"traces": "otlp"},
    "ASSESSOR_OPENID_ISSUER": {
        "environment": "development",
        "openid_issuer": "http://login.example.org",
        "openid_client_id": "assessor",
        "openid_tenant": "acme",
    },
    "ASSESSOR_STRIPE_URL": STRIPE | {"stripe_url": "https://stripe.example.org"},
    "ASSESSOR_STRIPE_IDENTITY_KEY": STRIPE | {"stripe_identity_key": SecretStr("rk_test_1")},
    "ASSESSOR_MAX_BODY_BYTES": {"max_body_bytes": 1_000_000_000},
    "ASSESSOR_INVITE_DAYS": {"invite_days": 365},
    "ASSESSOR_METRICS_HOST": {"metrics_port": 9090, "metrics_host": "8.8.8.8"},
}
OF_THE_MACHINE = {"key of development", "ASSESSOR_SIGNING_KEY_FILE", "ASSESSOR_ERASURE_LEDGER", ROOT}
"""Told by files and not by settings alone: tested below."""
LARGE: dict[str, Any] = {
    "database_url": "postgresql://service:9w8e7r@db.example.org/assessor?sslmode=verify-full",
    "model": "openai/x",
    "model_base_url": "https://models.example.org/v1",
    "traces": "otlp",
    "smtp_host": "mail.example.org",
    "mail_from": "no-reply@example.org",
    "openid_issuer": "https://login.example.org",
    "openid_client_id": "assessor",
    "openid_tenant": "acme",
    "metrics_port": 9090,
    "metrics_host": "0.0.0.0",  # noqa: S104 - within a container
    **STRIPE,
}


def test_an_installation_with_everything_switched_on_and_well_set_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "https://traces.example.org")

    found = list(weaknesses(sound(tmp_path, **LARGE)))

    assert [one.what for one in found if not one.is_well] == []


def test_every_check_has_a_bad_installation_here_that_it_names(tmp_path: Path) -> None:
    looked_at = {check(sound(tmp_path)).what for check in CHECKS}

    assert looked_at == {*BAD, *OF_THE_MACHINE, "files with secrets", "data folder"}


@pytest.mark.parametrize("what", [*BAD])
def test_each_weakness_is_named_with_its_way_out(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://traces.example.org")

    found = {one.what: one for one in weaknesses(sound(tmp_path, **BAD[what])) if not one.is_well}

    assert what in found
    assert found[what].remedy
    assert set(found) <= {what, "ASSESSOR_ENVIRONMENT"}


def test_keys_beside_the_data_and_files_that_others_may_read_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    data = tmp_path / "var"
    data.mkdir()
    data.chmod(0o775)
    (data / "master-key.txt").write_text(base64.b64encode(bytes(range(32))).decode())
    (data / "master-key.txt").chmod(0o600)
    for name in ("signing.jwk", "destroyed-keys.jsonl", "master.key", "assessor.db"):
        (data / name).write_text("{}")
        (data / name).chmod(0o644)
    settings = sound(
        tmp_path,
        signing_key_file=data / "signing.jwk",
        erasure_ledger=data / "destroyed-keys.jsonl",
        master_key_file=data / "master-key.txt",
    )

    found = {one.what for one in weaknesses(settings) if not one.is_well}

    assert found == {
        "key of development",
        "ASSESSOR_SIGNING_KEY_FILE",
        "ASSESSOR_ERASURE_LEDGER",
        "ASSESSOR_MASTER_KEY_FILE",
        "data folder",
        ROOT,
        *(str(data / name) for name in ("signing.jwk", "destroyed-keys.jsonl", "master.key", "assessor.db")),
    }


NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("server", "newest", "problem"),
    [
        (None, None, ""),
        (NOON, NOON - SECOND, ""),
        (NOON + SECOND, None, ""),
        (NOON + 90 * SECOND, None, "is 90.0 s behind the database's"),
        (NOON - 3 * SECOND, None, "is 3.0 s ahead of the database's"),
        (None, NOON + 3600 * SECOND, "is before the newest assessment, 2026-05-04T13:00:00+00:00"),
    ],
)
def test_a_clock_is_judged_by_the_database_s_and_by_what_happened(
    server: datetime | None, newest: datetime | None, problem: str
) -> None:
    assert judged(StoreTime(NOON, server, newest)).problem == problem


@pytest.mark.anyio
async def test_a_mail_server_is_asked_where_one_is_set_and_gets_no_mail(address: str, tmp_path: Path) -> None:
    async def found(**chosen: Any) -> dict[str, str]:
        settings = Settings(data_dir=tmp_path, database_url=address, **chosen)
        return {one.what: one.problem async for one in reach(settings, models=False)}

    async with mailbox() as box:
        given = {"smtp_host": "127.0.0.1", "mail_from": "no-reply@example.org", "smtp_security": "none"}
        told = [await found(), await found(**given, smtp_port=box.port), await found(**given, smtp_port=1)]

    assert told == [
        {"clock": "", "mail: no server is set, none is sent": ""},
        {"clock": "", "mail server 127.0.0.1": ""},
        {"clock": "", "mail server 127.0.0.1": "takes no mail: SMTPConnectError"},
    ]
    assert not box.received


@pytest.mark.anyio
async def test_a_model_is_asked_only_on_demand_and_named_when_it_is_silent(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        model="openai/nobody",
        model_base_url="http://127.0.0.1:1/v1",
        model_api_key=SecretStr("none"),
        model_timeout_seconds=5,
    )

    found = [one async for one in reach(settings, models=True)]

    assert [(one.what, one.problem) for one in found if not one.is_well] == [
        ("model openai/nobody", "did not answer (unavailable)")
    ]
