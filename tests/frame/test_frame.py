"""What must hold of the repository itself."""

import ast
import doctest
import importlib
import os
import re
import socket
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "assessor"
LOCKS = ["requirements.lock", "requirements-dev.lock"]
NOT_OURS = {".git", ".venv", "var", "build", "dist", "node_modules", "__pycache__", ".hypothesis"}

# Put together here, so that this file names none itself.
REGISTRY_HOSTS = "|".join(
    [
        r"py" + r"pi\.org",
        r"python" + r"hosted\.",
        r"registry\." + r"npm",
        r"deb\." + r"debian",
        r"crates" + r"\.io",
    ]
)
MACHINE_PATHS = r"(?<![\w./-])/(" + "|".join(["wo" + "rk", "ro" + "ot", "fa" + "rm"]) + r")/"


def project_files() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.endswith("_cache")]
        yield from (Path(folder, name) for name in names)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def requirements(lock: str) -> dict[str, list[str]]:
    """Each pinned requirement with the lines that belong to it."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (ROOT / lock).read_text().splitlines():
        if re.match(r"[a-z0-9]", line):
            lines = found.setdefault(line.split(" ")[0], [])
        elif not line.startswith("#"):
            lines.append(line.strip())
    return found


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    "pattern", [REGISTRY_HOSTS, MACHINE_PATHS], ids=["registry host", "path of a machine"]
)
def test_no_file_of_the_project_names_a(pattern: str) -> None:
    files = {path: path.read_text("utf-8", errors="ignore") for path in project_files()}

    naming = [str(path.relative_to(ROOT)) for path, text in files.items() if re.search(pattern, text)]

    assert len(files) > len(LOCKS)
    assert naming == []


def test_there_is_no_lock_file_of_a_tool_that_writes_addresses() -> None:
    names = {path.name for path in project_files()}

    assert not names & {"uv.lock", "poetry.lock", "package-lock.json"}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_is_pinned_and_carries_hashes(lock: str) -> None:
    locked = requirements(lock)

    without = [
        name for name, lines in locked.items() if "==" not in name or "--hash=sha256:" not in "".join(lines)
    ]

    assert len(locked) > len(project()["project"]["dependencies"])
    assert without == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text)


def test_development_runs_the_very_versions_of_the_run_time_lock() -> None:
    assert requirements("requirements.lock").keys() <= requirements("requirements-dev.lock").keys()


def test_every_dependency_is_locked() -> None:
    declared = [re.split(r"[<>=~!; \[]", entry)[0].lower() for entry in project()["project"]["dependencies"]]

    locked = {name.split("==")[0].split("[")[0] for name in requirements("requirements.lock")}

    assert [name for name in declared if name not in locked] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_every_make_command_that_is_named_exists(page: str) -> None:
    named = set(re.findall(r"\bmake ([a-z-]+)(?=[\s`]|$)", (ROOT / page).read_text()))

    assert "test" in named
    assert named <= make_targets()


def test_the_readme_gives_the_two_commands() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()

    assert any(line.split("#")[0].strip() == "make demo" for line in lines)
    assert any(line.split("#")[0].strip() == "make test" for line in lines)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_to_files_of_the_project_lead_somewhere(page: str) -> None:
    targets = re.findall(r"(?<!!)\[[^\]]+\]\((?!https?:)([^)#]+)", (ROOT / page).read_text())

    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_domain_contract_names_every_dependency_but_pydantic_and_numpy() -> None:
    contracts = project()["tool"]["importlinter"]["contracts"]
    forbidden = next(set(c["forbidden_modules"]) for c in contracts if c["id"] == "domain-libraries")
    declared = {
        canonicalize_name(re.split(r"[<>=~!; \[]", entry)[0])
        for entry in project()["project"]["dependencies"]
    }

    covered = {
        canonicalize_name(dist)
        for module, dists in packages_distributions().items()
        if module in forbidden
        for dist in dists
    }

    assert declared - covered == {"pydantic", "numpy"}


def environment_reads(source: str) -> list[int]:
    """Lines that read the environment; setting a variable for a library's sake is not reading."""
    tree = ast.parse(source)
    writes = {
        id(node.value)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.Attribute) and node.attr == "setdefault")
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in READERS and id(node) not in writes)
        or (isinstance(node, ast.ImportFrom) and any(alias.name in READERS for alias in node.names))
    ]


READERS = {"environ", "environb", "getenv", "getenvb"}


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import os\nos.environ['A']", [2]),
        ("import os\nos.environ.get('A')", [2]),
        ("import os\nos.getenv('A')", [2]),
        ("from os import environ", [1]),
        ("import os\nos.environ['A'] = 'x'", []),
        ("import os\nos.environ.setdefault('A', 'x')", []),
    ],
)
def test_reading_the_environment_is_recognised(source: str, lines: list[int]) -> None:
    assert environment_reads(source) == lines


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        path.parent.relative_to(ROOT) for path in PACKAGE.rglob("*.py") if environment_reads(path.read_text())
    }

    assert readers == {Path("assessor/settings")}


def test_examples_in_docstrings_are_true() -> None:
    with_examples = [path for path in PACKAGE.rglob("*.py") if ">>> " in path.read_text()]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in with_examples]

    failed = [name for name in names if doctest.testmod(importlib.import_module(name)).failed]

    assert failed == []


def test_a_test_cannot_look_up_another_machine(outside_attempts: list[str]) -> None:
    with pytest.raises(RuntimeError, match=r"api\.example\.com"):
        socket.create_connection(("api.example.com", 443))

    assert len(outside_attempts) == 1
    outside_attempts.clear()


@pytest.mark.parametrize(
    ("family", "address"),
    [(socket.AF_INET, ("192.0.2.1", 443)), (socket.AF_INET6, ("2001:db8::1", 443, 0, 0))],
)
def test_a_test_cannot_connect_to_another_machine(
    family: socket.AddressFamily, address: tuple[Any, ...], outside_attempts: list[str]
) -> None:
    with socket.socket(family) as connection, pytest.raises(RuntimeError, match="Tests stay on this machine"):
        connection.connect(address)

    outside_attempts.clear()


def test_a_test_may_talk_to_a_server_on_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(b"hello")
        connection, _ = server.accept()

        with connection:
            assert connection.recv(5) == b"hello"


@pytest.mark.parametrize(
    "module", sorted((ROOT / "tests" / "e2e").glob("test_*.py")), ids=lambda path: path.stem
)
def test_what_needs_a_browser_runs_apart_from_tests_with_a_loop_of_their_own(module: Path) -> None:
    assert "pytestmark = [pytest.mark.browser" in module.read_text("utf-8")
