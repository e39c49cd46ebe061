"""The command: play files of attacks, and fail when one got something."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from assessor.adapters.logs import configure_logs
from tests.attacks import ordinary, table
from tests.attacks.browsing import play_all
from tests.attacks.front import fronted
from tests.attacks.judging import TRIALS, judge_all, library
from tests.attacks.payloads import FILES, SURFACES, Attack, found
from tests.attacks.playing import Outcome
from tests.attacks.report import InterviewerReport, JudgeReport, PlayedReport
from tests.attacks.requesting import play_requests
from tests.attacks.signals import SignalReport, signal_report
from tests.attacks.stage import Played, staged
from tests.attacks.suite import attack_all

WIDE = 120
"""Columns that the one table needs to be read."""
Reports = dict[str, InterviewerReport | JudgeReport | PlayedReport | SignalReport]
SIGNALS = "signals"
"""Beside the surfaces: what is measured of the rules that notice something, on a corpus of their own."""


def main() -> None:
    """Play the attacks."""
    given = _arguments()
    configure_logs("WARNING", for_machines=False)
    chosen = given.only or [*SURFACES, *([] if given.path else [SIGNALS])]
    attacks = _attacks(given.path, [one for one in chosen if one in SURFACES]) if chosen != [SIGNALS] else {}
    console = Console(stderr=given.json)
    reports = _played(attacks, given)
    if SIGNALS in chosen:
        reports[SIGNALS] = _measured(given.write_signals)
    for report in reports.values():
        report.print(console)
    rows = table.rows(one for report in reports.values() for one in report.tries())
    if attacks:
        _print(console, rows, reports)
    if given.write:
        given.write.write_text(
            table.written(given.write.read_text("utf-8"), f"{table.markdown(rows)}\n{_aside(reports)}\n"),
            "utf-8",
        )
    if given.json:
        print(json.dumps({who: report.figures() for who, report in reports.items()}, indent=2))
    sys.exit(not all(report.holds for report in reports.values()))


async def judge_report(attacks: Sequence[Attack], trials: int = TRIALS, seed: int = 1) -> JudgeReport:
    """Attack the judge, and see what ordinary answers are taken for."""
    answers = ordinary.answers(await library())
    return JudgeReport(await judge_all(attacks, trials, seed), len(answers), ordinary.flagged(answers))


def _measured(page: Path | None) -> SignalReport:
    report = signal_report()
    if page:
        page.write_text(table.written(page.read_text("utf-8"), report.markdown()), "utf-8")
    return report


def _attacks(path: Path | None, surfaces: Sequence[str]) -> dict[str, list[Attack]]:
    """Return the attacks of each surface. What no surface knows is named, and ends the run."""
    paths = [path] if path else FILES
    known = {kind for kinds in SURFACES.values() for kind in kinds}
    unknown = [one.id for path in paths for one in found(path) if one.kind not in known]
    if unknown:
        sys.exit(f"{', '.join(unknown)}: of no kind that is known here, which are {', '.join(sorted(known))}")
    attacks = {who: [one for path in paths for one in found(path, SURFACES[who])] for who in surfaces}
    if not any(attacks.values()):
        sys.exit(f"{path} has no attack of the kinds {', '.join(sorted(known))}")
    return attacks


def _played(attacks: dict[str, list[Attack]], given: argparse.Namespace) -> Reports:
    reports: Reports = {}
    if attacks.get("judge"):
        reports["judge"] = asyncio.run(judge_report(attacks["judge"], given.trials, given.seed))
    if attacks.get("interviewer"):
        seeds = range(given.seed, given.seed + given.seeds)
        outcomes = asyncio.run(attack_all(attacks["interviewer"], seeds, _tell))
        reports["interviewer"] = InterviewerReport(outcomes)
    if attacks.get("browser"):
        with staged() as stage:
            played = [_told(one) for one in play_all(stage, attacks["browser"])]
        reports["browser"] = PlayedReport("Chromium", played)
    if attacks.get("http"):
        with fronted() as front:
            played = [_told(one) for one in play_requests(front, attacks["http"])]
        reports["http"] = PlayedReport("HTTP", played)
    return reports


def _print(console: Console, rows: Sequence[Sequence[str]], reports: Reports) -> None:
    names = [name.replace(" ", "\n") for name in table.HEADER]
    printed = Table(*names, box=SIMPLE, padding=(0, 1, 0, 0), title="All attacks, by category and surface")
    printed.columns[0].min_width = max(len(row[0]) for row in rows)
    for row in rows:
        printed.add_row(*row)
    console.width = max(console.width, WIDE)
    console.print(printed)
    console.print(_aside(reports))
    held = all(report.holds for report in reports.values())
    console.print("All of it held." if held else "Something was broken: what, stands above.")


def _aside(reports: Reports) -> str:
    """Say how many ordinary answers were taken for attacks, where it was looked at."""
    judge = reports.get("judge")
    if not isinstance(judge, JudgeReport):
        return ""
    flagged = len(judge.flagged)
    return f"False flags: {flagged} of {judge.ordinary} ordinary answers ({flagged / judge.ordinary:.1%})."


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("path", nargs="?", type=Path, help="JSON lines (default: our own four files)")
    parser.add_argument("--only", action="append", choices=[*SURFACES, SIGNALS], help="no other")
    parser.add_argument("--seeds", type=int, default=1, help="how many interviews at each place (default 1)")
    parser.add_argument("--trials", type=int, default=TRIALS, help=f"trials of the judge (default {TRIALS})")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (default 1)")
    parser.add_argument("--json", action="store_true", help="print figures as JSON; the tables go to stderr")
    parser.add_argument("--write", type=Path, help="write the table into this page too: docs/security.md")
    parser.add_argument(
        "--write-signals", type=Path, help="write how often rules are right into docs/integrity.md"
    )
    return parser.parse_args()


def _tell(outcome: Outcome) -> None:
    if outcome.faults:
        told = f"{outcome.attack.id} {outcome.place}: {'; '.join(map(str, outcome.faults))}"
        print(told, file=sys.stderr, flush=True)


def _told(played: Played) -> Played:
    if played.faults:
        told = f"{played.attack.id} {played.place}: {'; '.join(map(str, played.faults))}"
        print(told, file=sys.stderr, flush=True)
    return played


if __name__ == "__main__":
    main()
