"""The process that serves a model file: `python -m assessor.adapters.local_server`.

It reads one line of JSON from its input (`path`, `key`), prints one with its `address` when the model
is loaded, and lives until its input ends, which it does when the service stops or dies.
"""

import ctypes
import json
import os
import signal
import sys
import threading
from typing import Any

CONTEXT_TOKENS = 8192
AT_ONCE = 2
"""An answer is judged while another conversation goes on; both share the context."""
_WARNINGS = 2
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until the input ends. What goes wrong is told on the error stream; the exit status is 1."""
    _die_with_parent()
    order = json.loads(sys.stdin.buffer.readline())
    # Loading takes long, and whoever asked for it may be gone before it is done.
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        server = _serve(order["path"], order["key"])
    except Exception as error:  # noqa: BLE001 -- whatever it is, the parent reports it
        sys.stderr.write(f" E {type(error).__name__}: {error}\n")
        sys.stderr.flush()
        os._exit(1)  # an orderly exit would wait for the thread that reads
    sys.stdout.write(json.dumps({"address": server.listening_address}) + "\n")
    sys.stdout.flush()
    threading.Event().wait()


def _serve(path: str, key: str) -> Any:
    """Load the model and listen on a free port of the loopback interface."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.model_alias = {"local"}  # or replies would carry the path
    params.api_keys = [key]  # other users of this machine can reach the port, too
    params.ui = False
    params.endpoint_slots = False  # it would show what candidates say
    params.offline = True
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = AT_ONCE
    params.kv_unified = True
    params.verbosity = _WARNINGS
    # Its threads wait by spinning. On all cores of a busy machine that took 20 seconds for 12 tokens.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 2) - 1)
    return xllamacpp.Server(params)


def _die_with_parent() -> None:
    """Ask Linux for a kill when the parent dies; elsewhere the end of the input has to do."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died in between
        os._exit(1)


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
