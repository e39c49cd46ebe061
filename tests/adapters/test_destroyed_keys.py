"""The ledger of destroyed keys: a file that loses nothing it acknowledged."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assessor.adapters.destroyed_keys import DestroyedKeysFile
from assessor.domain.errors import DocumentRefused
from assessor.ports import Destroyed

ONE = Destroyed(datetime(2026, 11, 22, 9, 30, tzinfo=UTC), "candidate")
OTHER = Destroyed(datetime(2026, 11, 23, tzinfo=UTC), "term")


def test_a_ledger_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    assert DestroyedKeysFile(tmp_path / "none.jsonl").noted() == {}


def test_what_was_noted_is_read_by_another_process(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "ledger.jsonl"

    DestroyedKeysFile(file).note({"cnd_1": ONE})
    DestroyedKeysFile(file).note({"cnd_2": OTHER})

    assert DestroyedKeysFile(file).noted() == {"cnd_1": ONE, "cnd_2": OTHER}
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("torn", ['{"candidate": "cnd_9", "at"', '{"candidate": "cnd_9", "at": "2026', "{"])
def test_a_line_that_a_power_cut_tore_counts_for_nothing_and_swallows_nothing(
    tmp_path: Path, torn: str
) -> None:
    file = tmp_path / "ledger.jsonl"
    ledger = DestroyedKeysFile(file)
    ledger.note({"cnd_1": ONE})
    file.write_text(file.read_text() + torn)

    before = ledger.noted()
    ledger.note({"cnd_2": OTHER})

    assert before == {"cnd_1": ONE}
    assert ledger.noted() == {"cnd_1": ONE, "cnd_2": OTHER}


@pytest.mark.parametrize(
    "line", ["not json", "[]", '{"candidate": "cnd_9"}', '{"candidate": "c", "at": "x", "by": "term"}']
)
def test_a_damaged_ledger_is_refused_by_its_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "ledger.jsonl"
    ledger = DestroyedKeysFile(file)
    ledger.note({"cnd_1": ONE})
    file.write_text(f"{file.read_text()}{line}\n")

    with pytest.raises(DocumentRefused, match="Line 2 of"):
        ledger.noted()


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    ledger = DestroyedKeysFile(tmp_path / "ledger.jsonl")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: ledger.note({f"cnd_{number}": ONE}), range(40)))

    assert set(ledger.noted()) == {f"cnd_{number}" for number in range(40)}
