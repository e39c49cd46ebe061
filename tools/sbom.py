"""What the service is made of, as CycloneDX 1.6 in JSON: `make sbom`.

It follows from the lock alone, so the same lock gives the same document, byte for byte: for every package its
licence, the hashes that the lock admits, and what needs it.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from tools.licences import licence_of

ROOT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = ROOT / "requirements.lock"


@dataclass
class Locked:
    """One package of a lock."""

    name: str
    version: str
    marker: str = ""
    hashes: list[str] = field(default_factory=list)
    wanted_by: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its package URL."""
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(text: str) -> list[Locked]:
    """Return the packages of a lock as uv writes it."""
    found: list[Locked] = []
    for line in text.splitlines():
        if head := re.match(
            r"(?P<name>[a-z0-9._-]+)(\[.*?\])?==(?P<version>[^ ]+)( ; (?P<marker>.*?))? \\$", line
        ):
            found.append(Locked(head["name"], head["version"], head["marker"] or ""))
        elif hashed := re.search(r"--hash=sha256:([0-9a-f]{64})", line):
            found[-1].hashes.append(hashed[1])
        elif wanted := re.match(
            r"    #( via|  ) (?P<name>[a-z0-9][a-z0-9._-]*)( \(pyproject\.toml\))?$", line
        ):
            found[-1].wanted_by.append(wanted["name"])
    return found


def document(text: str, version: str) -> dict[str, Any]:
    """Return the document for a lock's text. Raises ValueError for a package of unknown licence."""
    ours, packages = f"pkg:pypi/assessor@{version}", locked(text)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, text + version)}",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "pre-build"}],
            "component": _component("application", "assessor", version, "Apache-2.0"),
        },
        "components": [_of(one) for one in packages],
        "dependencies": list(_dependencies(ours, packages)),
    }


def _component(kind: str, name: str, version: str, licence: str) -> dict[str, Any]:
    url = f"pkg:pypi/{name}@{version}"
    plain = " " not in licence
    licences = [{"license": {"id": licence}} if plain else {"expression": licence}]
    return {
        "type": kind, "bom-ref": url, "name": name, "version": version, "purl": url, "licenses": licences
    }  # fmt: skip


def _of(one: Locked) -> dict[str, Any]:
    files = {
        "type": "distribution",
        "url": one.url,
        "comment": "one hash for each file of this version that the lock admits",
        "hashes": [{"alg": "SHA-256", "content": content} for content in one.hashes],
    }
    found = _component("library", one.name, one.version, licence_of(one.name)) | {
        "externalReferences": [files]
    }
    if one.marker:
        found["properties"] = [{"name": "assessor:installed-where", "value": one.marker}]
    return found


def _dependencies(ours: str, packages: list[Locked]) -> Iterator[dict[str, Any]]:
    """Yield what needs what: the lock says it the other way round."""
    for name, url in [("assessor", ours), *((one.name, one.url) for one in packages)]:
        needs = sorted(one.url for one in packages if name in one.wanted_by)
        yield {"ref": url, "dependsOn": needs} if needs else {"ref": url}


def main() -> None:
    """Write the document to the file that is named, or print it."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    text = json.dumps(document(LOCK.read_text(), version), indent=2) + "\n"
    if len(sys.argv) == 1:
        print(text, end="")
        return
    file = Path(sys.argv[1])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    print(f"{file}: {text.count('bom-ref') - 1} packages")


if __name__ == "__main__":
    main()
