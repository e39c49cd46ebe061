"""The command: play a file of attacks on the interviewer, and fail when one of them got something."""

import argparse
import asyncio
import sys
from collections import Counter
from pathlib import Path

from tests.attacks.payloads import OWN, read
from tests.attacks.playing import Outcome
from tests.attacks.suite import attack_all


def main() -> None:
    """Play the attacks."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("path", nargs="?", type=Path, default=OWN, help="JSON lines (default: our own)")
    parser.add_argument("--seeds", type=int, default=3, help="how many interviews at each place (default 3)")
    given = parser.parse_args()
    attacks = read(given.path)
    outcomes = asyncio.run(attack_all(attacks, range(1, given.seeds + 1), _tell))
    failed = Counter(outcome.attack.kind for outcome in outcomes if outcome.faults)
    for kind, trials in sorted(Counter(outcome.attack.kind for outcome in outcomes).items()):
        stopped = sum(outcome.obeyed for outcome in outcomes if outcome.attack.kind == kind)
        print(f"{kind}: {trials} interviews, the guard acted in {stopped}, an attack won {failed[kind]}")
    sys.exit(bool(failed))


def _tell(outcome: Outcome) -> None:
    if outcome.faults:
        print(f"{outcome.attack.id} {outcome.place}: {'; '.join(outcome.faults)}", flush=True)


if __name__ == "__main__":
    main()
