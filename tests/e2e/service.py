"""The real service as a process that a test can start, kill and start again."""

import json
import os
import signal
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from assessor.web.serving import free_port
from tests import forked

START_SECONDS = 60.0
_orders = count(1)


@dataclass
class Service:
    """`assessor serve` on a free port, over a folder of its own."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=lambda: free_port("127.0.0.1"))
    process: forked.Process | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def run(self, *command: str, status: int = 0) -> str:
        """Run a command of the command line over the same data; return what it printed."""
        done = forked.run(*command, environment=self._environment(), timeout=START_SECONDS)
        assert done.returncode == status, done.stderr
        return done.stdout

    def start(self) -> None:
        """Start, and wait until it can serve."""
        process = self.start_command("serve")
        until = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the service did not start:\n{self.log()}")
            time.sleep(0.1)

    def start_command(self, *command: str) -> forked.Process:
        """Start a command that serves, without waiting."""
        log = self.folder / "service.log"
        self.process = forked.start(*command, environment=self._environment(), output=log)
        return self.process

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an operator would."""
        self._end(signal.SIGTERM)

    def log(self) -> str:
        """Return what it logged."""
        return (self.folder / "service.log").read_text()

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(30)
        self.process = None

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2).is_success
        except httpx.TransportError:
            return False

    def _environment(self) -> dict[str, str]:
        given = {"ASSESSOR_DATA_DIR": str(self.folder), "ASSESSOR_PORT": str(self.port)}
        given["ASSESSOR_KNOWN_CASE_SHARE"] = "0"  # what is next must not hang on chance
        return {**os.environ, **given, **self.settings}


@dataclass(frozen=True)
class Platform:
    """A platform's backend with its key."""

    service: Service
    key: str

    @classmethod
    def of(cls, service: Service, tenant: str, *options: str) -> "Platform":
        """Make a platform and its key on the command line."""
        made = service.run("keys", "add", "--tenant", tenant, "--json", *options)
        return cls(service, json.loads(made)["secret"])

    def order(self, form: str = "short", reference: str | None = None) -> tuple[str, str]:
        """Order an assessment; return its id and the invite link."""
        number = next(_orders)
        ordered = self._ask(
            "POST",
            "",
            json={"candidate_ref": reference or f"person-{number}", "track": "python", "form": form},
            headers={"Idempotency-Key": f"order-{number}"},
        )
        return ordered["id"], ordered["invite_url"]

    def look(self, assessment_id: str) -> dict[str, Any]:
        """Return the assessment as the platform sees it."""
        found: dict[str, Any] = self._ask("GET", f"/{assessment_id}")
        return found

    def turns(self, assessment_id: str) -> list[dict[str, Any]]:
        """Return the conversation as it is stored."""
        turns: list[dict[str, Any]] = self._ask("GET", f"/{assessment_id}/transcript")["turns"]
        return turns

    def responses(self, assessment_id: str) -> dict[str, Any]:
        """Return what was handed in, by item."""
        found = self._ask("GET", f"/{assessment_id}/transcript")["responses"]
        return {one["item_id"]: one["response"] for one in found}

    def verdicts(self, assessment_id: str) -> list[dict[str, Any]]:
        """Return every verdict of the assessment."""
        found = self._ask("GET", f"/{assessment_id}/verdicts")
        listed: list[dict[str, Any]] = found["data"]
        return listed

    def _ask(self, method: str, path: str, **request: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", **request.pop("headers", {})}
        url = f"{self.service.url}/v1/assessments{path}"
        return httpx.request(method, url, headers=headers, timeout=20, **request).raise_for_status().json()
