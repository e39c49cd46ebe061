"""The command: make mutants, try a sample of them, and print what share the tests killed."""

import argparse
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assessor.domain.retakes import used_at
from tests.mutation.scores import LEAST_KILLED, Score, drawn, holds, scores, survivors

ROOT = Path(__file__).resolve().parents[2]
MUTMUT = str(Path(sys.executable).with_name("mutmut"))
ONE = f"{used_at.__module__}.x_{used_at.__name__}__mutmut_1"


def main() -> None:
    """Try mutants."""
    given = _arguments()
    # What an earlier run learnt about tests that have changed since would be believed.
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    _tell("Making the mutants, and learning which test reaches which: this takes minutes.")
    _try([ONE], given.children)
    everyone = [name for name in _statuses() if name.startswith(given.only)]
    if not everyone:
        sys.exit(f"No mutant's name begins with {given.only!r}.")  # given none, mutmut would try all
    chosen = drawn(everyone, given.sample, given.seed)
    _tell(f"{len(chosen)} of {len(everyone)} mutants, drawn with the seed {given.seed}.")
    _try(chosen, given.children)
    ended = _statuses()
    statuses = {name: ended[name] for name in chosen}
    found = scores(statuses)
    _print(found, survivors(statuses))
    sys.exit(not holds(found))


def _try(mutants: Sequence[str], children: int) -> None:
    # Derandomised by CI, Hypothesis finds the same on every run: a mutant is killed or it is not.
    _mutmut("run", "--max-children", str(children), *mutants, watched=sys.stdout.isatty())


def _statuses() -> dict[str, str]:
    """Return how it stands with every mutant, by its name."""
    lines = (line.strip().partition(": ") for line in _mutmut("results", "--all", "true").splitlines())
    return {name: status for name, _, status in lines if status}


def _mutmut(*arguments: str, watched: bool = False) -> str:
    """Return what mutmut prints; where somebody watches, they see how far it is instead."""
    done = subprocess.run(
        [MUTMUT, *arguments],
        cwd=ROOT,
        env={**os.environ, "CI": "1"},
        check=False,
        stdout=None if watched else subprocess.PIPE,
        stderr=None if watched else subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        sys.exit(f"mutmut {arguments[0]} ended with {done.returncode}:\n{(done.stdout or '')[-20_000:]}")
    return done.stdout or ""


def _print(found: Sequence[Score], alive: Sequence[str]) -> None:
    table = Table("package", "killed", "tried", "score", "95 % interval", title="Mutation testing")
    for one in found:
        low, high = one.interval
        share, interval = f"{one.share:.1%}", f"{low:.1%} to {high:.1%}"
        table.add_row(one.package, str(one.killed), str(one.tried), share, interval)
    Console().print(table)
    if alive:
        _tell("No test noticed these; `.venv/bin/mutmut show NAME` shows what was changed:")
        _tell("\n".join(f"  {name}" for name in alive))
    if not holds(found):
        _tell(f"Fewer than {LEAST_KILLED:.0%} are killed.")


def _tell(line: str) -> None:
    print(line, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=60, help="how many of each package (default 60)")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000), help="what they are drawn by")
    parser.add_argument("--only", default="assessor.", help="of such names, say assessor.domain.verdict")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, help="how many at once")
    return parser.parse_args()


if __name__ == "__main__":
    main()
