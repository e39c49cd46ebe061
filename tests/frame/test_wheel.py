"""The wheel: everything of the package is inside, and nothing else."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
LIBRARY = ("prompts", "rubrics", "question_banks")
"""Folders of the checkout that lie inside the package once it is installed."""
SECONDS = 600

pytestmark = pytest.mark.slow


def run(*command: str | Path, folder: Path) -> None:
    """Run a command with nothing of the checkout, of the tests or of a developer's shell around it."""
    kept = ("PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "XDG_CACHE_HOME")
    environment = {name: value for name, value in os.environ.items() if name in kept}
    environment |= {name: value for name, value in os.environ.items() if name.startswith("UV_")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(BIN / "python", "-m", "hatchling", "build", "-t", "wheel", "-d", folder, folder=ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_every_file_of_the_package_and_its_library_is_inside(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())

    expected = {str(path.relative_to(ROOT)) for path in _files(ROOT / "assessor")}
    for name in LIBRARY:
        expected |= {f"assessor/_data/{path.relative_to(ROOT)}" for path in _files(ROOT / name)}
    assert expected - inside == set()
    assert {name for name in inside if ".dist-info/" not in name} - expected == set()


@pytest.mark.parametrize(
    "name",
    [
        "assessor/py.typed",
        "assessor/adapters/store/migrations/env.py",
        "assessor/adapters/store/migrations/versions/0001_first.py",
        "assessor/web/static/chat.js",
        "assessor/web/templates/candidate/interview.html",
        "assessor/_data/prompts/judge/system.j2",
        "assessor/_data/question_banks/python/track.yaml",
        "assessor/_data/rubrics/python/interview.yaml",
    ],
)
def test_what_is_no_code_is_inside_as_well(wheel: Path, name: str) -> None:
    assert name in zipfile.ZipFile(wheel).namelist()


def _files(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != ".DS_Store"
    ]
