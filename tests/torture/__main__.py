"""The command: kill the service so many times, print what was lost, and fail when anything was."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from tests.torture.counting import Damage
from tests.torture.running import Result, torture_one_process, torture_several

TOPOLOGIES: dict[str, Callable[..., Coroutine[Any, Any, Result]]] = {
    "one process on SQLite": torture_one_process,
    "two web processes, two workers and PostgreSQL": torture_several,
}


def main() -> None:
    """Run the torture."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="how often to kill in all (default 500)")
    parser.add_argument("--people", type=int, default=6, help="candidates at once (default 6)")
    parser.add_argument("--seed", type=int, default=1, help="of the choice of places and moments")
    parser.add_argument("--only", choices=list(TOPOLOGIES), help="one of the two; else they share the kills")
    given = parser.parse_args()
    chosen = [given.only] if given.only else list(TOPOLOGIES)
    shares = [len(range(number, given.kills, len(chosen))) for number in range(len(chosen))]
    results = [
        _run(name, share, given.people, given.seed) for name, share in zip(chosen, shares, strict=True)
    ]
    total = Damage()
    for result in results:
        total += result.damage
    print(f"kills {sum(result.kills for result in results)}: {total}")
    sys.exit(0 if total.is_none else 1)


def _run(name: str, kills: int, people: int, seed: int) -> Result:
    _tell(f"{name}: {kills} kills")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="assessor-torture-") as folder:
        run = TOPOLOGIES[name](Path(folder), kills=kills, people=people, seed=seed, tell=_tell)
        result = asyncio.run(run)
    print(f"{name}: {result}", flush=True)
    _tell(f"{name}: {(time.monotonic() - began) / max(1, kills):.1f} seconds a kill")
    return result


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
