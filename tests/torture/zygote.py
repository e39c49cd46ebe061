"""A process that has imported everything and forks servers: a restart costs a fork, not an import.

Speaks JSON lines. `{"role": ..., "settings": {...}, ...}` on standard input forks a child, on the machine
whose network is given, and its pid comes back on standard output; `{"pid": ...}` asks for its exit code,
which is null while it lives. A child dies with its zygote.
"""

import asyncio
import ctypes
import gc
import itertools
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from assessor.crash_points import CrashPoint
from tests.torture.database import postmaster
from tests.torture.machines import join

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Fork a child for each line until the input ends."""
    _import_everything()
    gc.freeze()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(_exit_code(order["pid"]) if "pid" in order else _forked(order)), flush=True)


def _forked(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        _child(order)
    return pid


def _exit_code(pid: int) -> int | None:
    """Return it once, when the child has ended; negative for a signal."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _import_everything() -> None:
    """Import what a server needs. Nothing here may start a thread: threads do not survive a fork."""
    import assessor.adapters.jobs
    import assessor.adapters.prompts
    import assessor.adapters.signing
    import assessor.adapters.store
    import assessor.interview.graph
    import assessor.web.app
    import assessor.web.serving  # noqa: F401 - imported for the children


def _child(order: dict[str, Any]) -> None:
    os.dup2(2, 1)  # standard output is the zygote's own line to its master
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        if order["network"]:
            join(Path(order["network"]))
        if order["database"]:
            _strike_instead(Path(order["database"]))
        _ROLES[order["role"]](order["settings"])
    except BaseException:  # noqa: BLE001 - whatever it was, it goes to the log of the run
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


def _strike_instead(data: Path) -> None:
    """Let this process, where it would end, end the PostgreSQL with this data folder, and live on."""
    from assessor.bootstrap import crashing

    def striking(place: str, _token: Path | None) -> Callable[[CrashPoint], None]:
        name, _, times = place.partition(":")
        countdown = itertools.count(int(times) - 1, -1)

        def hook(point: CrashPoint) -> None:
            if point == name and next(countdown) == 0:
                with suppress(OSError):  # it has ended already, and may have no pid at this moment
                    os.kill(postmaster(data), signal.SIGKILL)

        return hook

    vars(crashing)["ending_at"] = striking


def _serve(given: dict[str, Any], *, works: bool = True) -> None:
    from assessor.settings import Settings
    from assessor.web.app import create_app
    from assessor.web.serving import run

    settings = Settings(**given)
    run(create_app(settings, works=works), settings)


def _work(given: dict[str, Any]) -> None:
    from assessor.bootstrap import running
    from assessor.settings import Settings

    async def work() -> None:
        async with running(Settings(**given)):
            await asyncio.Event().wait()

    asyncio.run(work())


_ROLES: dict[str, Callable[[dict[str, Any]], None]] = {
    "all": _serve,
    "web": partial(_serve, works=False),
    "worker": _work,
}


if __name__ == "__main__":
    main()
