"""Plays webhooks: addresses within our network are not sent to, and what is not genuine is not believed."""

import base64
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from types import MappingProxyType

import httpx
from standardwebhooks import Webhook

from assessor.client import WebhookRefused, verify_webhook
from tests.attacks.front import Front
from tests.attacks.gains import Fault, Gain
from tests.attacks.payloads import Attack

SECONDS = 30.0
LATER = timedelta(minutes=10)
Forge = Callable[["Caught"], Iterator["Caught"]]


@dataclass(frozen=True)
class Caught:
    """A webhook as it came, with the secret that verifies it."""

    body: bytes
    headers: Mapping[str, str]
    secret: str = ""
    age: timedelta = timedelta()
    """How long after it was sent it is looked at."""

    def forged(self, body: bytes | None = None, **headers: str) -> "Caught":
        """Return it with another body or other headers, looked at while it is fresh."""
        named = {f"webhook-{name}": value for name, value in headers.items()}
        return replace(self, body=self.body if body is None else body, headers={**self.headers, **named})

    def signed(self, secret: str, webhook_id: str) -> str:
        """Return a signature of the body by a secret, under an id."""
        return Webhook(secret).sign(webhook_id, self.sent_at, self.body.decode())

    @property
    def sent_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)


@dataclass
class Trap:
    """A server that keeps what comes; with `leads_to` it answers with a redirect there."""

    port: int
    leads_to: str = ""
    came: "Queue[Caught]" = field(default_factory=Queue)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


def play_target(front: Front, attack: Attack) -> list[Fault]:
    """Ask for an endpoint at the address; with a redirect, let a target of one's own lead there."""
    if re.search(r"\bredirect\b", attack.payload):
        return _redirected(front)
    address = f"{front.strict.service.url}/v1/webhook-endpoints"
    key = {"Authorization": f"Bearer {front.strict.key}", "Idempotency-Key": attack.id}
    answer = httpx.post(address, json={"url": attack.payload}, headers=key, timeout=SECONDS)
    if answer.status_code == 422 and [one["field"] for one in answer.json()["errors"]] == ["url"]:
        return []
    return [Fault(Gain.LEFT, f"{attack.payload} is sent to: {answer.status_code}")]


def forgeries_of(attack: Attack) -> list[Forge]:
    """Return what a payload describes; nothing for one that nobody here knows."""
    return [forge for pattern, forge in _FORGERIES.items() if re.search(pattern, attack.payload)]


def is_about_order(attack: Attack) -> bool:
    """Whether a payload is news that come in the wrong order."""
    return "out-of-order" in attack.payload


def play_forgeries(front: Front, forges: list[Forge]) -> list[Fault]:
    """Catch a genuine webhook, and change it in every way."""
    caught = _caught(front)
    verify_webhook(caught.body, caught.headers, caught.secret)
    believed = []
    for forge in forges:
        for number, one in enumerate(forge(caught), 1):
            try:
                verify_webhook(one.body, one.headers, caught.secret, now=caught.sent_at + one.age)
                believed.append(Fault(Gain.BROKEN, f"{forge.__name__.strip('_')} {number} is believed"))
            except WebhookRefused:
                continue
    return believed


def play_order(front: Front) -> list[Fault]:
    """Revoke a verdict: whoever asks afterwards is told so, whichever news came last."""
    with front.mine.client() as client:
        reference = "revoked-later"
        ordered = client.order_assessment(reference, "python", form="short", simulate="qualified")
        verdict = client.wait_for_verdict(ordered.id, timeout_seconds=SECONDS, ask_again_seconds=0.5)
        front.service.run("revoke-verdict", verdict.document.id, "--reason", "This is about attacks.")
        if (
            client.verdict_of_id(verdict.document.id).holds
            or client.qualification(reference, "python").qualified
        ):
            return [Fault(Gain.FLIPPED, "a revoked verdict still counts")]
    return []


def _older(caught: Caught) -> Iterator[Caught]:
    """As it came, ten minutes ago; and with a time that fits."""
    yield replace(caught, age=LATER)
    later = str(int((caught.sent_at + LATER).timestamp()))
    yield replace(caught.forged(timestamp=later), age=LATER)


def _rewritten(caught: Caught) -> Iterator[Caught]:
    yield caught.forged(json.dumps(json.loads(caught.body), indent=1).encode())
    yield caught.forged(caught.body.replace(b"assessor", b"assassin"))


def _under_another_prefix(caught: Caught) -> Iterator[Caught]:
    for prefix in ("v1a,", "v2,", "v0,", ""):
        yield caught.forged(signature=re.sub(r"\bv1,", prefix, caught.headers["webhook-signature"]))


def _by_another_secret(caught: Caught) -> Iterator[Caught]:
    anothers = f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
    yield caught.forged(signature=caught.signed(anothers, caught.headers["webhook-id"]))


def _under_another_id(caught: Caught) -> Iterator[Caught]:
    """With the signature as it was; and with one that fits, as somebody who learnt the secret would."""
    yield caught.forged(id="evt_another")
    yield caught.forged(id="evt_another", signature=caught.signed(caught.secret, "evt_another"))


_FORGERIES: Mapping[str, Forge] = MappingProxyType(
    {
        r"\bold\b|\btimestamp\b": _older,
        r"re-serialised": _rewritten,
        r"\bprefix\b": _under_another_prefix,
        r"another endpoint's secret": _by_another_secret,
        r"under another id": _under_another_id,
    }
)


def _caught(front: Front) -> Caught:
    with front.mine.client() as client, _trap() as trap:
        endpoint = client.add_webhook_endpoint(trap.url)
        client.test_webhook_endpoint(endpoint.id)
        came = trap.came.get(timeout=SECONDS)
        client.remove_webhook_endpoint(endpoint.id)
    return Caught(came.body, came.headers, endpoint.secret)


def _redirected(front: Front) -> list[Fault]:
    with front.mine.client() as client, _trap() as within, _trap(within.url) as leading:
        endpoint = client.add_webhook_endpoint(leading.url)
        client.test_webhook_endpoint(endpoint.id)
        leading.came.get(timeout=SECONDS)
        followed = _came_within(within)
        client.remove_webhook_endpoint(endpoint.id)
    return [Fault(Gain.LEFT, "a redirect was followed")] if followed else []


def _came_within(trap: Trap, seconds: float = 2.0) -> bool:
    try:
        trap.came.get(timeout=seconds)
    except Empty:
        return False
    return True


@contextmanager
def _trap(leads_to: str = "") -> Iterator[Trap]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Catch)
    server.daemon_threads = True
    trap = Trap(server.server_port, leads_to)
    server.trap = trap  # type: ignore[attr-defined]  # a server is made before what it catches for
    thread = threading.Thread(target=server.serve_forever, name="trap")
    thread.start()
    try:
        yield trap
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Catch(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        trap: Trap = self.server.trap  # type: ignore[attr-defined]  # see above
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        trap.came.put(Caught(body, {name.lower(): value for name, value in self.headers.items()}))
        self.send_response(302 if trap.leads_to else 204)
        if trap.leads_to:
            self.send_header("Location", trap.leads_to)
        self.end_headers()

    do_GET = do_POST  # noqa: N815 - the name that the base class calls

    def log_message(self, *_: object) -> None:
        """Keep the output quiet."""
