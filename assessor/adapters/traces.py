"""Sending spans to a collector by OTLP. Needs the extra `otel`.

Where to, how often and which share is said by the standard variables, `OTEL_EXPORTER_OTLP_ENDPOINT`,
`OTEL_TRACES_SAMPLER` and so on, which the SDK reads itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from assessor import __version__, tracing
from assessor.domain.errors import SettingProblem, SettingsInvalid


@contextmanager
def traces_sent(executor_id: str) -> Iterator[None]:
    """Send spans while this lasts, the last ones at its end. Raises SettingsInvalid without the extra."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        problem = "is otlp, and the OpenTelemetry SDK is not installed"
        raise SettingsInvalid(
            [SettingProblem("ASSESSOR_TRACES", problem, "pip install 'assessor[otel]'")]
        ) from None
    named = {
        "service.name": tracing.NAME,
        "service.version": __version__,
        "service.instance.id": executor_id,
    }
    # What the environment says goes before: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.
    resource = Resource.create(named).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracing.provide(provider)
    try:
        yield
    finally:
        tracing.provide(None)
        provider.shutdown()
