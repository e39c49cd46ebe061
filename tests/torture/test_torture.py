import re
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from assessor.crash_points import CrashPoint
from tests.torture.machines import CAN_HAVE
from tests.torture.points import ELSEWHERE, POINTS
from tests.torture.running import Result, torture_network, torture_one_process, torture_several
from tests.torture.severing import FAULTS

ROOT = Path(__file__).parents[2]
ASSESSOR = ROOT / "assessor"


@pytest.mark.slow
@pytest.mark.parametrize("torture", [torture_one_process, torture_several])
async def test_ten_kills_lose_and_double_nothing(
    tmp_path: Path, torture: Callable[..., Coroutine[Any, Any, Result]]
) -> None:
    result = await torture(tmp_path, kills=10, people=3, seed=7, tell=lambda _line: None)

    assert result.count == 10
    assert result.at_points >= 1
    assert result.finished >= 3
    assert result.notifications >= 5 * result.finished
    assert result.damage.is_none, result


@pytest.mark.deep
async def test_a_network_that_fails_ten_times_loses_and_doubles_nothing(tmp_path: Path) -> None:
    result = await torture_network(tmp_path, faults=10, people=3, seed=7, tell=lambda _line: None)

    assert result.count == 10
    assert {place.partition(",")[0] for place in result.places} >= {*FAULTS}
    assert result.finished >= 3
    assert result.damage.is_none, result


@pytest.mark.deep
@pytest.mark.skipif(not CAN_HAVE, reason="machines of their own need Linux, root, and a few commands")
def test_machines_that_are_cut_off_ten_times_lose_and_double_nothing() -> None:
    # In a process of its own, for it leaves the network that the other tests are in.
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", "--partitions", "10", "--people", "3", "--seed", "7"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    pulled = dict(re.findall(r"cable pulled, (one|both) (\d+)", done.stdout))
    assert pulled.keys() == {"one", "both"}
    assert sum(map(int, pulled.values())) == 10
    assert re.search(r"[1-9]\d* assessments finished", done.stdout)
    waited = re.search(r"longest wait (\d+) s", done.stdout)
    assert waited is not None
    assert int(waited[1]) >= 2, "nobody noticed"


@pytest.mark.parametrize("point", CrashPoint)
def test_every_crash_point_stands_in_the_code_and_some_role_ends_there(point: CrashPoint) -> None:
    reached = [
        file for file in ASSESSOR.rglob("*.py") if f"reach(CrashPoint.{point.name})" in file.read_text()
    ]

    assert len(reached) == 1
    assert point in ELSEWHERE or [role for role, points in POINTS.items() if point in points]


@pytest.mark.parametrize(
    ("moment", "points"),
    [
        ("before and after the commit of a message", {"before-message", "after-message"}),
        ("in mid-turn", {"mid-turn"}),
        ("between steps of scoring", {"between-steps"}),
        ("between decision and signature", {"before-signature"}),
        ("between signature and delivery", {"after-signature", "after-verdict", "before-delivery"}),
        ("while what was delivered is not noted yet", {"after-delivery"}),
        ("in adoption", {"in-adoption"}),
        ("when a turn is handed over", {"floor-taken", "mid-turn"}),
        ("when processes hear of each other again", {"listening"}),
    ],
)
def test_processes_end_at_every_moment_at_which_durability_is_decided(moment: str, points: set[str]) -> None:
    assert points <= {*POINTS["web"], *POINTS["worker"]}, moment


def test_a_process_alone_ends_wherever_web_or_worker_do_but_for_what_needs_others() -> None:
    of_several = {CrashPoint.IN_ADOPTION, CrashPoint.FLOOR_TAKEN, CrashPoint.LISTENING}

    assert {*POINTS["all"]} == {*POINTS["web"], *POINTS["worker"]} - of_several
