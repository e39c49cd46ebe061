"""The container: its file says what its steps do, and what they install runs shut in as in a container."""

import base64
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from assessor.settings import setting_rows
from tests.deploy.container import CONTAINERFILE, ROOT, Image, instructions, last

STEPS = "deploy/container-steps.sh"
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def built() -> Iterator[Path]:
    """What the steps install, from the cache that `make setup` has filled; what has gone is fetched again."""
    with tempfile.TemporaryDirectory(prefix="assessor-image-") as folder:
        Path(folder).chmod(0o755)  # the service runs as somebody else
        target = Path(folder) / "assessor"
        subprocess.run(
            ["sh", ROOT / STEPS, "build", ROOT, target, BIN],
            env={**os.environ, "PYTHON": sys.executable, "UV_LINK_MODE": "hardlink"},
            check=True,
            capture_output=True,
            timeout=500,
        )
        yield target


@pytest.fixture
def image(built: Path) -> Iterator[Image]:
    with tempfile.TemporaryDirectory(prefix="assessor-data-") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "data").mkdir()
        yield Image(built, Path(folder) / "data")


def test_the_file_runs_the_steps_and_nothing_else() -> None:
    runs = [json.loads(arguments) for name, arguments in instructions() if name == "RUN"]

    assert [run[2] for run in runs] == ["build", "account"]
    assert all(run[0] == "sh" and run[1].endswith(Path(STEPS).name) for run in runs)


def test_what_is_copied_is_named_and_there() -> None:
    copied = [arguments.split() for name, arguments in instructions() if name == "COPY"]
    named = [source for one in copied if not one[0].startswith("--from") for source in one[:-1]]

    assert "." not in named
    assert [source for source in named if not (ROOT / source).exists()] == []


def test_the_image_runs_as_nobody_of_importance_and_sets_what_is_read() -> None:
    known = {row.name for row in setting_rows()}
    ours = set(re.findall(r"ASSESSOR_\w+", CONTAINERFILE.read_text()))
    account = re.search(r"^account=(\d+)", (ROOT / STEPS).read_text(), re.MULTILINE)

    assert ours
    assert ours <= known
    assert account
    assert last("USER") == f"{account[1]}:{account[1]}"
    assert last("USER") != "0:0"


def test_a_step_that_there_is_not_is_refused() -> None:
    refused = subprocess.run(["sh", ROOT / STEPS, "push"], check=False, capture_output=True, text=True)

    assert refused.returncode == 2
    assert "usage:" in refused.stderr


@pytest.mark.slow
def test_every_module_is_compiled_and_no_installer_is_left(built: Path) -> None:
    (packages,) = built.glob("lib/python*/site-packages")
    modules = list((packages / "assessor").rglob("*.py"))

    assert modules
    assert [path for path in modules if not Path(cache_from_source(str(path))).exists()] == []
    assert [path.name for path in packages.iterdir() if path.name in {"pip", "uv", "hatchling"}] == []


@pytest.mark.slow
def test_in_production_it_serves_from_a_read_only_root_and_stops_when_told(image: Image) -> None:
    with image.running("serve", environment=_production(image)) as container:
        container.until_healthy()
        ready = container.is_healthy("http://127.0.0.1:8000/readyz")
        elsewhere = container.is_healthy("http://127.0.0.1:8001/healthz")
        status = container.stop()

    assert ready
    assert not elsewhere
    # The server ends by the signal that it was sent, once it has ended everything else.
    assert status in {0, -signal.SIGTERM}, container.log()
    assert "Application shutdown complete" in container.log()


@pytest.mark.slow
def test_a_worker_shows_by_its_metrics_that_it_lives(image: Image) -> None:
    metrics = "http://127.0.0.1:9090/metrics"

    with image.running("worker", environment=_production(image, ASSESSOR_METRICS_PORT="9090")) as container:
        container.until_healthy(metrics)
        status = container.stop()

    assert status == 0, container.log()


@pytest.mark.slow
def test_the_demonstration_plays_to_its_end_without_the_checkout(image: Image) -> None:
    find = [str(image.installed / "bin/python"), "-c", "import assessor; print(assessor.__file__)"]
    where = subprocess.run(find, cwd=image.data, check=True, capture_output=True, text=True).stdout.strip()

    with image.running("demo", "--headless", "--json", environment=image.environment()) as container:
        played, _ = container.process.communicate(timeout=300)

    assert container.process.returncode == 0, container.log()
    assert Path(where).is_relative_to(image.installed)
    verdict = json.loads(played)
    assert verdict["decision"] == "qualified"
    assert verdict["livemode"] is False


def _production(image: Image, **more: str) -> dict[str, str]:
    """Return settings of production whose secrets stand in files, as an orchestrator hands them out."""
    given = image.data.parent / "secrets"
    given.mkdir()
    key = given / "master.key"
    key.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    signing = given / "signing.jwk"
    make = [str(image.installed / "bin/assessor"), "signing-key", "make", str(signing)]
    subprocess.run(make, check=True, capture_output=True, cwd=given)
    signing.chmod(0o444)
    return image.environment(
        ASSESSOR_ENVIRONMENT="production",
        ASSESSOR_PUBLIC_URL="https://assess.example.org",
        ASSESSOR_MASTER_KEY_FILE=str(key),
        ASSESSOR_SIGNING_KEY_FILE=str(signing),
        **more,
    )
