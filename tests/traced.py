"""Spans of a test, kept in memory."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from assessor import tracing


@dataclass(frozen=True)
class Spans:
    """What was recorded so far."""

    exporter: InMemorySpanExporter

    def all(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    def named(self, name: str) -> list[ReadableSpan]:
        return [one for one in self.all() if one.name == name]

    def text(self) -> str:
        """Everything that would leave the process."""
        return "\n".join(one.to_json(indent=None) for one in self.all())

    def attributes(self) -> set[str]:
        return {name for one in self.all() for name in one.attributes or {}}


@contextmanager
def recorded() -> Iterator[Spans]:
    provider, exporter = TracerProvider(shutdown_on_exit=False), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.provide(provider)
    try:
        yield Spans(exporter)
    finally:
        tracing.provide(None)
        provider.shutdown()


def trace_of(span: ReadableSpan) -> str:
    return f"{span.context.trace_id:032x}" if span.context else json.dumps(None)
