"""What a soak came to, as tables that a page can take in."""

from collections.abc import Sequence

from tests.bench.report import short, table_row
from tests.soak.judging import Course
from tests.soak.probing import Window
from tests.soak.running import Soaked

SHOWN_WINDOWS = 10
"""Of them all, evenly spread, with the last one."""


def text_of(found: Soaked) -> str:
    """Return the tables of a soak, in Markdown."""
    pace, requests = found.pace, sum(one.requests for one in found.windows)
    head = (
        f"{pace.minutes:g} minutes after {pace.warm_up_minutes:g} to warm up, {pace.people} at once, "
        f"{pace.pause_seconds:g} s before each request: {found.finished:,} lives, {requests:,} requests; "
        f"{found.damage}. "
        f"Connections at most: {found.connections} of {found.connections_allowed} that the settings allow."
    )
    return "\n".join([head, "", *_courses(found.courses), "", *_over_time(found.windows)])


def _courses(courses: Sequence[Course]) -> list[str]:
    head = ["what", "median", "growth an hour", "99.9% interval", "may grow by", ""]
    rows = [
        [
            one.what,
            short(one.typical),
            short(one.an_hour.value),
            f"{short(one.an_hour.low)} to {short(one.an_hour.high)}",
            short(one.bound),
            one.verdict,
        ]
        for one in courses
    ]
    return [table_row(head), table_row(["---"] * len(head)), *map(table_row, rows)]


def _over_time(windows: Sequence[Window]) -> list[str]:
    names = list(windows[0].memory_mb)
    head = ["minute", "requests", "p50 ms", "p95 ms", "CPU ms", "yardstick ms", "connections"]
    head += ["machine's load"]
    head += [f"MB {name}" for name in names] + [f"files {name}" for name in names]
    step = max(1, -(-len(windows) // SHOWN_WINDOWS))
    rows = [
        [
            f"{one.minute:.1f}",
            short(one.requests),
            short(one.p50_ms),
            short(one.p95_ms),
            short(one.cpu_ms),
            short(one.yardstick_ms),
            short(one.connections),
            f"{one.load:.1f}",
            *(f"{one.memory_mb[name]:.1f}" for name in names),
            *(str(one.files[name]) for name in names),
        ]
        for one in windows[::-1][::step][::-1]
    ]
    return [table_row(head), table_row(["---"] * len(head)), *map(table_row, rows)]
