"""Spans on their way to a collector, over a real socket."""

import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from assessor import tracing
from assessor.adapters.traces import traces_sent
from assessor.domain.errors import SettingsInvalid

GOT: list[tuple[str, bytes]] = []


class Collector(BaseHTTPRequestHandler):
    """Takes what comes."""

    def do_POST(self) -> None:
        GOT.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    GOT.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        yield address
        server.shutdown()
        thread.join()


def test_what_still_waits_is_sent_when_the_process_ends(collector: str) -> None:
    with traces_sent("web-1"), tracing.span("a turn", {"assessor.tenant": "acme"}):
        pass

    ((path, body),) = GOT
    assert path == "/v1/traces"
    (sent,) = ExportTraceServiceRequest.FromString(body).resource_spans
    resource = {one.key: one.value.string_value for one in sent.resource.attributes}
    assert (resource["service.name"], resource["service.instance.id"]) == ("assessor", "web-1")
    (span,) = sent.scope_spans[0].spans
    assert span.name == "a turn"
    assert {one.key: one.value.string_value for one in span.attributes} == {"assessor.tenant": "acme"}


def test_what_failed_is_told_by_its_class_alone(collector: str) -> None:
    with traces_sent("web-1"), pytest.raises(ValueError, match="secret"), tracing.span("a turn"):
        raise ValueError("secret words")

    body = GOT[0][1]
    assert b"ValueError" in body
    assert b"secret" not in body


def test_the_environment_may_name_the_service(collector: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "assessor-staging")

    with traces_sent("web-1"), tracing.span("a turn"):
        pass

    assert b"assessor-staging" in GOT[0][1]


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    with pytest.raises(SettingsInvalid, match=r"assessor\[otel\]"), traces_sent("web-1"):
        pass
