"""An OpenAI-compatible server on this machine that grades by what an answer says of itself."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from assessor.ports import ModelRequest
from tests.scoring.graders import Row, asked, first_words, known, reply, row

Met = Callable[[str, str], bool]
"""From a criterion's words and an answer to whether it is met."""


@dataclass
class GradingServer:
    """What was asked; `fails` makes every call from then on a fault of the provider's."""

    met: Met
    address: str = ""
    calls: int = 0
    fails: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: dict[str, Any]) -> str:
        with self._lock:
            self.calls += 1
        words = "\n".join(message["content"] for message in request["messages"] if message["role"] == "user")
        task = asked(ModelRequest(system="", user=words, max_tokens=1))
        return reply([self._row(name, text, task.own) for name, text in task.criteria.items()])

    def _row(self, name: str, text: str, own: str) -> Row:
        looked_up = known(text, own)
        met = self.met(text, own) if looked_up is None else looked_up
        return row(name, met=met, quotes=[first_words(own)] if met else [])


@contextmanager
def serving(met: Met) -> Iterator[GradingServer]:
    grading = GradingServer(met)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, document = (500, {}) if grading.fails else (200, _completion(grading.answer(request)))
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    grading.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield grading
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _completion(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "grader",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }
