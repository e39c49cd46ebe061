"""An integration from end to end: order, be told by a webhook, verify, and ask who is qualified.

    ASSESSOR_WEBHOOK_ALLOW_LOOPBACK=true assessor demo
    python -m assessor.client.example --key-file var/demonstration/demo-key

The order names an outcome, and a program plays the candidate: a test key is needed, and no person.
"""

import argparse
import queue
import secrets
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final

from assessor.client import Client, Event, Qualification, WebhookRefused, verify_verdict, verify_webhook

OUTCOMES: Final = ("qualified", "not_qualified", "needs_review")
MOST_BYTES: Final = 100_000
"""Events are short; what is longer is none."""


class Receiver(HTTPServer):
    """Takes webhooks on a free port of this machine, and keeps those that are genuine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.secret = ""
        """Of the endpoint. Until it is known nothing is taken, and the service sends it again."""
        self.events: queue.Queue[Event] = queue.Queue()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/"

    def next_about(self, assessment_id: str, decision: str, seconds: float) -> Event:
        """Wait for the verdict of an assessment that says so. Raises queue.Empty when none comes in time."""
        while True:
            event = self.events.get(timeout=seconds)
            if (event.data["assessment_id"], event.data["decision"]) == (assessment_id, decision):
                return event


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        """Take an event if it is genuine: a status from 200 to 299 says that it is taken."""
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(min(length, MOST_BYTES))
        self.send_response(204 if self._taken(body) else 400)
        self.end_headers()

    def _taken(self, body: bytes) -> bool:
        if not self.server.secret:
            return False
        try:
            self.server.events.put(verify_webhook(body, dict(self.headers), self.server.secret))
        except WebhookRefused:
            return False
        return True

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@contextmanager
def listening() -> Iterator[Receiver]:
    """Take webhooks for a while."""
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.shutdown()
            thread.join()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the example. Returns 0 when the candidate is qualified, 1 when not."""
    chosen = _parser().parse_args(arguments)
    key = chosen.key_file.read_text("ascii").strip()
    with Client(chosen.url, key) as assessor, listening() as receiver:
        endpoint = assessor.add_webhook_endpoint(receiver.url, event_types=["assessor.verdict.issued"])
        receiver.secret = endpoint.secret
        try:
            answer = assess(assessor, receiver, chosen)
        finally:
            assessor.remove_webhook_endpoint(endpoint.id)
    print(f"Qualified for {answer.track}: {'yes' if answer.qualified else 'no'}. {answer.reason}")
    return 0 if answer.qualified else 1


def assess(assessor: Client, receiver: Receiver, chosen: argparse.Namespace) -> Qualification:
    """Order an assessment, wait until it is decided, verify the verdict, and return what follows from it."""
    ordered = assessor.order_assessment(
        chosen.candidate,
        chosen.track,
        form="short",
        simulate=chosen.outcome,
        idempotency_key=chosen.candidate,
    )
    print(f"Ordered {ordered.id} for {ordered.candidate_ref}.", flush=True)
    event = receiver.next_about(ordered.id, chosen.outcome, chosen.seconds)
    print(f"Told by webhook: {event.type} {event.data['verdict_id']}.", flush=True)
    served = assessor.verdict(ordered.id)
    # In production leave `demonstration` out: what a test key ordered is then refused.
    verdict = verify_verdict(served.jws, assessor.jwks(), tenant=chosen.tenant, demonstration=True)
    until = f"{verdict.valid_until:%Y-%m-%d}"
    print(f"Signature and claims hold: {verdict.id} says {verdict.decision}, until {until}.")
    return assessor.qualification(ordered.candidate_ref, ordered.track)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m assessor.client.example", description=__doc__.splitlines()[0]
    )
    add = parser.add_argument
    add("--url", default="http://127.0.0.1:8000", help="where the service is")
    add("--key-file", type=Path, required=True, help="file with a test key")
    add("--tenant", default="demo", help="your id at the service, for whom the verdict has to be made")
    add("--candidate", default=f"example-{secrets.token_hex(4)}", help="your reference of a candidate")
    add("--track", default="python", help="what to assess")
    add("--outcome", choices=OUTCOMES, default="qualified", help="what the simulated candidate comes to")
    add("--seconds", type=float, default=120.0, help="how long to wait for each event")
    return parser


if __name__ == "__main__":
    sys.exit(main())
