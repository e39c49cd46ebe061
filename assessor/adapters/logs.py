"""Structured logs. They carry ids and kinds, never what somebody wrote."""

import logging

import structlog


def configure_logs(level: str, *, for_machines: bool) -> None:
    """Write JSON lines for machines, or aligned lines for people.

    Tracebacks come without local variables: those hold candidates' words.
    """
    for_people: tuple[structlog.typing.Processor, ...] = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    )
    for_programs: tuple[structlog.typing.Processor, ...] = (
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(for_programs if for_machines else for_people),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=False,
    )
