"""The command: play files of attacks, and fail when one got something."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from assessor.adapters.logs import configure_logs
from tests.attacks import ordinary
from tests.attacks.browsing import play_all
from tests.attacks.judging import TRIALS, judge_all, library
from tests.attacks.payloads import (
    BROWSER_KINDS,
    JUDGE_KINDS,
    KINDS,
    OWN,
    OWN_BROWSER,
    OWN_JUDGE,
    Attack,
    found,
)
from tests.attacks.playing import Outcome
from tests.attacks.report import BrowserReport, InterviewerReport, JudgeReport
from tests.attacks.stage import Played, staged
from tests.attacks.suite import attack_all


def main() -> None:
    """Play the attacks."""
    given = _arguments()
    configure_logs("WARNING", for_machines=False)
    paths = [given.path] if given.path else [OWN, OWN_JUDGE, OWN_BROWSER]
    kinds = {"interviewer": KINDS, "judge": JUDGE_KINDS, "browser": BROWSER_KINDS}
    attacks = {who: [a for path in paths for a in found(path, kinds[who])] for who in given.only or kinds}
    if not any(attacks.values()):
        sys.exit(
            f"{given.path} has no attack of the kinds {', '.join((*KINDS, *JUDGE_KINDS, *BROWSER_KINDS))}"
        )
    console = Console(stderr=given.json)
    reports: dict[str, InterviewerReport | JudgeReport | BrowserReport] = {}
    if attacks.get("judge"):
        reports["judge"] = asyncio.run(judge_report(attacks["judge"], given.trials, given.seed))
    if attacks.get("interviewer"):
        seeds = range(given.seed, given.seed + given.seeds)
        outcomes = asyncio.run(attack_all(attacks["interviewer"], seeds, _tell))
        reports["interviewer"] = InterviewerReport(outcomes)
    if attacks.get("browser"):
        with staged() as stage:
            reports["browser"] = BrowserReport([_told(one) for one in play_all(stage, attacks["browser"])])
    for report in reports.values():
        report.print(console)
    if given.json:
        print(json.dumps({who: report.figures() for who, report in reports.items()}, indent=2))
    sys.exit(not all(report.holds for report in reports.values()))


async def judge_report(attacks: Sequence[Attack], trials: int = TRIALS, seed: int = 1) -> JudgeReport:
    """Attack the judge, and see what ordinary answers are taken for."""
    answers = ordinary.answers(await library())
    return JudgeReport(await judge_all(attacks, trials, seed), len(answers), ordinary.flagged(answers))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("path", nargs="?", type=Path, help="JSON lines (default: our own three files)")
    parser.add_argument(
        "--only", action="append", choices=["interviewer", "judge", "browser"], help="attack no other"
    )
    parser.add_argument("--seeds", type=int, default=3, help="how many interviews at each place (default 3)")
    parser.add_argument("--trials", type=int, default=TRIALS, help=f"trials of the judge (default {TRIALS})")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (default 1)")
    parser.add_argument("--json", action="store_true", help="print figures as JSON; the tables go to stderr")
    return parser.parse_args()


def _tell(outcome: Outcome) -> None:
    if outcome.faults:
        told = f"{outcome.attack.id} {outcome.place}: {'; '.join(outcome.faults)}"
        print(told, file=sys.stderr, flush=True)


def _told(played: Played) -> Played:
    if played.faults:
        told = f"{played.attack.id} {played.place}: {'; '.join(played.faults)}"
        print(told, file=sys.stderr, flush=True)
    return played


if __name__ == "__main__":
    main()
