"""Plays requests that another site makes a signed-in browser send: they change nothing and read nothing.

Another port of this machine is another origin of the same site, so that browsers send the cookies along; by
the name `localhost` it is another site as well.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import MappingProxyType
from typing import Any

from playwright.sync_api import Page

from tests.attacks.gains import Fault, Gain, broken
from tests.attacks.payloads import Attack
from tests.attacks.stage import PASSWORD, Played, Stage
from tests.e2e.candidate import Candidate
from tests.e2e.service import Platform

FORMS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "/assessment/interview/messages": {"cmid": "another-site-1", "text": "Said by another site."},
        "/assessment/break": {},
        "/assessment/submit": {},
        "/assessment/withdraw": {"confirmed": "true"},
        "/assessment/move": {},
        "/assessment/accommodations": {"wish": "larger_text"},
        "/assessment/my-data/delete": {"confirmed": "true"},
        "/review/logout": {},
        "/review/{assessment}/sheet": {
            "decision": "qualified",
            "decision_reason": "Says another site.",
        },
        "/review/{assessment}/time": {"time_factor": "4", "reason": "Says another site."},
        "/v1/assessments": {"candidate_ref": "made-elsewhere", "track": "python"},
        "/v1/assessments/{assessment}/cancel": {},
    }
)
READ = (
    "/assessment",
    "/assessment/submit",
    "/assessment/move",
    "/assessment/my-data/delete",
    "/review/logout",
)
"""What is fetched by pictures: reading has to change nothing."""

Cross = Callable[[Page, str, str], None]
"""Let a page of another origin act, given the service's address and the id of the assessment."""


def play_crossing(stage: Stage, attacks: Sequence[Attack]) -> list[Played]:
    """Play each against a candidate in mid-course and a reviewer, both signed in in one browser."""
    platform = Platform.of(stage.service, tenant := stage.tenant())
    assessment, invite = platform.order()
    watched = stage.person()
    candidate = Candidate(watched.page(), stage.service)
    candidate.begin(invite)
    candidate.open_interview()
    _sign_in(candidate, stage.reviewer(tenant))
    with _other_site() as port:
        played = [_played(attack, candidate, platform, assessment, port) for attack in attacks]
    watched.context.close()
    return played


def crosses_of(attack: Attack) -> list[Cross]:
    """Return what a payload describes; nothing for one that nobody here knows."""
    return [cross for pattern, cross in _CROSSES.items() if re.search(pattern, attack.payload, re.IGNORECASE)]


def _played(attack: Attack, candidate: Candidate, platform: Platform, assessment: str, port: int) -> Played:
    crosses = crosses_of(attack)
    if not crosses:
        return Played(
            attack, "", tuple(broken([f"is not understood: it names none of {', '.join(_CROSSES)}"]))
        )
    before = _state(candidate, platform, assessment)
    page = candidate.page.context.new_page()
    faults: list[Fault] = []
    for host in _hosts(attack):
        for cross in crosses:
            page.goto(f"http://{host}:{port}/")
            cross(page, candidate.service.url, assessment)
            read: list[str] = page.evaluate("window.read ?? []")
            faults += [Fault(Gain.LEAKED, f"{host}: read {one!r}") for one in read]
    page.close()
    if (after := _state(candidate, platform, assessment)) != before:
        faults += broken([f"changed {before} to {after}"])
    return Played(attack, "from another origin", tuple(faults))


def _hosts(attack: Attack) -> tuple[str, ...]:
    named = {"another port": "127.0.0.1", "another site": "localhost"}
    return tuple(host for words, host in named.items() if words in attack.payload) or tuple(named.values())


def _state(candidate: Candidate, platform: Platform, assessment: str) -> dict[str, Any]:
    """Return what must stay as it is: the log, who is signed in, and how many assessments there are."""
    get = candidate.page.context.request.get
    pages = {
        path: get(candidate.service.url + path, max_redirects=0).status for path in ("/assessment", "/review")
    }
    return {"assessment": platform.look(assessment), "turns": len(platform.turns(assessment)), **pages}


def _forms(page: Page, url: str, assessment: str) -> None:
    here = page.url
    for path, fields in FORMS.items():
        with page.expect_navigation():
            page.evaluate(_POST, [url + path.format(assessment=assessment), dict(fields)])
        page.goto(here)


def _fetches(page: Page, url: str, assessment: str) -> None:
    for path, fields in FORMS.items():
        page.evaluate(_FETCH, ["POST", url + path.format(assessment=assessment), dict(fields)])
    for method in ("PUT", "DELETE"):
        page.evaluate(_FETCH, [method, f"{url}/assessment/drafts/interview", {"text": "x"}])


def _streams(page: Page, url: str, _assessment: str) -> None:
    page.evaluate(_STREAM, f"{url}/assessment/interview/stream")


def _pictures(page: Page, url: str, assessment: str) -> None:
    for path in (*READ, *(path.format(assessment=assessment) for path in FORMS)):
        page.evaluate(_PICTURE, url + path)


_CROSSES: Mapping[str, Cross] = MappingProxyType(
    {
        r"\bform\b": _forms,
        r"\bfetch\b": _fetches,
        r"\b(SSE|stream|WebSocket)\b": _streams,
        r"\bGET\b": _pictures,
    }
)
_POST = """([address, fields]) => {
  const form = Object.assign(document.createElement('form'), { method: 'post', action: address });
  for (const [name, value] of Object.entries(fields)) {
    const field = Object.assign(document.createElement('input'), { type: 'hidden', value });
    field.name = name;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""
_FETCH = """async ([method, address, fields]) => {
  for (const [mode, type] of [['no-cors', 'text/plain'], ['cors', 'text/plain'], ['cors', 'text/json']]) {
    const request = { method, mode, credentials: 'include', body: JSON.stringify(fields) };
    const answer = await fetch(address, { ...request, headers: { 'Content-Type': type } }).catch(() => null);
    const words = await answer?.text();
    if (words) (window.read ??= []).push(words.slice(0, 80));
  }
}"""
_STREAM = """(address) => Promise.all([
  new Promise((done) => {
    const source = new EventSource(address, { withCredentials: true });
    source.onmessage = source.onopen = () => (window.read ??= []).push('event stream');
    source.onerror = () => done(source.close());
    setTimeout(done, 2000);
  }),
  new Promise((done) => {
    const socket = new WebSocket(address.replace('http', 'ws'));
    socket.onopen = () => (window.read ??= []).push('socket');
    socket.onerror = socket.onclose = done;
    setTimeout(done, 2000);
  }),
])"""
_PICTURE = """(address) => new Promise((done) => {
  const picture = new Image();
  picture.onload = picture.onerror = done;
  picture.src = address;
})"""


def _sign_in(candidate: Candidate, address: str) -> None:
    page = candidate.page
    candidate.go("/review")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


@contextmanager
def _other_site() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Empty)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, name="another site")
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Another site</title><body>")

    def log_message(self, *_: object) -> None:
        """Keep the test's output quiet."""
