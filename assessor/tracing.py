"""Spans around what takes time, for whoever asks why something was slow or failed (docs/operations.md).

They hold ids and kinds: no words, no names, no address of a request, no token, and of an exception its class
alone, since its message may quote somebody. Nothing is recorded until somebody provides for it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Literal

from opentelemetry import context, trace
from opentelemetry.trace import Span, SpanKind, StatusCode, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TRACEPARENT: Final = "traceparent"
NAME: Final = "assessor"

Kind = Literal["internal", "server", "consumer"]
"""As OpenTelemetry tells who began it: we, a caller, or whoever put it into a queue."""
Value = str | int | float | bool
Attributes = Mapping[str, Value | None]

# Of the propagators only this one: baggage could carry what somebody wrote.
_propagator: Final = TraceContextTextMapPropagator()
_tracer = trace.get_tracer(NAME)
"""By default that of the process, which does nothing unless an operator's own tools provide for it."""


def provide(provider: TracerProvider | None) -> None:
    """Record spans by a provider from now on; None takes it away.

    It is not made that of the whole process: libraries that trace by themselves would write addresses and
    prompts to it.
    """
    global _tracer  # noqa: PLW0603 - one process has one place that its spans go to
    _tracer = trace.get_tracer(NAME) if provider is None else provider.get_tracer(NAME)


@contextmanager
def span(
    name: str,
    attributes: Attributes | None = None,
    *,
    kind: Kind = "internal",
    parent: str | None = None,
) -> Iterator[Span]:
    """Record what is done meanwhile, in this task and what it starts.

    `parent` is a W3C traceparent from outside; without a sound one it goes on with the current span.
    """
    known = _propagator.extract({TRACEPARENT: parent}, context.get_current()) if parent else None
    begun = _tracer.start_span(name, known, SpanKind[kind.upper()], _present(attributes))
    token = context.attach(trace.set_span_in_context(begun, known))
    try:
        with _ended(begun):
            yield begun
    finally:
        context.detach(token)


@contextmanager
def leaf(name: str, attributes: Attributes | None = None) -> Iterator[Span]:
    """Record a call to elsewhere, with nothing beneath it.

    It may end in another context than it began in, as streams do.
    """
    begun = _tracer.start_span(name, None, SpanKind.CLIENT, _present(attributes))
    with _ended(begun):
        yield begun


def traceparent() -> str | None:
    """Return the current span as another process can go on with it; None where there is none."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get(TRACEPARENT)


def trace_id() -> str | None:
    """Return the id of the current trace, in hexadecimal digits."""
    found = trace.get_current_span().get_span_context()
    return trace.format_trace_id(found.trace_id) if found.is_valid else None


def describe(**ids: str | None) -> None:
    """Add to the current span which ids it is about: `assessment`, `tenant`."""
    trace.get_current_span().set_attributes(_present({f"assessor.{name}": one for name, one in ids.items()}))


def failed(begun: Span) -> None:
    """Mark what failed without an exception."""
    begun.set_status(StatusCode.ERROR)


@contextmanager
def _ended(begun: Span) -> Iterator[None]:
    try:
        yield
    except Exception as fault:
        begun.set_attribute("error.type", type(fault).__qualname__)
        failed(begun)
        raise
    finally:
        begun.end()


def _present(attributes: Attributes | None) -> dict[str, Value]:
    return {name: value for name, value in (attributes or {}).items() if value is not None}
