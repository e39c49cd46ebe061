"""A process that has imported everything and forks servers: a restart costs a fork, not an import.

Speaks JSON lines: `{"role": ..., "settings": {...}}` on standard input, the child's pid on standard
output. A child dies with its zygote.
"""

import asyncio
import ctypes
import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Fork a child for each line until the input ends."""
    _import_everything()
    gc.freeze()
    print("ready", flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _child(order)
        print(pid, flush=True)


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
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(2, 1)  # standard output is the zygote's own line to its master
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        _ROLES[order["role"]](order["settings"])
    except BaseException:  # noqa: BLE001 - whatever it was, it goes to the log of the run
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


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
