"""The command: serve a crowd for so long, print what grew, and fail when anything did beyond its bound."""

import argparse
import asyncio
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.report import machine
from tests.soak.report import text_of
from tests.soak.running import WARM_UP_MINUTES, Pace, soak


def main() -> None:
    """Run the soak."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    after = f"of load, after {WARM_UP_MINUTES:g} to warm up"
    parser.add_argument("--minutes", type=float, default=20, help=after)
    parser.add_argument("--people", type=int, default=Pace.people, help="candidates at once")
    parser.add_argument("--window", type=float, default=Pace.window_seconds, help="seconds of a window")
    parser.add_argument("--pause", type=float, default=Pace.pause_seconds, help="seconds before a request")
    given = parser.parse_args()
    pace = Pace(given.minutes, given.window, given.people, given.pause)
    if pace.windows < Pace.LEAST_WINDOWS:
        parser.error(f"take windows so short that there are {Pace.LEAST_WINDOWS}: --window")
    with tempfile.TemporaryDirectory(prefix="assessor-soak-") as folder:
        found = asyncio.run(soak(Path(folder), pace, lambda line: print(line, file=sys.stderr, flush=True)))
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine()}\n")
    print(text_of(found))
    sys.exit(0 if found.is_sound else 1)


if __name__ == "__main__":
    main()
