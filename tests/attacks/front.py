"""Where attacks over HTTP are played: the real service as a process, and two platforms with their things."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from assessor.client import Client
from tests.attacks.gains import Fault, Gain
from tests.attacks.stage import PASSWORD
from tests.e2e.service import Platform, Service

SECONDS = 60.0
_GENEROUS = {"ASSESSOR_API_REQUESTS_PER_MINUTE": "1000000", "ASSESSOR_API_BURST": "1000000"}
"""Limits have tests of their own; here they would stand before every other check."""
_numbers = count(1)


@dataclass(frozen=True)
class Home:
    """A platform with a decided assessment and a webhook endpoint; everything is of test mode."""

    service: Service
    tenant: str
    key: str
    assessment: str
    verdict: str
    endpoint: str
    reference: str

    def ask(self, method: str, path: str, *, key: str | None = None, **request: Any) -> httpx.Response:
        """Ask by this platform's key, or by another."""
        headers = {"Authorization": f"Bearer {key or self.key}", "Idempotency-Key": f"asked-{next(_numbers)}"}
        headers |= request.pop("headers", {})
        return httpx.request(method, self.service.url + path, headers=headers, timeout=SECONDS, **request)

    def client(self) -> Client:
        """Return the client for platforms."""
        return Client(self.service.url, self.key)

    @property
    def things(self) -> dict[str, str]:
        """What addresses name, by the name of the parameter."""
        return {
            "assessment_id": self.assessment,
            "verdict_id": self.verdict,
            "endpoint_id": self.endpoint,
            "delivery_id": "del_1",
            "outcome_id": "out_1",
        }

    def told_in(self, text: str) -> list[str]:
        """Return what of this platform stands in an answer."""
        return [
            one for one in (*self.things.values(), self.reference) if len(one) > len("del_1") and one in text
        ]


@dataclass(frozen=True)
class Front:
    """A service that allows this machine as a target, with two platforms; and a platform of a strict one."""

    service: Service
    mine: Home
    theirs: Home
    strict: Platform

    def reviewer(self, home: Home, *roles: str) -> httpx.Client:
        """Return somebody who is signed in as a reviewer."""
        email = f"rita-{next(_numbers)}@{home.tenant}.example"
        self.add_account(home, email, PASSWORD, *roles)
        with self.person() as arriving:
            cookies = arriving.post("/review/login", data={"email": email, "password": PASSWORD}).cookies
        if not cookies:
            raise RuntimeError(f"{email} could not sign in")
        return self.person(cookies)

    def add_account(self, home: Home, email: str, password: str, *roles: str) -> None:
        """Add a reviewer."""
        named = [part for role in roles for part in ("--role", role)]
        self.service.run("reviewers", "add", email, "--tenant", home.tenant, "--password", password, *named)

    def person(self, cookies: httpx.Cookies | None = None) -> httpx.Client:
        """Return a browser that follows no link; without cookies nobody is signed in."""
        origin = {"Origin": self.service.url, "Accept": "text/html"}
        return httpx.Client(base_url=self.service.url, headers=origin, cookies=cookies, timeout=SECONDS)


@contextmanager
def fronted() -> Iterator[Front]:
    """Start both services, and let two platforms have something."""
    with TemporaryDirectory() as folder, TemporaryDirectory() as other:
        service = Service(Path(folder), _GENEROUS | {"ASSESSOR_WEBHOOK_ALLOW_LOOPBACK": "true"})
        strict = Service(Path(other), _GENEROUS)
        try:
            service.start()
            strict.start()
            theirs = Platform.of(strict, "strict", "--test")
            yield Front(service, _home(service, "ours"), _home(service, "theirs"), theirs)
        finally:
            service.stop()
            strict.stop()


def leak(told: str) -> Fault:
    """Return a fault: something was read that is not theirs who asked."""
    return Fault(Gain.LEAKED, told)


def _home(service: Service, tenant: str) -> Home:
    platform = Platform.of(service, tenant, "--test", "--least-basis", "provisional")
    reference = f"{tenant}-person-{next(_numbers)}"
    with Client(service.url, platform.key) as client:
        ordered = client.order_assessment(reference, "python", form="short", simulate="qualified")
        verdict = client.wait_for_verdict(
            ordered.id, timeout_seconds=SECONDS, ask_again_seconds=0.5
        ).document.id
        # Nobody listens there.
        endpoint = client.add_webhook_endpoint(
            "http://127.0.0.1:9/", event_types=["assessor.webhook.test"]
        ).id
    return Home(service, tenant, platform.key, ordered.id, verdict, endpoint, reference)
