"""Moving from SQLite to PostgreSQL: every table, every kind of value, all of it or nothing."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy import JSON, Column, Table, insert, select

from assessor.adapters.store.alone import opened_alone
from assessor.adapters.store.engine import create_engine
from assessor.adapters.store.tables import MODEL_CALL, TENANT, WORKER, Row
from assessor.adapters.store.transfer import MOVED, transferring
from assessor.domain.errors import Conflict
from tests.adapters.store.samples import NOW
from tests.postgres import Databases

WORDS: Final = ("Zoe", "anna", "Ängström", "_", "日本 'quoted'\\\t\n")
"""In an order that languages and bytes do not agree on."""


def _value(column: Column[Any], number: int) -> Any:
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return _value(key.column, number)
    if isinstance(column.type, JSON):
        return {"number": number, "nested": [1.5, None, WORDS[number]]}
    values: dict[type, Any] = {
        str: f"{WORDS[number]} {column.table.name}.{column.name}",
        bool: number % 2 == 0,
        int: number + 1,
        float: 1 / (number + 3),
        bytes: bytes(range(number, 256)),
        datetime: NOW + timedelta(microseconds=number),
        date: NOW.date() + timedelta(days=number),
    }
    return values[getattr(column.type, "impl", column.type).python_type]


def _row(table: Table, number: int) -> dict[str, Any]:
    """Return a row; of two that are alike but for the number, one leaves out what may be missing."""
    wanted = [one for one in table.columns if number != 1 or not one.nullable]
    return {one.name: _value(one, number) for one in wanted}


@pytest.fixture(scope="module")
def filled(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with rows in every table."""
    file = tmp_path_factory.mktemp("filled") / "assessor.db"
    shutil.copy(migrated_file, file)
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        for table in Row.metadata.sorted_tables:
            for number in range(len(WORDS)):
                connection.execute(insert(table).values(**_row(table, number)))
    engine.dispose()
    return file


@pytest.fixture
def source(filled: Path, tmp_path: Path) -> str:
    file = tmp_path / "with a blank" / "assessor.db"
    file.parent.mkdir()
    shutil.copy(filled, file)
    return f"sqlite:///{file}"


@pytest.fixture
def target(postgres: Databases) -> Iterator[str]:
    with postgres.lent(postgres.migrated()) as address:
        yield address


@pytest.fixture
def empty(postgres: Databases) -> Iterator[str]:
    with postgres.lent(postgres.empty()) as address:
        yield address


def move(source: str, target: str) -> tuple[int, dict[str, int]]:
    with transferring(source, target) as transfer:
        return transfer.copy(), transfer.compare()


def stored(address: str, table: Table) -> list[Any]:
    engine = create_engine(address)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(select(table))]
    engine.dispose()
    return sorted(found, key=repr)


def dumped(address: str) -> list[str]:
    with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as connection:
        return list(connection.iterdump())


def test_every_table_is_moved_as_it_is_and_the_source_stays(source: str, target: str) -> None:
    before = dumped(source)

    copied, tables = move(source, target)

    assert tables == {table.name: len(WORDS) for table in MOVED}
    assert copied == len(WORDS) * len(MOVED)
    for table in MOVED:
        assert stored(target, table) == stored(source, table)
    assert stored(target, WORKER) == [], "who works is of the processes"
    assert dumped(source) == before


def test_what_is_nothing_stays_nothing_also_where_json_has_a_nothing_of_its_own(
    source: str, target: str
) -> None:
    move(source, target)

    with psycopg.connect(target) as connection:
        found = connection.execute("SELECT count(*) FROM assessment WHERE noted IS NULL").fetchone()
    assert found == (1,)


def test_moving_again_finds_everything_there(source: str, target: str) -> None:
    first, tables = move(source, target)

    assert first > 0
    assert move(source, target) == (0, tables)


def test_the_database_gives_out_numbers_after_those_that_were_moved(source: str, target: str) -> None:
    move(source, target)

    engine = create_engine(target)
    with engine.begin() as connection:
        call = {name: value for name, value in _row(MODEL_CALL, 0).items() if name != "id"}
        added = connection.execute(insert(MODEL_CALL).values(**call)).inserted_primary_key
    engine.dispose()
    assert added is not None
    assert added.id == len(WORDS) + 1


def test_numbers_begin_at_one_where_nothing_was_moved(migrated_file: Path, target: str) -> None:
    move(f"sqlite:///{migrated_file}", target)

    with psycopg.connect(target) as connection:
        assert connection.execute("SELECT nextval('model_call_id_seq')").fetchone() == (1,)


def test_a_target_that_holds_something_else_is_refused_and_left_as_it_is(source: str, target: str) -> None:
    move(source, target)
    with psycopg.connect(target) as connection:
        connection.execute("UPDATE tenant SET name = 'Somebody else' WHERE notices = 3")

    with pytest.raises(Conflict, match="something else than the source: table tenant") as refused:
        move(source, target)

    assert "Somebody else" not in str(refused.value)
    assert "Somebody else" in [row[1] for row in stored(target, TENANT)]


def test_a_row_more_in_the_target_is_something_else_too(source: str, target: str) -> None:
    move(source, target)
    with psycopg.connect(target) as connection:
        connection.execute(
            "INSERT INTO tenant (id, name, policy, created_at, notices) VALUES ('zz', 'Z', '{}', now(), 0)"
        )

    with pytest.raises(Conflict, match="table tenant, from row"):
        move(source, target)


def test_an_empty_database_gets_our_tables(source: str, empty: str) -> None:
    assert move(source, empty)[0] == len(WORDS) * len(MOVED)


def test_a_database_of_other_programs_is_refused(source: str, empty: str) -> None:
    with psycopg.connect(empty) as connection:
        connection.execute("CREATE TABLE payroll (id int)")

    with pytest.raises(Conflict, match="not ours: payroll"):
        move(source, empty)


def test_what_the_server_does_not_take_leaves_nothing_behind_and_is_not_quoted(
    source: str, target: str
) -> None:
    with closing(sqlite3.connect(source.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        connection.execute("UPDATE verdict SET revoked_because = 'secret' || char(0) || 'words'")

    with pytest.raises(Conflict, match="Table verdict cannot be written") as refused:
        move(source, target)

    assert "secret" not in str(refused.value)
    assert stored(target, TENANT) == []


def test_a_source_that_is_served_is_refused(source: str, target: str) -> None:
    serving = create_engine(source)
    with serving.connect() as connection:
        connection.execute(select(TENANT)).all()  # the connection stays open in the pool, as in a server

    with pytest.raises(Conflict, match="is in use"):
        move(source, target)

    serving.dispose()
    assert move(source, target)[0] > 0


def test_nobody_can_begin_to_serve_a_source_while_it_is_moved(source: str) -> None:
    late = sqlite3.connect(source.removeprefix("sqlite:///"), timeout=0.1)

    with opened_alone(source), pytest.raises(sqlite3.OperationalError, match="locked"):
        late.execute("SELECT * FROM tenant").fetchall()

    late.close()


def test_a_source_that_is_not_there_is_not_made(tmp_path: Path, target: str) -> None:
    with pytest.raises(Conflict, match="There is no database"):
        move(f"sqlite:///{tmp_path / 'none' / 'assessor.db'}", target)

    assert not (tmp_path / "none").exists()


def test_a_server_that_is_away_or_an_address_that_is_none_is_said_without_the_password(source: str) -> None:
    for address in ("postgresql://me:pa55@127.0.0.1:1/x", "postgresql://me:pa55@host:port/x"):
        with pytest.raises(Conflict, match="The target") as refused:
            move(source, address)
        assert "pa55" not in str(refused.value)
