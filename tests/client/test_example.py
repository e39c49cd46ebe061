"""The client's example as its documentation says to run it: against `assessor demo`, each a process."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from assessor.client.example import listening
from assessor.web.serving import free_port
from tests.client.pages import DOCS
from tests.client.test_webhook_verification import BODY, SECRET, signed

START_SECONDS = 90
RUN_SECONDS = 120

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """`assessor demo` as a reader starts it; its address, and the file of its key."""
    folder, url = tmp_path_factory.mktemp("demonstration"), f"http://127.0.0.1:{free_port('127.0.0.1')}"
    environment = {"ASSESSOR_DATA_DIR": str(folder), "ASSESSOR_WEBHOOK_ALLOW_LOOPBACK": "true"}
    process = subprocess.Popen(
        [sys.executable, "-m", "assessor", "demo", "--port", url.rsplit(":", 1)[-1]],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
    )
    key = folder / "demonstration" / "demo-key"
    until = time.monotonic() + START_SECONDS
    while not _is_served(url, key):
        assert process.poll() is None, "the demonstration ended"
        assert time.monotonic() < until, "the demonstration did not start"
        time.sleep(0.1)
    yield url, key
    process.terminate()
    process.wait()


def _is_served(url: str, key: Path) -> bool:
    try:
        ready = httpx.get(f"{url}/readyz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False
    return ready and key.exists() and bool(key.read_text("ascii"))


@pytest.mark.parametrize(
    ("outcome", "status", "said"),
    [("qualified", 0, "Qualified for python: yes."), ("not_qualified", 1, "Qualified for python: no.")],
)
def test_the_example_ends_with_a_verified_verdict_and_the_qualification(
    demonstration: tuple[str, Path], outcome: str, status: int, said: str
) -> None:
    url, key = demonstration
    command = ["-m", "assessor.client.example", "--url", url, "--key-file", str(key), "--outcome", outcome]

    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, timeout=RUN_SECONDS, check=False
    )

    ordered, told, verified, answer = done.stdout.splitlines()
    assert done.returncode == status, done.stderr
    assert re.fullmatch(r"Ordered asm_\w+ for example-\w+\.", ordered)
    assert re.fullmatch(r"Told by webhook: assessor\.verdict\.issued ver_\w+\.", told)
    assert re.fullmatch(
        rf"Signature and claims hold: ver_\w+ says {outcome}, until \d{{4}}-\d\d-\d\d\.", verified
    )
    assert told.split()[-1].rstrip(".") in verified
    assert answer.startswith(said)
    assert list_of_endpoints(url, key) == []


def list_of_endpoints(url: str, key: Path) -> list[object]:
    headers = {"Authorization": f"Bearer {key.read_text('ascii')}"}
    found: list[object] = httpx.get(f"{url}/v1/webhook-endpoints", headers=headers).json()["data"]
    return found


def test_its_receiver_takes_what_is_genuine_and_nothing_else() -> None:
    with listening() as receiver:
        before = httpx.post(receiver.url, content=BODY, headers=signed())
        receiver.secret = SECRET
        forged = httpx.post(receiver.url, content=BODY + b" ", headers=signed())
        old = httpx.post(receiver.url, content=BODY, headers=signed())
        nothing_taken = receiver.events.empty()
        genuine = httpx.post(receiver.url, content=BODY, headers=signed(at=datetime.now(UTC)))

    assert [answer.status_code for answer in (before, forged, old, genuine)] == [400, 400, 400, 204]
    assert nothing_taken
    assert receiver.events.get_nowait().id == "evt_1"


def test_the_quick_start_says_how_to_run_it() -> None:
    page = (DOCS / "quickstart.md").read_text("utf-8")

    assert "ASSESSOR_WEBHOOK_ALLOW_LOOPBACK=true assessor demo" in page
    assert "python -m assessor.client.example --key-file var/demonstration/demo-key" in page
