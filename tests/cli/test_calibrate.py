"""`calibrate`, `gold` and `set-standard` from a terminal, with a model over HTTP."""

import csv
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from assessor.adapters.shipped import shipped
from tests.cli.conftest import Run
from tests.cli.grading_server import GradingServer, serving

ITEM = "sft-naive-aware"
RUBRIC = "python-sft-naive-aware"


def criteria() -> dict[str, str]:
    """The words of the item's criteria by their id."""
    rubrics = yaml.safe_load((shipped("rubrics") / "python" / "sft.yaml").read_text())["rubrics"]
    (rubric,) = (one for one in rubrics if one["id"] == RUBRIC)
    return {one["id"]: " ".join(one["text"].split()) for one in rubric["criteria"]}


CRITERIA = criteria()


def says(text: str, own: str) -> bool:
    return any(text == words and f"shows-{name}" in own for name, words in CRITERIA.items())


@pytest.fixture
def server() -> Iterator[GradingServer]:
    with serving(says) as running:
        yield running


def write(file: Path, n: int, *, start: int = 0) -> Path:
    with file.open("w", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["item", "criterion", "response", "language", "label", "label_2"])
        for number in range(start, start + n):
            shown = [name for place, name in enumerate(CRITERIA) if (number >> place) & 1]
            text = f"Answer number {number} says, in words of its own: " + " ".join(
                f"shows-{name}" for name in shown
            )
            for name in CRITERIA:
                label = int(name in shown)
                unlike = zlib.crc32(f"{number} {name}".encode()) % 12 == 0
                second = (1 - label if unlike else label) if number % 4 == 0 else ""
                writer.writerow([ITEM, name, text, "", label, second])
    return file


def variables(server: GradingServer) -> dict[str, str]:
    return {
        "ASSESSOR_MODEL": "openai/grader",
        "ASSESSOR_MODEL_BASE_URL": server.address,
        "ASSESSOR_MODEL_API_KEY": "none",
        "COLUMNS": "250",
    }


@pytest.mark.slow
def test_a_judge_is_calibrated_once_shown_and_stopped_when_it_drifts(
    run: Run, tmp_path: Path, server: GradingServer
) -> None:
    labels = write(tmp_path / "labels.csv", 208)

    first = run("calibrate", str(labels), "--json", **variables(server))
    paid = server.calls
    again = run("calibrate", str(labels), "--dry-run", **variables(server))

    assert first.returncode == 0, first.stderr
    found = json.loads(first.stdout)["calibrations"]
    assert {one["grade"] for one in found} == {"calibrated"}
    assert {one["model"] for one in found} == {"openai/grader"}
    assert {one["agreement"]["responses"] for one in found} == {208}
    assert (again.returncode, server.calls) == (0, paid), again.stderr
    assert "sft/python_semantics" in again.stdout
    assert "Nothing was kept: a dry run." in again.stdout
    assert (tmp_path / "labels.csv.replies.jsonl").exists()

    server.met = lambda text, own: text in CRITERIA.values() and bool(own)
    gold = write(tmp_path / "gold.csv", 100, start=600)
    fallen = run("gold", str(gold), "--json", **variables(server))

    assert fallen.returncode == 1, fallen.stderr
    assert {one["alarm"] for one in json.loads(fallen.stdout)["families"]} == {"lenient"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "labels: name a file, or say --anchors"),
        (("labels.csv", "--anchors"), "labels: name a file, or say --anchors"),
        (("nowhere.csv",), "nowhere.csv does not exist"),
        (("labels.txt",), "labels.txt is of no kind known here"),
        (("labels.csv",), "labels: has no column 'criterion'"),
        (("labels.jsonl",), "line 2: has more fields than the header, or is not a JSON object"),
        (("--anchors",), "No model is set to judge"),
        (("--anchors", "--track", "alchemy"), "There is no track 'alchemy' here"),
    ],
)
def test_what_cannot_be_calibrated_is_refused_with_the_way_out(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "labels.csv").write_text("item,response,label\na,b,1\n")
    (tmp_path / "labels.txt").write_text("")
    (tmp_path / "labels.jsonl").write_text(
        '{"item": "sft-naive-aware", "criterion": "reason", "response": "It is so.", "label": true}\n[1]\n'
    )

    refused = run("calibrate", *arguments)

    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_cut_is_set_from_a_panels_ratings_and_its_record_written(run: Run, tmp_path: Path) -> None:
    shares = {"ada": (55, 50), "ben": (80, 70), "cleo": (30, 25)}
    rows = ["judge,round,item,rating"]
    rows += [
        f"{judge},1,{item},{share}"
        for judge, given in shares.items()
        for item, share in zip((ITEM, "sft-log-parser"), given, strict=True)
    ]
    (tmp_path / "ratings.csv").write_text("\n".join(rows))

    held = run("set-standard", "ratings.csv", "--id", "panel-1", "--percent", "--out", "panel-1.yaml")
    over = run("set-standard", "ratings.csv", "--id", "panel-1", "--percent", "--out", "panel-1.yaml")
    wrong = run("set-standard", "ratings.csv", "--id", "panel-1")
    higher = run(
        "set-standard",
        "ratings.csv",
        "--id",
        "panel-2",
        "--percent",
        "--level",
        "specialist",
        "--out",
        "panel-2.yaml",
    )
    none = run("set-standard", "ratings.csv", "--id", "panel-3", "--percent", "--level", "master")

    assert held.returncode == 0, held.stderr
    assert "method: angoff\n  record: panel-1" in held.stdout
    assert "more than half of the measurement error" in held.stderr
    assert yaml.safe_load((tmp_path / "panel-1.yaml").read_text())["method"] == "modified_angoff"
    assert "levels:\n  specialist:\n    ability: " in higher.stdout
    assert yaml.safe_load((tmp_path / "panel-2.yaml").read_text())["level"] == "specialist"
    assert (over.returncode, wrong.returncode, none.returncode) == (1, 1, 1)
    assert "'master' is not a level" in none.stderr
    assert "exists already" in over.stderr
    assert "a share from 0 to 1" in wrong.stderr
