"""Every operation of the OpenAPI document, asked with what it allows and with what it forbids.

No answer may be a fault of ours, or one that the document does not tell of.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.service import Service

ROOT = Path(__file__).resolve().parents[2]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EXAMPLES = "2"
SECONDS = 120


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    generous = {"ASSESSOR_API_REQUESTS_PER_MINUTE": "1000000", "ASSESSOR_API_BURST": "1000000"}
    service = Service(tmp_path, generous)
    service.start()
    yield service
    service.stop()


@pytest.mark.slow
def test_no_request_finds_a_fault_or_an_answer_that_is_not_documented(
    service: Service, tmp_path: Path
) -> None:
    key = json.loads(service.run("keys", "add", "--tenant", "acme", "--test", "--json"))["secret"]

    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("st")),
            "run",
            f"{service.url}/openapi.json",
            *("--url", service.url),
            *("--header", f"Authorization: Bearer {key}"),
            *("--header", "If-Match: *"),
            *("--include-path-regex", "^/v1/"),
            *("--checks", CHECKS),
            *("--phases", "examples,coverage,fuzzing"),
            *("--max-examples", EXAMPLES),
            "--continue-on-failure",
            "--no-color",
        ],
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.web.fuzzing_hooks", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
        timeout=SECONDS,
    )

    assert done.returncode == 0, done.stdout[-20_000:]
    assert "API Operations:" in done.stdout
