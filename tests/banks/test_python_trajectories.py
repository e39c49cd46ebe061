"""The trajectories of the `python` bank, replayed call by call."""

import json
import re
import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path

from assessor.domain.item import TrajectoryItem
from assessor.domain.library import Library
from tests.banks.snippets import item, items, needs_time_zones, run


def patched(text: str, arguments: str) -> str:
    _, _, hunks = arguments.partition("\n")
    for hunk in hunks.split("@@\n"):
        lines = hunk.splitlines()
        old = "".join(line[2:] + "\n" for line in lines if line.startswith("-"))
        new = "".join(line[2:] + "\n" for line in lines if line.startswith("+"))
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def shell(command: str, folder: Path) -> str:
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "LC_ALL": "C",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,  # a step may fail, and its result shows how
    )
    return done.stdout + done.stderr


def plain(output: str) -> list[str]:
    """Lines without what differs between machines: running times and the padding of wc."""
    timeless = re.sub(r"\d+\.\d{3}s", "(time)", output)
    return [line.rstrip() if line[:1] != " " else line.strip() for line in timeless.splitlines()]


UNSHOWN = {
    "tr-survey-choices": {
        "survey.csv": b'id,choice,comment\n1,Bus,\n2,train,quiet\n3,bike,"first line\nsecond line"\n'
        b'4,Bus,\n5,,\n6,bus,\n7,train,\n8,train,"one\ntwo"\n9,Bus,\n10,bike,\n11,bus ,\n12,,\n13,train,\n'
    },
    "tr-member-names": {"names.csv": "name\nZoë\nJosé\nAnna\nMüller\n".encode("cp1252")},
}
"""By item: files that the agent found and never printed whole."""


def workspace(task: TrajectoryItem, folder: Path) -> Path:
    """Write the files that the agent found, as its own `cat` calls show them."""
    for name, content in UNSHOWN.get(task.id, {}).items():
        (folder / name).write_bytes(content)
    for step in task.steps:
        if step.call and (shown := re.fullmatch(r"cat (\S+)", step.call.arguments)):
            (folder / shown[1]).write_text(step.result, encoding="utf-8")
    return folder


def replay(task: TrajectoryItem, folder: Path, leave_out: str = "") -> dict[str, tuple[str, str]]:
    """Run every call; return what it gave beside what the item shows."""
    outcomes = {}
    for step in task.steps:
        if step.call is None or step.id == leave_out:
            continue
        if step.call.tool == "patch":
            name = step.call.arguments.splitlines()[0]
            path = folder / name
            path.write_text(patched(path.read_text(encoding="utf-8"), step.call.arguments), encoding="utf-8")
            outcomes[step.id] = (f"patched {name}\n", step.result)
        else:
            outcomes[step.id] = (shell(step.call.arguments, folder), step.result)
    return outcomes


def test_the_tools_of_a_trajectory_give_what_it_shows(library: Library, tmp_path: Path) -> None:
    for task in items(library, TrajectoryItem):
        (tmp_path / task.id).mkdir()

        outcomes = replay(task, workspace(task, tmp_path / task.id))

        assert {step: plain(given) for step, (given, _) in outcomes.items()} == {
            step: plain(shown) for step, (_, shown) in outcomes.items()
        }, task.id


def test_the_contacts_are_damaged_at_the_step_that_the_key_names(library: Library, tmp_path: Path) -> None:
    task = item(library, TrajectoryItem, "tr-contacts")
    original = workspace(task, tmp_path) / "contacts.csv"
    changed_at = []
    for step in task.steps:
        assert step.call is not None
        before = original.read_bytes()
        shell(step.call.arguments, tmp_path)
        if original.read_bytes() != before:
            changed_at.append(step.id)

    assert changed_at == [task.key.first_error]


def test_the_proposed_fix_of_the_contacts_does_what_was_asked(library: Library, tmp_path: Path) -> None:
    task = item(library, TrajectoryItem, "tr-contacts")
    original = workspace(task, tmp_path) / "contacts.csv"
    lines = original.read_text(encoding="utf-8").splitlines()
    command = re.search(r"awk .+? > contacts_clean\.csv", task.key.fix)
    assert command is not None

    shell(command[0], tmp_path)

    clean = (tmp_path / "contacts_clean.csv").read_text(encoding="utf-8").splitlines()
    assert clean == list(dict.fromkeys(lines))
    assert len(lines) - len(clean) == 2


@needs_time_zones
def test_the_daily_orders_pass_their_tests_and_are_wrong_in_summer(library: Library, tmp_path: Path) -> None:
    task = item(library, TrajectoryItem, "tr-daily-orders")
    replay(task, workspace(task, tmp_path))
    report = run((tmp_path / "report.py").read_text(encoding="utf-8"))["orders_per_day"]
    summer = datetime(2024, 7, 2, 0, 30, tzinfo=zoneinfo.ZoneInfo("America/New_York"))

    assert report([summer.astimezone(UTC).isoformat()]) == {"2024-07-01": 1}


def test_the_fix_of_the_basket_needs_the_change_to_gift_baskets(library: Library, tmp_path: Path) -> None:
    task = item(library, TrajectoryItem, "tr-basket")

    outcomes = replay(task, workspace(task, tmp_path), leave_out="s9")

    assert "AttributeError: 'GiftBasket' object has no attribute 'items'" in outcomes["s11"][0]
    assert plain(outcomes["s10"][0])[-1] == "OK"


def test_the_refund_belongs_to_an_order_that_differs_by_case(library: Library, tmp_path: Path) -> None:
    task = item(library, TrajectoryItem, "tr-net-revenue")
    replay(task, workspace(task, tmp_path))
    script = (tmp_path / "net.py").read_text(encoding="utf-8")

    (tmp_path / "net.py").write_text(script.replace('row["order"]', 'row["order"].upper()'), encoding="utf-8")

    fixed = shell(
        "python net.py && tail -n 1 net.csv && awk -F, '{ s += $2 } END { print s }' net.csv", tmp_path
    )
    assert fixed.split() == ["2024-03,33500", "94000"]


def test_leaving_empty_hosts_out_leaves_nothing_to_deploy_to(library: Library, tmp_path: Path) -> None:
    task = item(library, TrajectoryItem, "tr-port-range")
    ask = 'python -c "from deploy import targets; print(targets())"'

    before = shell(ask, workspace(task, tmp_path))
    replay(task, tmp_path)

    assert (before, shell(ask, tmp_path)) == ("['localhost:8080']\n", "[]\n")


def test_every_problem_of_the_test_part_is_in_the_training_part(library: Library, tmp_path: Path) -> None:
    task = item(library, TrajectoryItem, "tr-test-part")
    replay(task, workspace(task, tmp_path))

    problems = {
        name: {
            json.loads(line)["problem"] for line in (tmp_path / name).read_text(encoding="utf-8").splitlines()
        }
        for name in ("train.jsonl", "test.jsonl")
    }

    assert len(problems["test.jsonl"]) == 3
    assert problems["test.jsonl"] <= problems["train.jsonl"]


def test_the_names_can_be_read_in_the_encoding_of_their_program(library: Library, tmp_path: Path) -> None:
    task = item(library, TrajectoryItem, "tr-member-names")
    replay(task, workspace(task, tmp_path))
    script = tmp_path / "list_names.py"

    script.write_text(script.read_text(encoding="utf-8").replace("utf-8", "cp1252"), encoding="utf-8")

    assert shell("PYTHONUTF8=1 python list_names.py", tmp_path).split() == ["Zoë", "José", "Anna", "Müller"]
