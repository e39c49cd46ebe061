"""B1: grading. The same submissions against the same provider for ours, a bare floor, and other engines."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench import servers
from tests.bench.environments import PeerUnavailable, python_of
from tests.bench.process import ROOT, module
from tests.bench.report import Report, Target, at_least, at_most
from tests.bench.servers import PEERS_FOLDER, Upstream
from tests.bench.workload import Workload, is_met, workload

LATENCY_MS: Final = 200
TIMES: Final = 2
"""Runs of the clean scenario; the one that took the least CPU counts."""
SMOKE_SUBMISSIONS: Final = 6
SECONDS: Final = 300

_GRADES: Final[Mapping[str, Any]] = {"whole_ms": LATENCY_MS, "grades": True}
CLEAN: Final = "clean"
FAULTS: Final = "faults"
UNCERTAIN: Final = "uncertain"
BOTH: Final = "uncertain_faults"
SCENARIOS: Final[Mapping[str, Mapping[str, Any]]] = {
    CLEAN: _GRADES,
    FAULTS: {**_GRADES, "truncated": 10, "limited": 10},
    UNCERTAIN: {**_GRADES, "uncertain": 20},
    BOTH: {**_GRADES, "truncated": 10, "limited": 10, "uncertain": 20},
}
"""What the provider does, after the warm-up."""


@dataclass(frozen=True)
class Engine:
    """How an engine's process is started. `peer` names its environment; ours and the floor need none."""

    name: str
    script: str
    mode: str = ""
    peer: str | None = None

    def command(self) -> list[str]:
        """Return the command without its arguments. Raises PeerUnavailable."""
        if self.peer is None:
            return module(self.script)
        return [str(python_of(self.peer)), str(PEERS_FOLDER / f"{self.script}.py")]


OURS: Final = Engine("ours, with litellm", "tests.bench.our_grading", "litellm")
BARE: Final = Engine("ours, without its client", "tests.bench.our_grading", "bare")
FLOOR: Final = (
    Engine("bare httpx, one call a submission", "tests.bench.bare_grading", "per_item"),
    Engine("bare httpx, one call a criterion", "tests.bench.bare_grading", "per_criterion"),
)
PEERS: Final = (
    Engine("autorubric, per criterion (its default)", "autorubric_engine", "per_criterion", "autorubric"),
    Engine("autorubric, per item", "autorubric_engine", "per_item", "autorubric"),
    Engine("inspect-ai, 8 scorers", "inspect_engine", "", "inspect-ai"),
    Engine("deepeval GEval, steps given", "deepeval_engine", "", "deepeval"),
)

Figures = Mapping[str, float]


def measure(folder: Path, *, smoke: bool, ours_only: bool = False) -> Report:
    """Measure ours in every scenario, the others without faults and with; ours alone for a smoke test."""
    work = workload(SMOKE_SUBMISSIONS) if smoke else workload()
    ours: dict[str, dict[str, Figures]] = {}
    others: dict[str, dict[str, Figures]] = {}
    missing: list[str] = []
    with servers.upstream(folder) as provider:
        for engine in (OURS, BARE):
            ours[engine.name] = _in_scenarios(engine, provider, work, folder, SCENARIOS)
        for engine in () if smoke or ours_only else (*FLOOR, *PEERS):
            try:
                others[engine.name] = _in_scenarios(engine, provider, work, folder, (CLEAN, FAULTS))
            except PeerUnavailable as reason:
                missing.append(f"{engine.name} was left out: {reason}")
    return _report(ours, others, missing, is_whole=not smoke)


def graded(
    engine: Engine, provider: Upstream, work: Workload, folder: Path, behaviour: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Let an engine grade in its own process; return what it printed. Raises RuntimeError with its log."""
    provider.reset(_GRADES)
    path = folder / "workload.json"
    path.write_text(json.dumps(work.as_json()))
    command = [*engine.command(), provider.address, str(path), json.dumps(behaviour), engine.mode]
    done = subprocess.run(
        command,
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{engine.name} did not grade:\n{done.stderr[-4000:]}")
    printed: Mapping[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return printed


def _in_scenarios(
    engine: Engine,
    provider: Upstream,
    work: Workload,
    folder: Path,
    scenarios: Sequence[str] | Mapping[str, Any],
) -> dict[str, Figures]:
    found = {}
    for name in scenarios:
        runs = [_figures(engine, provider, work, folder, name) for _ in range(TIMES if name == CLEAN else 1)]
        found[name] = min(runs, key=lambda one: one["cpu_ms_per_verdict"])
    return found


def _figures(engine: Engine, provider: Upstream, work: Workload, folder: Path, scenario: str) -> Figures:
    printed = graded(engine, provider, work, folder, SCENARIOS[scenario])
    stats = provider.stats()
    wanted = [[is_met(text, one) for text in work.criteria] for one in work.submissions]
    pairs = [
        pair
        for got, true in zip(printed["verdicts"], wanted, strict=True)
        for pair in zip(got, true, strict=True)
    ]
    given = [pair for pair in pairs if pair[0] is not None]
    return {
        "calls": stats.requests,
        "prompt_chars": stats.prompt_chars,
        "uncached_chars": stats.uncached_chars,
        "cpu_ms_per_verdict": round(printed["cpu_seconds"] / len(pairs) * 1000, 3),
        "wall_seconds": round(printed["wall_seconds"], 2),
        "peak_mb": round(printed["peak_mb"], 1),
        "connections": stats.connections,
        "verdicts": len(given),
        "wrong": sum(got != true for got, true in given),
    }


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment in which no engine sends anything to anybody but our provider."""
    quiet = {"DEEPEVAL_TELEMETRY_OPT_OUT": "YES", "DO_NOT_TRACK": "1", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    paths = f"{ROOT}{os.pathsep}{PEERS_FOLDER}"
    return {**os.environ, **quiet, "PYTHONPATH": paths, "INSPECT_DISPLAY": "none", "HOME": str(folder)}


def _report(
    ours: Mapping[str, Mapping[str, Figures]],
    others: Mapping[str, Mapping[str, Figures]],
    missing: Sequence[str],
    *,
    is_whole: bool,
) -> Report:
    mine = ours[OURS.name]
    rows = [_row(name, found) for name, found in others.items()]
    rows += [_row(f"**{name}**", found) for name, found in ours.items()]
    rows += [
        _row(f"{name}, 20% uncertain", {CLEAN: found[UNCERTAIN], FAULTS: found[BOTH]})
        for name, found in ours.items()
    ]
    return Report(
        "grading",
        "B1: grading, 40 submissions by 8 criteria, 16 calls at once",
        (
            "engine",
            "calls",
            "prompt k-chars",
            "uncached",
            "CPU ms a verdict",
            "wall s",
            "peak MB",
            "connections",
            "verdicts",
            "with faults: verdicts",
            "wrong",
            "calls with faults",
        ),
        rows,
        _targets(ours) if is_whole else (),
        [*_NOTES, *missing],
        figures={**mine, "without_client": ours[BARE.name], "peers": others},
    )


_NOTES: Final = (
    (
        f"The provider answers after {LATENCY_MS} ms and grades by looking: a criterion quotes words, "
        "and is met by the answers that hold them. Its prefix cache has blocks of 128 tokens (512 "
        "characters here), begins at 1,024 tokens, and is warm once a first reply was sent; prompt "
        "characters beyond it are uncached."
    ),
    (
        "Every engine has a process of its own, grades one answer to warm up before anything is "
        "counted, and may have 16 calls under way. The CPU is that of the process while it grades, of "
        "two runs the lower; peak memory is that of the whole process, with its imports."
    ),
    (
        "A verdict is one that the engine stands by: a criterion without one, or with one that only "
        "stands in for a call that failed, does not count. Wrong are those that differ from what is "
        "true of the answer."
    ),
    (
        "With faults 10 replies of 100 are cut in half and 10 calls of 100 are refused (429, Retry- "
        "After: 0). Every engine retries as it does by default; the floor asks up to four times."
    ),
    (
        "Ours has two checks of known answer in every call, besides the eight criteria; replies are "
        "recorded and the cost is kept, in memory. With 20% uncertain, as many of the pairs get a "
        "probability in the middle and are read again by calls of their own. The other engines know no "
        "such thing."
    ),
    (
        "deepeval runs as GEval.a_measure, without the machinery of its test runs, which is kinder to "
        "it; inspect-ai runs as one task whose samples are answered already."
    ),
)


def _row(name: str, found: Mapping[str, Figures]) -> list[str | float]:
    clean, faults = found[CLEAN], found[FAULTS]
    return [
        name,
        clean["calls"],
        round(clean["prompt_chars"] / 1000),
        round(clean["uncached_chars"] / 1000),
        clean["cpu_ms_per_verdict"],
        clean["wall_seconds"],
        round(clean["peak_mb"]),
        clean["connections"],
        clean["verdicts"],
        faults["verdicts"],
        clean["wrong"] + faults["wrong"],
        faults["calls"],
    ]


def _targets(ours: Mapping[str, Mapping[str, Figures]]) -> list[Target]:
    mine, bare = ours[OURS.name], ours[BARE.name]
    clean = mine[CLEAN]
    return [
        at_most("calls", clean["calls"], 45),
        at_most("uncached characters", clean["uncached_chars"], 300_000),
        at_most("CPU ms a verdict with litellm", clean["cpu_ms_per_verdict"], 6),
        at_most("CPU ms a verdict without its client", bare[CLEAN]["cpu_ms_per_verdict"], 3),
        at_most("wall seconds", clean["wall_seconds"], 1.5),
        at_most("peak MB", clean["peak_mb"], 230),
        at_least("verdicts with faults", mine[FAULTS]["verdicts"], 320),
        at_least("verdicts with 20% uncertain", mine[UNCERTAIN]["verdicts"], 320),
        at_least("verdicts with faults and 20% uncertain", mine[BOTH]["verdicts"], 320),
        at_most("wrong verdicts", sum(found["wrong"] for one in ours.values() for found in one.values()), 0),
    ]
