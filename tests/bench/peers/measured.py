"""What every engine's process does: warm up, let the provider count anew, grade, print what it took.

Each engine runs in an environment of its own, so this needs nothing but Python.

    python -m ENGINE ORIGIN WORKLOAD BEHAVIOUR [MODE]
"""

import asyncio
import json
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

AT_ONCE = 16
"""Calls that every engine may have under way."""
KEY = "opens-nothing"

Verdicts = Sequence[Sequence["bool | None"]]
"""For each submission its criteria in order; None for a verdict that was not given."""
Grade = Callable[[Sequence[str]], Awaitable[Verdicts]]


@dataclass(frozen=True)
class Given:
    """What a process is to grade, and where the provider is."""

    base_url: str
    task: str
    purpose: str
    criteria: Sequence[str]
    mode: str


def main(make: Callable[[Given], Grade]) -> None:
    """Grade the workload that the command line names, and print figures and verdicts as one line of JSON."""
    origin, path, behaviour, *mode = sys.argv[1:]
    work = json.loads(Path(path).read_text("utf-8"))
    given = Given(f"{origin}/v1", work["task"], work["purpose"], work["criteria"], mode[0] if mode else "")
    print(json.dumps(asyncio.run(_measured(make(given), origin, work, behaviour))))


async def _measured(grade: Grade, origin: str, work: Any, behaviour: str) -> dict[str, Any]:
    await grade(work["warm_ups"])
    reset = urllib.request.Request(f"{origin}/reset", behaviour.encode(), method="POST")  # noqa: S310 -- ours
    urllib.request.urlopen(reset).close()  # noqa: ASYNC210, S310 -- nothing else runs here yet
    began, used = time.perf_counter(), time.process_time()
    verdicts = await grade(work["submissions"])
    cpu, wall = time.process_time() - used, time.perf_counter() - began
    return {"verdicts": verdicts, "cpu_seconds": cpu, "wall_seconds": wall, "peak_mb": _peak_mb()}


def _peak_mb() -> float:
    """Return the peak of resident memory. Not by getrusage, which counts the parent's up to the exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
