"""A real Chromium that watches what pages load, run and complain about."""

import os
import shutil
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Locator, Page, expect

from tests.patience import PATIENCE_SECONDS

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
NETWORK_TROUBLE = ("Failed to load resource", "net::ERR_")
"""What the browser says of refusals and outages that a test means to cause; everything else is a fault."""

# What the policy stops is told twice: browsers do not log every kind of violation.
_LISTENER = """addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));"""


NO_CHROMIUM = "no Chromium: set ASSESSOR_CHROMIUM, or install the system's `chromium`"


def found_chromium() -> str | None:
    """Return where the browser is, None where there is none."""
    return os.environ.get("ASSESSOR_CHROMIUM") or shutil.which("chromium")


def chromium() -> str:
    """Return where the browser is; skip the test where there is none."""
    return found_chromium() or pytest.skip(NO_CHROMIUM)


def followed(way: Locator) -> None:
    """Click what leads to another page, and wait until that page is there: a click alone waits for none."""
    with way.page.expect_navigation():
        way.click()


expect.set_options(
    timeout=PATIENCE_SECONDS * 1000
)  # its own five seconds are few where two browsers share a core


@dataclass
class Watched:
    """A browser of one person, and what went wrong in it: scripts, the policy, dialogs, foreign requests."""

    context: BrowserContext
    origin: str
    also: str = ""
    """Another origin that it may ask; its own by default."""
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(_LISTENER)

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._read)
        page.on("request", lambda request: self._check(request.url))
        page.on("dialog", self._close)
        return page

    def _read(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(NETWORK_TROUBLE):
            self.faults.append(f"console: {message.text}")

    def _check(self, url: str) -> None:
        if not url.startswith((f"{self.origin}/", f"{self.also or self.origin}/")):
            self.faults.append(f"foreign request: {url}")

    def _close(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()
