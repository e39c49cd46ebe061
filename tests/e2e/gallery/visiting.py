"""Opens a view as the person whose it is, in one of the looks that a page must be good in."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import httpx
from playwright.sync_api import Browser, ConsoleMessage, Page

from assessor.web.permitted import FRESH
from assessor.web.security import REVIEWER_COOKIE
from tests.e2e.gallery.seeding import DOORS, FULL, SETTINGS, Person, people_of
from tests.e2e.gallery.views import View
from tests.e2e.service import Service
from tests.e2e.watched import NETWORK_TROUBLE
from tests.web.site import PASSWORD

SEED_SECONDS: Final = 300
PATIENCE: Final = 20_000
UNAUTHENTICATED: Final = 401
NOBODY: Final = "nobody"
"""Who has no session."""


@dataclass(frozen=True)
class Look:
    """A colour scheme and the width of a window, in CSS pixels."""

    scheme: Literal["light", "dark"]
    width: int

    def __str__(self) -> str:
        return f"{self.scheme}, {self.width} px"

    @property
    def options(self) -> dict[str, Any]:
        """What a browser's context is made with."""
        height = 800 if self.width > 400 else 700
        return {"color_scheme": self.scheme, "viewport": {"width": self.width, "height": height}}


@dataclass(frozen=True)
class Gallery:
    """The service with everybody in their states."""

    service: Service
    doors: Service
    """The demonstration."""
    people: dict[str, Person]
    _signed_in: dict[str, tuple[float, str]] = field(default_factory=dict)
    """Of each person's last time: when that was, by the machine's clock, and the session's secret."""

    @contextmanager
    def visit(self, browser: Browser, view: View, **options: Any) -> Iterator[tuple[Page, list[str]]]:
        """Open a view; with it comes a list of what scripts and the policy complain about."""
        person = self.people[view.who]
        url = self.doors.url if view.group == "demonstration" else self.service.url
        context = browser.new_context(java_script_enabled=view.has_scripts, locale=view.language, **options)
        context.set_default_timeout(PATIENCE)
        context.add_cookies(
            [{"name": name, "value": value, "url": url} for name, value in self._cookies(person).items()]
        )
        page, complaints = context.new_page(), list[str]()
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("console", lambda message: complaints.extend(_fault(message)))
        try:
            answer = page.goto(url + view.path.format_map(person.places), wait_until="load")
            if answer and answer.status == UNAUTHENTICATED and view.who != NOBODY:
                complaints.append(f"{view.who} is not let in")
            if view.act:
                view.act(page)
            yield page, complaints
        finally:
            context.close()

    def _cookies(self, person: Person) -> dict[str, str]:
        """Return what a person's browser keeps, signed in so lately that no page asks for it again."""
        if not person.email:
            return person.cookies
        at, secret = self._signed_in.get(person.email, (0.0, ""))
        if not secret or time.monotonic() - at > FRESH.total_seconds() / 2:
            secret = _signed_in(self.service.url, person.email)
            self._signed_in[person.email] = time.monotonic(), secret
        return {REVIEWER_COOKIE: secret}


def _signed_in(url: str, email: str) -> str:
    form = {"email": email, "password": PASSWORD}
    answer = httpx.post(f"{url}/review/login", data=form, headers={"Origin": url}, timeout=PATIENCE / 1000)
    return answer.cookies[REVIEWER_COOKIE]


@contextmanager
def gallery(folder: Path) -> Iterator[Gallery]:
    """Bring everybody into their states in a folder, and serve it."""
    subprocess.run(
        [sys.executable, "-m", "tests.e2e.gallery.seeding", str(folder)],
        check=True,
        timeout=SEED_SECONDS,
        stdout=subprocess.DEVNULL,
    )
    settings = {f"ASSESSOR_{name.upper()}": value for name, value in (SETTINGS | FULL).items()}
    service, doors = Service(folder, settings), Service(folder / DOORS, {"ASSESSOR_DEMONSTRATION": "true"})
    try:
        service.start()
        doors.start()
        yield Gallery(service, doors, people_of(folder))
    finally:
        service.stop()
        doors.stop()


def _fault(message: ConsoleMessage) -> list[str]:
    """Return an error or a warning. Refusals and outages, which a view means to cause, are none."""
    is_meant = message.text.startswith(NETWORK_TROUBLE)
    return [message.text] if message.type in {"error", "warning"} and not is_meant else []
