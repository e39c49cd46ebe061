"""Looking for what should be gone: nothing escapes because of where it lies."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.adapters.remains import StoredRemains, searched
from assessor.ports import Needle

WORDS = b"zeugmatic ptarmigans in the morning"


@given(st.integers(min_value=0, max_value=200), st.integers(min_value=1, max_value=50))
def test_a_passage_is_found_wherever_the_pieces_end(before: int, size: int) -> None:
    content = b"x" * before + WORDS + b"y" * 30
    pieces = [content[start : start + size] for start in range(0, len(content), size)]

    found = searched("a file", pieces, [Needle("sample 1", WORDS), Needle("sample 2", b"not there")])

    assert (found.amount, found.found) == (len(content), ("sample 1",))


@pytest.mark.anyio
async def test_files_in_folders_below_are_searched_and_named(tmp_path: Path) -> None:
    export = tmp_path / "exports" / "sheet.csv"
    export.parent.mkdir()
    export.write_bytes(b"id,text\n1," + WORDS)
    (tmp_path / "empty.log").touch()

    found = await StoredRemains([], [tmp_path]).search([Needle("sample 1", WORDS)])

    assert {Path(one.where).name: one.found for one in found} == {"sheet.csv": ("sample 1",), "empty.log": ()}


@pytest.mark.anyio
async def test_an_embedded_database_gives_up_what_was_deleted_in_it(tmp_path: Path) -> None:
    file = tmp_path / "data.db"
    database = sqlite3.connect(file)
    database.executescript("PRAGMA journal_mode = WAL; CREATE TABLE t (words TEXT);")
    database.execute("INSERT INTO t VALUES (?)", [WORDS.decode()])
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    database.execute("DELETE FROM t")
    database.commit()
    remains, needles = StoredRemains([f"sqlite:///{file}"], []), [Needle("sample 1", WORDS)]

    before = await remains.search(needles)
    await remains.compact()
    after = await remains.search(needles)

    database.close()
    assert [one.found for one in before if one.found] == [("sample 1",)], "the trap of this test has no bait"
    assert [one.found for one in after if one.found] == []
