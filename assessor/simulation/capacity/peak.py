"""The morning, event by event: people arrive by the hour, and queue for processors, models and scoring."""

from dataclasses import dataclass
from heapq import heapreplace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from assessor.simulation.capacity.work import Assumptions, measured

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Times = NDArray[np.float64]

PERCENT_BY_HOUR: Final = (1, 1, 1, 1, 1, 2, 4, 8, 11, 10, 8, 7, 6, 6, 6, 6, 5, 4, 3, 3, 2, 2, 1, 1)
"""Of a day's candidates, how many begin in each hour: an assumption; a hundred in all."""
PEAK_SHARE: Final = max(PERCENT_BY_HOUR) / 100
_FROM, _TO = 6, 12
"""Hours of the morning that is simulated; those who came before have gone by its peak."""
_HOUR: Final = 3600.0
_SPREAD: Final = 0.3
"""Of the logarithm of how long people take."""


@dataclass(frozen=True)
class Cell:
    """A part of an installation that is simulated: candidates a day, processes, and slots of each process."""

    per_day: int
    web_processes: int
    worker_processes: int
    slots: int


class Queued(NamedTuple):
    """Who came in the busiest hour: how long each waited, and then took, in seconds."""

    waited: "Times"
    lasting: "Times"


def simulated(cell: Cell, assumed: Assumptions, seed: int) -> dict[str, Any]:
    """Return how long people waited, in ms for what is at once and in seconds for scoring."""
    import numpy as np

    chance = np.random.default_rng(seed)
    begun = _arrivals(cell.per_day, chance)
    turns, asking = _turns(begun, chance)
    calls = turns[chance.random(turns.size) < measured("calls_per_turn")]
    pages = _spread(begun, round(assumed.pages), assumed, chance)
    handed = begun + 60 * assumed.minutes * chance.lognormal(-(_SPREAD**2) / 2, _SPREAD, begun.size)
    at_web = np.concatenate([turns, pages])
    costs = np.repeat([measured("turn_cpu_ms"), assumed.page_cpu_ms], [turns.size, pages.size]) / 1000
    scoring = chance.gamma(measured("judge_calls"), assumed.judge_call_seconds, handed.size)
    web = queued(at_web, chance.exponential(costs), cell.web_processes)
    asked = chance.exponential(assumed.turn_call_seconds, calls.size)
    called = queued(calls, asked, cell.web_processes * cell.slots)
    scored = queued(handed, scoring, cell.worker_processes * cell.slots)
    return {
        "assessments": int(begun.size),
        "turns": int(turns.size),
        "interviews_at_once": _open_at_most(begun, begun + asking),
        "processor_ms": _summary(1000 * web.waited),
        "model_ms": _summary(1000 * called.waited),
        "scoring_s": _summary(scored.waited),
        "handed_in_to_scored_s": _summary(scored.waited + scored.lasting),
    }


def _arrivals(per_day: int, chance: "np.random.Generator") -> "Times":
    """Return when people begin, in seconds of the day, in order: a Poisson process of each hour's rate."""
    import numpy as np

    hours = [
        _HOUR * (hour + chance.random(chance.poisson(per_day * PERCENT_BY_HOUR[hour] / 100)))
        for hour in range(_FROM, _TO)
    ]
    return np.sort(np.concatenate(hours))


def _turns(begun: "Times", chance: "np.random.Generator") -> "tuple[Times, Times]":
    """Return when every turn is sent, and how long each interview lasts."""
    import numpy as np

    counts = 1 + chance.poisson(measured("turns") - 1, begun.size)
    pause = 60 * measured("interview_minutes") / measured("turns")
    pauses = chance.exponential(pause, int(counts.sum()))
    whose = np.repeat(np.arange(begun.size), counts)
    since = np.cumsum(pauses)
    before = np.concatenate([[0.0], since[np.cumsum(counts)[:-1] - 1]])
    lasting = since - before[whose]
    return begun[whose] + lasting, lasting[np.cumsum(counts) - 1]


def _spread(begun: "Times", each: int, assumed: Assumptions, chance: "np.random.Generator") -> "Times":
    """Return when people send for pages: at any time while they are at it."""
    import numpy as np

    return np.repeat(begun, each) + 60 * assumed.minutes * chance.random(begun.size * each)


def queued(arrivals: "Times", lasting: "Times", servers: int) -> "Queued":
    """Serve whoever comes first at the first server that is free; tell of the busiest hour."""
    import numpy as np

    order = np.argsort(arrivals, kind="stable")
    came, takes = arrivals[order], lasting[order]
    free = [0.0] * servers
    waited = np.empty(order.size)
    for place, (at, needs) in enumerate(zip(came.tolist(), takes.tolist(), strict=True)):
        begins = max(at, free[0])
        heapreplace(free, begins + needs)
        waited[place] = begins - at
    hours = (came // _HOUR).astype(int)
    busiest = hours == np.bincount(hours).argmax() if hours.size else hours
    return Queued(waited[busiest], takes[busiest])


def _open_at_most(begun: "Times", ended: "Times") -> int:
    import numpy as np

    changes = np.concatenate([np.ones(begun.size), -np.ones(ended.size)])
    order = np.argsort(np.concatenate([begun, ended]), kind="stable")
    return int(np.cumsum(changes[order]).max(initial=0))


def _summary(waited: "Times") -> dict[str, float]:
    import numpy as np

    if not waited.size:
        return {"p50": 0.0, "p95": 0.0, "most": 0.0}
    half, most = np.percentile(waited, [50, 95])
    return {"p50": round(float(half), 1), "p95": round(float(most), 1), "most": round(float(waited.max()), 1)}
