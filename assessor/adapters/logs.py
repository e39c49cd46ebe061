"""Structured logs. They carry ids and kinds, never what somebody wrote."""

import logging
import sys
import traceback

import structlog
from structlog.typing import EventDict, ExcInfo, WrappedLogger

from assessor.tracing import trace_id


def configure_logs(level: str, *, for_machines: bool) -> None:
    """Write JSON lines for machines, or aligned lines for people."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _with_trace,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(kinds_and_places),
            structlog.processors.JSONRenderer()
            if for_machines
            else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ],
        # Standard output belongs to what commands print.
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=False,
    )


def _with_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the id of the trace that a line belongs to."""
    if found := trace_id():
        event["trace"] = found
    return event


def kinds_and_places(exc_info: ExcInfo) -> str:
    """Write an exception as its classes and where they came from, the last one first.

    Neither messages nor local variables: both may hold a candidate's words.
    """
    lines: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        lines.append(type(error).__qualname__)
        frames = traceback.extract_tb(error.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(lines)
