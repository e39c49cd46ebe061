"""`python -m tests.bench NAME ... [--json] [--smoke] [--write FILE]`, and what single ones take."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from tests.bench import charts, grading, growth, injection, live, pages, processes, reads, start, turn
from tests.bench.environments import PEERS, PeerUnavailable, versions_of
from tests.bench.report import Report, document, updated


class Benchmark(Protocol):
    """Measures in a folder of its own; `smoke` is quick and leaves the peers out."""

    def __call__(self, folder: Path, *, smoke: bool) -> Report: ...


BENCHMARKS: Final[Mapping[str, Benchmark]] = {
    "turn": turn.measure,
    "growth": growth.measure,
    "reads": reads.measure,
    "live": live.measure,
    "processes": processes.measure,
    "start": start.measure,
    "pages": pages.measure,
    "grading": grading.measure,
    "injection": injection.measure,
}


def main() -> None:
    """Run the named benchmarks, or all, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all when none")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--smoke", action="store_true", help="run briefly, without peers")
    parser.add_argument("--ours-only", action="store_true", help="grading: leave the others out")
    parser.add_argument("--payloads", type=Path, metavar="FILE", help="injection: instead of our own")
    parser.add_argument("--sessions", type=int, default=live.SESSIONS, metavar="N", help="live: at once")
    parser.add_argument("--minutes", type=float, default=live.MINUTES, metavar="M", help="live: of load")
    parser.add_argument(
        "--write",
        type=Path,
        metavar="FILE",
        help="write the page as well; with names, only their sections of it",
    )
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    chosen = dict(BENCHMARKS)
    chosen["grading"] = partial(grading.measure, ours_only=given.ours_only)
    chosen["injection"] = partial(injection.measure, payloads=given.payloads or injection.OWN)
    chosen["live"] = partial(live.measure, sessions=given.sessions, minutes=given.minutes)
    reports = run(given.names or list(BENCHMARKS), smoke=given.smoke, tell=_tell, benchmarks=chosen)
    if given.json:
        print(json.dumps(_as_json(reports), indent=2))
    else:
        print("\n".join(map(str, reports)))
    if given.write:
        page = given.write.read_text() if given.names and given.write.exists() else None
        given.write.write_text(updated(page, reports) if page else document(reports, _peers()))
        charts.write(given.write)


def run(
    names: list[str],
    *,
    smoke: bool,
    tell: Callable[[str], None],
    benchmarks: Mapping[str, Benchmark] = BENCHMARKS,
) -> list[Report]:
    """Run benchmarks, each in a temporary folder."""
    reports = []
    for name in names:
        tell(f"{name} ...")
        with tempfile.TemporaryDirectory(prefix="assessor-bench-") as folder:
            reports.append(benchmarks[name](Path(folder), smoke=smoke))
    return reports


def _as_json(reports: list[Report]) -> Any:
    """Return the figures of a benchmark that was run alone and has some, else every table."""
    if len(reports) == 1 and reports[0].figures is not None:
        return reports[0].figures
    return [report.as_json() for report in reports]


def _peers() -> list[str]:
    lines = []
    for peer in PEERS:
        try:
            listed = ", ".join(f"{name} {number}" for name, number in versions_of(peer).items())
        except PeerUnavailable as reason:
            listed = f"not installed: {reason}"
        lines.append(f"Environment of {peer}: {listed}")
    return lines


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
