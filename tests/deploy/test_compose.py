"""The Compose file: what Compose reads, what the service understands, and no password in it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.services.conversing import LAST_TURN_SECONDS
from assessor.web.serving import GRACE_SECONDS
from tests.deploy.commands import settings_of, understood
from tests.deploy.container import ROOT, last

FILE = ROOT / "deploy/compose.yaml"
OURS = ["migrate", "web", "worker"]
GIVEN = {"ASSESSOR_PUBLIC_URL": "https://assess.example.org", "ASSESSOR_SECRETS": "/nowhere"}
VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")


def composed(given: dict[str, str]) -> dict[str, Any]:
    """Fill the variables in as Compose does. Raises KeyError for one that is missing."""

    def value(found: re.Match[str]) -> str:
        name, kind, text = found.groups()
        if kind == "-":
            return given.get(name) or text
        return given[name]

    # YAML first: a colon in a message of the file must not become a key.
    def filled(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: filled(one) for name, one in part.items()}
        if isinstance(part, list):
            return [filled(one) for one in part]
        return VARIABLE.sub(value, part) if isinstance(part, str) else part

    document: dict[str, Any] = filled(yaml.safe_load(FILE.read_text()))
    return document


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compose") / "secrets"
    _made(folder)
    return folder


def _made(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", ROOT / "deploy/compose-secrets.sh", folder],
        env={"PATH": "/usr/bin:/bin", "ASSESSOR": f"{sys.executable} -m assessor"},
        check=False,
        capture_output=True,
        text=True,
    )


def test_compose_reads_it() -> None:
    compose = pytest.importorskip("compose_spec", reason="has no build for this platform")

    read = compose.PyCompose.from_yaml(yaml.safe_dump(composed(GIVEN)))

    assert sorted(read.service_names()) == ["migrate", "ollama", "postgres", "web", "worker"]


@pytest.mark.parametrize("missing", sorted(GIVEN))
def test_without_its_secrets_or_its_address_it_refuses_to_start(missing: str) -> None:
    with pytest.raises(KeyError, match=missing):
        composed({name: value for name, value in GIVEN.items() if name != missing})


@pytest.mark.parametrize("name", OURS)
def test_each_service_of_ours_runs_a_command_with_settings_that_production_accepts(
    name: str, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = composed(GIVEN)["services"][name]

    settings = settings_of(service["environment"], secrets, monkeypatch)

    assert understood(service["command"])
    assert settings.environment == "production"
    assert re.fullmatch(r"postgresql://assessor:[\w=-]{32}@postgres/assessor", settings.database_url)
    assert settings.master_key is not None


def test_what_is_written_to_is_a_volume_and_nothing_may_gain_rights() -> None:
    services = composed(GIVEN)["services"]

    assert {name for name, one in services.items() if not one.get("read_only")} == set()
    assert {
        name for name in services if "no-new-privileges:true" not in services[name]["security_opt"]
    } == set()
    assert all(services[name]["volumes"] == [f"data:{last('VOLUME')}"] for name in OURS)
    assert all(services[name]["cap_drop"] == ["ALL"] for name in OURS)


def test_ports_of_the_service_its_probes_and_its_settings_are_the_same(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = composed(GIVEN)["services"]
    settings = settings_of(services["web"]["environment"], secrets, monkeypatch)

    assert services["web"]["ports"] == [f"127.0.0.1:8000:{settings.port}"]
    assert services["web"]["healthcheck"]["test"][-1] == f"http://127.0.0.1:{settings.port}/healthz"
    assert (
        services["worker"]["healthcheck"]["test"][-1] == f"http://127.0.0.1:{settings.metrics_port}/metrics"
    )
    for name in ("web", "worker"):
        assert services[name]["healthcheck"]["test"][1:-1] == re.findall(r'"(/[^"]+)"', last("HEALTHCHECK"))


def test_a_process_that_drains_is_given_the_time_for_it_and_for_what_it_began() -> None:
    web = composed(GIVEN)["services"]["web"]
    seconds = int(web["stop_grace_period"].removesuffix("s"))

    drains = float(web["environment"]["ASSESSOR_DRAIN_SECONDS"])
    assert drains > 5
    assert seconds > drains + GRACE_SECONDS + LAST_TURN_SECONDS


def test_the_database_is_reached_by_the_service_alone() -> None:
    whole = composed(GIVEN)

    assert whole["networks"]["database"]["internal"] is True
    assert whole["services"]["postgres"]["networks"] == ["database"]
    assert "ports" not in whole["services"]["postgres"]
    assert whole["services"]["ollama"]["profiles"] == ["ollama"]


def test_every_service_waits_for_what_it_needs() -> None:
    services = composed(GIVEN)["services"]

    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_secrets_are_drawn_by_chance_shut_away_and_never_replaced(secrets: Path, tmp_path: Path) -> None:
    again = _made(secrets)
    other = _made(tmp_path / "other")

    assert again.returncode == 1
    assert "exists" in again.stderr
    assert other.returncode == 0, other.stderr
    assert secrets.stat().st_mode & 0o077 == 0
    declared = {Path(one["file"]).name for one in composed(GIVEN)["secrets"].values()}
    assert {path.name for path in secrets.iterdir()} == declared
    for name in declared:
        assert (secrets / name).read_text() != (tmp_path / "other" / name).read_text()
