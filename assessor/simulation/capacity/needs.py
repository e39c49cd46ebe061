"""The arithmetic: from costs of one assessment to cores, memory, database, tokens and money."""

from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Final

from assessor.simulation.capacity.peak import PEAK_SHARE, Cell, simulated
from assessor.simulation.capacity.work import Assumptions, measured

SLOTS: Final = 16
"""Calls to models that a process makes at once, and assessments that a worker scores at once, by default."""
CONNECTIONS: Final = 31
"""That a process opens at most, by default (docs/running.md)."""
CELL_PER_DAY: Final = 50_000
"""A larger installation is simulated as one of equal parts of this size, which wait rather longer."""
_LEAST: Final = 2
"""Processes of a kind, so that one may fail."""
_HOUR: Final = 3600


@dataclass(frozen=True)
class Machines:
    """What runs."""

    web_processes: int
    worker_processes: int

    def part(self, share: float) -> "Machines":
        """Return a share of it, at least one of a kind."""
        return Machines(
            max(1, round(self.web_processes * share)), max(1, round(self.worker_processes * share))
        )


def planned(per_day: int, seed: int = 1, assumed: Assumptions | None = None) -> dict[str, Any]:
    """Return what so many assessments a day need, and how long people wait at the peak."""
    assumed = assumed or Assumptions()
    machines = _machines(per_day, assumed)
    share = min(1.0, CELL_PER_DAY / per_day)
    part = machines.part(share)
    cell = Cell(max(1, round(per_day * share)), part.web_processes, part.worker_processes, SLOTS)
    peak = simulated(cell, assumed, seed)
    peak["interviews_at_once"] = round(peak["interviews_at_once"] / share)
    return {
        "per_day": per_day,
        "seed": seed,
        "machines": _running(machines, assumed),
        "database": _database(per_day, machines, assumed),
        "model": _model(per_day, assumed),
        "peak": {**peak, "simulated": asdict(cell)},
        "assumed": assumed.model_dump(),
    }


def web_seconds(assumed: Assumptions) -> float:
    """Return the processor's seconds in processes that serve, for one assessment."""
    turns = measured("turns") * measured("turn_cpu_ms")
    others = assumed.pages * assumed.page_cpu_ms + assumed.reads * measured("read_cpu_ms")
    return (turns + others) / 1000


def worker_seconds() -> float:
    """Return the processor's seconds in workers, for one assessment."""
    return (measured("criteria") * measured("verdict_cpu_ms") + measured("rest_cpu_ms")) / 1000


def _machines(per_day: int, assumed: Assumptions) -> Machines:
    """One process uses one core: so many cores, so many processes."""
    a_second = per_day * PEAK_SHARE / _HOUR
    turn_slots = measured("turns") * measured("calls_per_turn") * assumed.turn_call_seconds / SLOTS
    judging = measured("judge_calls") * assumed.judge_call_seconds / SLOTS
    web = a_second * max(web_seconds(assumed), turn_slots) / assumed.busy
    workers = a_second * max(worker_seconds(), judging) / assumed.busy
    return Machines(max(_LEAST, ceil(web)), max(_LEAST, ceil(workers)))


def _running(machines: Machines, assumed: Assumptions) -> dict[str, Any]:
    memory = machines.web_processes * measured("web_mb") + machines.worker_processes * measured("worker_mb")
    cores = machines.web_processes + machines.worker_processes
    return {
        **asdict(machines),
        "cores": cores,
        "database_cores": ceil(cores * assumed.database_share),
        "memory_gb": round(memory / 1000, 1),
    }


def _database(per_day: int, machines: Machines, assumed: Assumptions) -> dict[str, Any]:
    each = measured("kept_bytes")
    size = each * per_day * assumed.days_kept / 1e9
    commits = per_day * PEAK_SHARE / _HOUR * assumed.commits
    connections = CONNECTIONS * (machines.web_processes + machines.worker_processes)
    bounds = {
        "size": size / assumed.database_gb,
        "commits": commits / assumed.database_commits,
        "connections": connections / assumed.database_connections,
    }
    return {
        "kb_per_assessment": round(each / 1000, 1),
        "gb": round(size, 1),
        "commits_per_second": round(commits, 1),
        "connections": connections,
        "shards": max(1, ceil(max(bounds.values()))),
        "bound_by": max(bounds, key=lambda name: bounds[name]),
    }


def _model(per_day: int, assumed: Assumptions) -> dict[str, Any]:
    calls = measured("turns") * measured("calls_per_turn")
    spoken = calls * assumed.turn_completion_tokens
    judged = measured("judge_calls") * assumed.call_completion_tokens
    prompt = measured("turns") * measured("tokens_per_turn") - spoken
    prompt += measured("judge_calls") * measured("call_prompt_tokens")
    money = (prompt * assumed.price_prompt + (spoken + judged) * assumed.price_completion) / 1e6
    peak_calls = (calls + measured("judge_calls")) * per_day * PEAK_SHARE / _HOUR
    return {
        "prompt_tokens_per_assessment": round(prompt),
        "completion_tokens_per_assessment": round(spoken + judged),
        "million_tokens_per_day": round((prompt + spoken + judged) * per_day / 1e6, 1),
        "million_tokens_per_peak_minute": round(
            (prompt + spoken + judged) * per_day * PEAK_SHARE / 60 / 1e6, 3
        ),
        "calls_per_second_at_peak": round(peak_calls, 2),
        "dollars_per_assessment": round(money, 4),
        "dollars_per_day": round(money * per_day, 2),
    }
