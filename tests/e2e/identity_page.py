"""A stand-in for Stripe Identity on this machine: sessions, a page of its own, and signed webhooks."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import httpx

SECRET = "whsec_of_the_test"


@dataclass
class IdentityPage:
    """What the stand-in knows. `is_down` makes it answer 503 to everything."""

    url: str = ""
    hook: str = ""
    is_down: bool = False
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)

    def create(self, form: dict[str, list[str]]) -> dict[str, Any]:
        reference = f"vs_{len(self.sessions) + 1}"
        self.sessions[reference] = {
            "id": reference,
            "status": "requires_input",
            "url": f"{self.url}/start/{reference}",
            "last_error": None,
            "livemode": True,
            "metadata": {"assessment_id": form["metadata[assessment_id]"][0]},
            "return_url": form["return_url"][0],
        }
        return self.sessions[reference]

    def end(self, reference: str, outcome: str) -> str:
        """Report an outcome to the service, and return where the candidate goes back to."""
        session = self.sessions[reference]
        session["status"] = outcome
        session["last_error"] = {"code": "document_expired"} if outcome == "requires_input" else None
        now = int(time.time())
        kind = f"identity.verification_session.{outcome}"
        body = json.dumps({"type": kind, "created": now, "data": {"object": session}}).encode()
        digest = hmac.new(SECRET.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Stripe-Signature": f"t={now},v1={digest}", "Content-Type": "application/json"}
        httpx.post(self.hook, content=body, headers=headers).raise_for_status()
        back: str = session["return_url"]
        return back


@contextmanager
def running() -> Iterator[IdentityPage]:
    """Serve on a free port until the end."""
    page = IdentityPage()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._json(page.create(parse_qs(sent)) if not page.is_down else None)

        def do_GET(self) -> None:
            match self.path.split("/")[1:]:
                case ["v1", "identity", "verification_sessions", reference]:
                    self._json(page.sessions[reference] if not page.is_down else None)
                case ["start", reference]:
                    links = "".join(f'<a href="/end/{reference}/{one}">{one}</a> ' for one in OUTCOMES)
                    self._answer(
                        200, f"<!doctype html><title>Show it</title><h1>Show it</h1>{links}".encode()
                    )
                case ["end", reference, outcome]:
                    self._answer(303, b"", Location=page.end(reference, outcome))
                case _:
                    self._answer(404, b"")

        def log_message(self, *_: object) -> None:
            pass

        def _json(self, found: dict[str, Any] | None) -> None:
            self._answer(503 if found is None else 200, json.dumps(found).encode())

        def _answer(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "text/html", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    page.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield page
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


OUTCOMES = ("verified", "requires_input", "processing")
