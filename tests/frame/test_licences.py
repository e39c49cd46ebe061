"""What others wrote and we rely on: known licences, none of them the GPL, and a list that others can read."""

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools.licences import GPL_FILES, is_taken, licence_of
from tools.sbom import document, locked

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_known_licence_that_we_take(lock: str) -> None:
    licences = {one.name: licence_of(one.name) for one in locked((ROOT / lock).read_text())}

    assert len(licences) > 80
    assert {name: told for name, told in licences.items() if not is_taken(told)} == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_no_package_brings_files_under_the_gpl_that_are_not_known(lock: str) -> None:
    bringing = {}
    for one in locked((ROOT / lock).read_text()):
        try:
            files = distribution(one.name).files or []
        except PackageNotFoundError:  # for other machines
            continue
        named = [str(file) for file in files if re.search(r"(?<![a-z])a?gpl", str(file).lower())]
        known = GPL_FILES.get(one.name)
        if bad := [file for file in named if known is None or known not in file]:
            bringing[one.name] = bad

    assert bringing == {}


def test_nothing_of_ours_uses_a_file_under_the_gpl() -> None:
    names = [path.rpartition("/")[2] for path in GPL_FILES.values()]

    using = [
        path for path in (ROOT / "assessor").rglob("*.py") if any(one in path.read_text() for one in names)
    ]

    assert using == []


def test_the_list_of_what_is_inside_is_valid_and_the_same_every_time() -> None:
    text = (ROOT / "requirements.lock").read_text()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    made = document(text, version)

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(made)) is None
    assert made == document(text, version)
    libraries = made["components"]
    pinned = re.findall(r"^([a-z0-9._-]+)(?:\[.*?\])?==([^ ]+)", text, re.MULTILINE)
    assert sorted((one["name"], one["version"]) for one in libraries) == sorted(pinned)
    admitted = {kept["content"] for one in libraries for kept in one["externalReferences"][0]["hashes"]}
    assert admitted == set(re.findall(r"--hash=sha256:([0-9a-f]{64})", text))


def test_the_list_says_what_needs_what() -> None:
    made = document((ROOT / "requirements.lock").read_text(), "1.0.0")

    url = {one["name"]: one["purl"] for one in made["components"]}
    needs = {one["ref"]: one.get("dependsOn", []) for one in made["dependencies"]}
    assert url["fastapi"] in needs["pkg:pypi/assessor@1.0.0"]
    assert url["starlette"] in needs[url["fastapi"]]
    wanted = {needed for urls in needs.values() for needed in urls}
    assert {one["purl"] for one in made["components"]} == wanted, "something is locked that nothing needs"
