"""How fast the machine is at the moment: a piece of work that is always the same.

A processor that others share gives the same work half as much time again from one second to the next, also by
its own count of CPU time. What the service takes is therefore told in lengths of the yardstick, beside which
a service that gets slower stands out and a machine that does so cancels out.
"""

import gc
import json
import time
from typing import Final

_DOCUMENT: Final = json.dumps({f"item-{number}": [number, str(number)] for number in range(600)})
_ROUNDS: Final = 5


def yardstick_ms() -> float:
    """Return how many milliseconds of CPU the work took just now: mostly objects made and let go."""
    gc.disable()  # a collection now would be of everything else in this process
    try:
        began = time.thread_time()
        for _ in range(_ROUNDS):
            json.dumps(json.loads(_DOCUMENT), sort_keys=True)
        return (time.thread_time() - began) * 1000
    finally:
        gc.enable()
