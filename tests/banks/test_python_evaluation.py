"""The flaws that evaluation keys of the `python` bank name, shown by running the responses."""

import sqlite3
import sys
import threading
import unittest
import zoneinfo
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest

from assessor.domain.item import EvaluationItem
from assessor.domain.library import Library
from tests.banks.snippets import code_of, item, needs_time_zones, run


@pytest.mark.parametrize(
    ("numbers", "left"),
    [([1, -2, 3], [1, 3]), ([-1, -2, 3], [-2, 3]), ([-1, -2, -3, -4], [-2, -4])],
    ids=["apart", "side by side", "only negative"],
)
def test_drop_negatives_skips_the_one_after_each_removal(
    library: Library, numbers: list[int], left: list[int]
) -> None:
    function = run(code_of(item(library, EvaluationItem, "ev-drop-negatives").response))["drop_negatives"]

    function(numbers)

    assert numbers == left


@pytest.fixture
def users() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, password TEXT)")
    rows = [("Ada 501", "secret"), ("Bob", "hunter2"), ("Ada", "x"), ("50% off", "y")]
    connection.executemany("INSERT INTO users (name, password) VALUES (?, ?)", rows)
    connection.execute("CREATE INDEX by_name ON users (name)")
    yield connection
    connection.close()


def search(library: Library) -> Callable[..., list[tuple[int, str]]]:
    function: Callable[..., list[tuple[int, str]]] = run(
        code_of(item(library, EvaluationItem, "ev-public-search").response)
    )["search_users"]
    return function


def test_the_search_works_for_honest_input(library: Library, users: sqlite3.Connection) -> None:
    assert search(library)(users, "Ada", "name", 1) == [(3, "Ada")]


def test_the_search_lets_a_caller_lift_the_limit(library: Library, users: sqlite3.Connection) -> None:
    rows = search(library)(users, "", "name LIMIT ? + 1000000 --", 1)

    assert len(rows) == 4


def test_the_search_gives_away_a_column_that_it_never_returns(
    library: Library, users: sqlite3.Connection
) -> None:
    ask = "CASE WHEN (SELECT substr(password, 1, 1) FROM users WHERE id = 1) = '{}' THEN id ELSE -id END"

    right = search(library)(users, "", ask.format("s"), 10)
    wrong = search(library)(users, "", ask.format("q"), 10)

    assert [row[0] for row in right] == [1, 2, 3, 4]
    assert [row[0] for row in wrong] == [4, 3, 2, 1]


def test_the_search_takes_a_percent_sign_as_a_wildcard(library: Library, users: sqlite3.Connection) -> None:
    names = [name for _, name in search(library)(users, "50%", "id", 10)]

    assert names == ["Ada 501", "50% off"]


def test_an_index_does_not_help_a_pattern_that_begins_with_a_wildcard(users: sqlite3.Connection) -> None:
    users.execute("PRAGMA case_sensitive_like = ON")  # without it SQLite uses no index of this kind at all
    explain = "EXPLAIN QUERY PLAN SELECT name FROM users WHERE name LIKE "

    (begins,) = users.execute(explain + "'Ada%'").fetchall()
    (contains,) = users.execute(explain + "'%Ada%'").fetchall()

    assert begins[3].startswith("SEARCH")
    assert contains[3].startswith("SCAN")


@needs_time_zones
@pytest.mark.parametrize(
    ("day", "hours"),
    [((2024, 1, 10), 24), ((2024, 3, 30), 23), ((2024, 7, 1), 24), ((2024, 10, 26), 25)],
    ids=["winter", "clocks go forward", "summer", "clocks go back"],
)
def test_the_daily_reminder_is_right_and_its_explanation_is_not(
    library: Library, day: tuple[int, int, int], hours: int
) -> None:
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    next_run = run(code_of(item(library, EvaluationItem, "ev-daily-reminder").response))["next_run"]
    last = datetime(*day, 9, tzinfo=berlin).astimezone(UTC)

    following = next_run(last)

    assert following.astimezone(berlin).hour == 9
    assert following - last == timedelta(hours=hours)  # the response says 24, whatever the clocks do
    assert ((last + timedelta(days=1)).astimezone(berlin).hour == 9) is (hours == 24)


class AskedByTwo(dict[str, int]):
    """Lets both threads look before either goes on."""

    def __init__(self) -> None:
        super().__init__()
        self._both = threading.Barrier(2, timeout=10)

    def __contains__(self, key: object) -> bool:
        found = super().__contains__(key)
        self._both.wait()
        return found


def test_a_rate_is_fetched_by_each_thread_that_found_it_missing(library: Library) -> None:
    calls: list[str] = []
    rates = run(code_of(item(library, EvaluationItem, "ev-once-per-currency").response))["Rates"](
        calls.append
    )
    rates._rates = AskedByTwo()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(rates.rate, ["EUR", "EUR"]))

    assert calls == ["EUR", "EUR"]


WHOLE = """
def percent(part, whole):
    if whole == 0:
        raise ValueError
    return round(100 * part / whole, 1)
"""


@pytest.mark.parametrize(
    ("function", "failures"),
    [
        (WHOLE, 0),
        (WHOLE.replace("raise ValueError", "pass"), 0),
        (WHOLE.replace("round(100 * part / whole, 1)", "100 * part / whole"), 0),
        (WHOLE.replace("100 *", "10 *"), 1),
    ],
    ids=["as it is", "no check for 0", "no rounding", "a wrong factor"],
)
def test_two_of_the_three_percent_tests_never_fail(
    library: Library, monkeypatch: pytest.MonkeyPatch, function: str, failures: int
) -> None:
    figures = ModuleType("figures")
    figures.__dict__.update(run(function))
    monkeypatch.setitem(sys.modules, "figures", figures)
    case = run(code_of(item(library, EvaluationItem, "ev-percent-tests").response))["PercentTest"]
    result = unittest.TestResult()

    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)

    assert (result.testsRun, len(result.failures), len(result.errors)) == (3, failures, 0)


def test_the_timed_block_writes_no_line_when_it_raises(library: Library) -> None:
    timed = run(code_of(item(library, EvaluationItem, "ev-timed-block").response))["timed"]
    lines: list[str] = []

    with timed("works", lines.append):
        pass
    with pytest.raises(KeyError), timed("fails", lines.append):
        raise KeyError

    assert [line.partition(":")[0] for line in lines] == ["works"]
