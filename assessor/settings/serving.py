"""The web processes and the workers."""

from typing import Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from assessor.settings.installation import Installation
from assessor.settings.values import web_address

DEFAULT_PORT: Final = 8000


class Serving(Installation):
    """The web processes and the workers."""

    host: str = Field(default="127.0.0.1", description="Address that `assessor serve` listens on.")
    port: int = Field(
        default=DEFAULT_PORT, ge=1, le=65535, description="Port that `assessor serve` listens on."
    )
    public_url: str = Field(
        json_schema_extra={
            "remedy": "Set it to the https address of this service, e.g. https://assess.example.org",
            "shown": "`http://127.0.0.1:PORT`; required in production, with https",
        },
        description="Address under which candidates and platforms reach the service; invite links use it.",
    )
    drain_seconds: float = Field(
        default=0,
        ge=0,
        le=300,
        description="Seconds for which `assessor serve` goes on serving after it was told to stop, while "
        "`/readyz` says so already: as long as a balancer may need to notice. At a second signal it stops "
        "at once.",
    )
    metrics_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Port on which this process shows its metrics to Prometheus "
        "([operations.md](operations.md)), each process its own. Without one it shows none.",
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        description="Address for that. Metrics name no person, but what they tell is for operators alone: "
        "keep the port from the public.",
    )
    traces: Literal["off", "otlp"] = Field(
        json_schema_extra={"remedy": "Set it to otlp or off"},
        default="off",
        description="`otlp` sends traces, without a word of anybody, to where "
        "`OTEL_EXPORTER_OTLP_ENDPOINT` and the other standard variables say "
        "([operations.md](operations.md#traces)); it needs `pip install 'assessor[otel]'`.",
    )
    executor_id: str = Field(
        json_schema_extra={"shown": "`local-` and the name of the machine"},
        min_length=1,
        description="Stable name of this worker: after a restart it takes up the work it had begun. "
        "Every process that works needs its own.",
    )
    adopt_after_seconds: float = Field(
        default=15,
        ge=1,
        description="Seconds without a sign of life after which other workers take a worker for dead and "
        "take over its work. The same for all workers of a database.",
    )
    interviews_at_once: int = Field(
        default=5000,
        ge=1,
        description="Interviews that go on at once, over all processes. Whoever would begin then waits on a "
        "calm page, in the order in which they came; interviews that have begun go on. The same for all "
        "processes of a database.",
    )
    streams_at_once: int = Field(
        default=5000,
        ge=1,
        description="Streams of interviews that one web process keeps open. Beyond them a browser is told "
        "what there is and looks again every few seconds: replies come whole, and nothing is lost.",
    )
    invite_days: int = Field(default=14, ge=1, description="Days for which an invite link can be opened.")
    api_requests_per_minute: int = Field(
        default=3000,
        ge=1,
        description="Requests a minute that one API key may send for long. Counted by each web process for "
        "itself.",
    )
    api_burst: int = Field(default=500, ge=1, description="Requests that one API key may send at once.")
    api_wrong_keys_per_minute: int = Field(
        default=60,
        ge=1,
        description="Wrong API keys that one address may send in a minute; beyond that, keys that the "
        "process has not let in before are refused unread. Counted by each web process for itself.",
    )
    max_message_chars: int = Field(
        default=8000, ge=1, description="Longest message or answer of a candidate, in characters."
    )
    max_body_bytes: int = Field(
        default=1_000_000, ge=1024, description="Largest request body that is read, in bytes."
    )

    @field_validator("public_url")
    @classmethod
    def _public_url_is_an_origin(cls, value: str, info: ValidationInfo) -> str:
        address = web_address(value, info, plain_http="show candidates' answers and sessions on the way")
        if address.query or address.fragment or address.path not in {"", "/"}:
            raise ValueError("has a path or a query; only scheme, host and port belong here")
        return value.rstrip("/")
