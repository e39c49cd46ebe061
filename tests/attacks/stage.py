"""Where attacks in the browser are played: the real service as a process, and a real Chromium."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from assessor.domain.roles import Role
from tests.attacks.gains import Fault
from tests.attacks.payloads import Attack
from tests.e2e.service import Service
from tests.e2e.watched import FLAGS, NO_CHROMIUM, Watched, found_chromium

PASSWORD = "a long enough password"
_tenants = count(1)


@dataclass(frozen=True)
class Played:
    """What came of an attack in the browser or over HTTP. Without faults it held."""

    attack: Attack
    place: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Stage:
    """A service and a browser."""

    service: Service
    browser: Browser

    def person(self) -> Watched:
        """Return a browser of one person, who has no cookies yet."""
        return Watched(self.browser.new_context(), self.service.url)

    def tenant(self) -> str:
        """Return an id for a platform that is not there yet."""
        return f"attacked-{next(_tenants)}"

    def reviewer(self, tenant: str) -> str:
        """Let somebody review for a platform who may look at everything; return their address."""
        address = f"rita@{tenant}.example"
        roles = [part for role in Role for part in ("--role", role)]
        self.service.run("reviewers", "add", address, "--tenant", tenant, "--password", PASSWORD, *roles)
        self.service.run("reviewers", "waive-training", address, "--reason", "This is about attacks.")
        return address


@contextmanager
def staged() -> Iterator[Stage]:
    """Start both, and end both."""
    path = found_chromium() or sys.exit(NO_CHROMIUM)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        service = Service(Path(folder))
        service.start()
        try:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            yield Stage(service, browser)
            browser.close()
        finally:
            service.stop()
