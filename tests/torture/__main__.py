"""The command: kill the service so many times, print what was lost, and fail when anything was."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from tests.torture.counting import Damage
from tests.torture.machines import NoMachines
from tests.torture.running import (
    Result,
    torture_cables,
    torture_network,
    torture_one_process,
    torture_several,
)

TOPOLOGIES: dict[str, Callable[..., Coroutine[Any, Any, Result]]] = {
    "one process on SQLite": torture_one_process,
    "two web processes, two workers and PostgreSQL": torture_several,
}
NETWORK = "two web processes, two workers, and a network that fails between them and PostgreSQL"
CABLES = "two machines, each with a web process and a worker, whose cables are pulled"


def main() -> None:
    """Run the torture."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="how often to kill in all (default 500)")
    parser.add_argument(
        "--faults", type=int, help="kill nothing, and spoil the network to PostgreSQL so often"
    )
    parser.add_argument("--partitions", type=int, help="kill nothing, and pull cables so often (root, Linux)")
    parser.add_argument("--people", type=int, default=6, help="candidates at once (default 6)")
    parser.add_argument("--seed", type=int, default=1, help="of the choice of places and moments")
    parser.add_argument("--only", choices=list(TOPOLOGIES), help="one of the two; else they share the kills")
    given = parser.parse_args()
    with_load = {"people": given.people, "seed": given.seed, "tell": _tell}
    if given.faults is not None:
        results = [_run(NETWORK, partial(torture_network, faults=given.faults, **with_load))]
    elif given.partitions is not None:
        try:
            results = [_run(CABLES, partial(torture_cables, partitions=given.partitions, **with_load))]
        except NoMachines as reason:
            sys.exit(str(reason))
    else:
        chosen = [given.only] if given.only else list(TOPOLOGIES)
        shares = [len(range(number, given.kills, len(chosen))) for number in range(len(chosen))]
        results = [
            _run(name, partial(TOPOLOGIES[name], kills=share, **with_load))
            for name, share in zip(chosen, shares, strict=True)
        ]
    total = sum((result.damage for result in results), Damage())
    print(f"{results[0].what} {sum(result.count for result in results)}: {total}")
    sys.exit(0 if total.is_none else 1)


def _run(name: str, torture: Callable[[Path], Coroutine[Any, Any, Result]]) -> Result:
    _tell(name)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="assessor-torture-") as folder:
        result = asyncio.run(torture(Path(folder)))
    print(f"{name}: {result}", flush=True)
    _tell(f"{name}: {(time.monotonic() - began) / max(1, result.count):.1f} seconds for each")
    return result


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
