"""A model provider of our own on this machine: speaks the OpenAI protocol, streams when it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STATEMENT = ["You wrote ", "“a shared list”.", " "]
QUESTION = ["What would you check ", "before you ", "change it?"]
PATIENCE = 7.0
"""Seconds for which a closed gate holds a reply; less than the service waits for one."""


@dataclass
class Upstream:
    """What the provider was asked, and the gates that hold its replies back."""

    address: str
    turns: threading.Event = field(default_factory=threading.Event)
    """Open: the second half of a streamed reply may follow the first."""
    judgements: threading.Event = field(default_factory=threading.Event)
    """Open: replies that are not streamed may be given."""
    asked: list[dict[str, Any]] = field(default_factory=list)

    @property
    def streamed(self) -> int:
        """How many streamed replies were asked for."""
        return sum(bool(request.get("stream")) for request in self.asked)


@contextmanager
def running() -> Iterator[Upstream]:
    """Serve on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.upstream = Upstream(f"http://127.0.0.1:{server.server_port}/v1")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, name="upstream")
    thread.start()
    try:
        yield server.upstream  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        upstream: Upstream = self.server.upstream  # type: ignore[attr-defined]
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        upstream.asked.append(request)
        try:
            if request.get("stream"):
                self._stream(upstream)
            else:
                upstream.judgements.wait(PATIENCE)
                self._whole()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the service was killed while it listened

    def log_message(self, *_: object) -> None:
        """Keep the test's output quiet."""

    def _stream(self, upstream: Upstream) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self._chunks(STATEMENT)
        upstream.turns.wait(PATIENCE)
        self._chunks(QUESTION)
        self._line({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def _chunks(self, words: list[str]) -> None:
        for text in words:
            delta = {"role": "assistant", "content": text}
            self._line({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})

    def _line(self, body: dict[str, Any]) -> None:
        whole = {"id": "chunk", "object": "chat.completion.chunk", "created": 0, "model": "test", **body}
        self.wfile.write(f"data: {json.dumps(whole)}\n\n".encode())
        self.wfile.flush()

    def _whole(self) -> None:
        message = {"role": "assistant", "content": "{}"}
        body = {
            "id": "whole",
            "object": "chat.completion",
            "created": 0,
            "model": "test",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
