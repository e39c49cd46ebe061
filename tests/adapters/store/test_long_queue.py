"""The queue stays flat: a page of it out of a million waiting cases reads what one out of a thousand does.

So does the audit log of a day.

On PostgreSQL, with the rows copied in: `make test-deep`.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy import Engine, Select

from assessor.adapters.store.audit_log import page_of_records
from assessor.adapters.store.engine import create_engine
from assessor.adapters.store.queue import page_of_queue
from assessor.domain.queue import QueuePlace, Reason
from assessor.ports import ActFilter, QueueFilter
from tests.adapters.store.samples import NOW
from tests.adapters.store.test_long_lists import DEPTH, FEW, LIMIT, MANY, _at, _copied, _copy, _cost
from tests.postgres import Databases

pytestmark = [pytest.mark.deep, pytest.mark.slow]

REASONS: Final = (Reason.OPEN_CRITERIA, Reason.APPEAL, Reason.NEAR_CUT, Reason.QUALITY_SAMPLE)
QUEUE_PAGE: Final = Path(__file__).parents[3] / "docs" / "queue.md"
PLAIN: Final = 5
"""The rank of whoever asked for no help."""


def _queued(connection: psycopg.Connection[Any], count: int, *, everything: bool) -> None:
    _copy(
        connection,
        "queue_entry (assessment_id, line, tenant_id, track, language, rank, since)",
        count,
        lambda n: (
            f"asm_{n:07}\t{'/' if everything else f'{REASONS[n // 8 % len(REASONS)]}/track-{n % 8}'}\tacme\t"
            f"track-{n % 8}\t"
            f"en\t{PLAIN}\t{_at(n)}\n"
        ),
    )


def _recorded(connection: psycopg.Connection[Any], count: int) -> None:
    _copy(
        connection,
        "audit_record (tenant_id, seq, at, actor, action, subject, words_digest, hash)",
        count,
        lambda n: f"acme\t{n + 1}\t{_at(n)}\trev_{n % 8}\ttranscript.opened\tasm_{n:07}\t-\t-\n",
    )


@pytest.fixture(scope="module")
def filled(postgres: Databases) -> Iterator[dict[int, Engine]]:
    found = {}
    for count in (FEW, MANY):
        address = postgres.migrated()
        _copied(address, count)
        with psycopg.connect(address, autocommit=True) as connection:
            for everything in (True, False):
                _queued(connection, count, everything=everything)
            _recorded(connection, count)
            connection.execute("VACUUM ANALYZE")
        found[count] = create_engine(address)
    yield found
    for engine in found.values():
        engine.dispose()


@pytest.mark.parametrize(
    "wanted",
    [QueueFilter(), QueueFilter(reason=Reason.APPEAL, track="track-3")],
    ids=["everything", "reason and track"],
)
@pytest.mark.parametrize("place", ["first", "late"])
def test_a_page_of_a_million_waiting_cases_costs_what_one_of_a_thousand_does(
    filled: dict[int, Engine], wanted: QueueFilter, place: str
) -> None:
    costs = {}
    for count, engine in filled.items():
        middle = QueuePlace(PLAIN, NOW + timedelta(seconds=count // 2), "asm_")
        costs[count] = _cost(
            engine, page_of_queue("acme", wanted, middle if place == "late" else None, LIMIT)
        )

    print(f"\n{wanted}: of a million {costs[MANY]}\n  of a thousand {costs[FEW]}")
    assert costs[MANY].index == "ix_queue_entry_listed"
    assert "Sort" not in costs[MANY].nodes
    assert "Seq Scan" not in costs[MANY].nodes
    assert costs[MANY].rows <= LIMIT
    # One leaf of the queue's index after another, and for each entry the way down to its assessment.
    assert costs[MANY].blocks <= LIMIT + DEPTH + LIMIT * DEPTH / 2


def test_the_plan_that_the_documentation_shows_is_that_of_a_million(filled: dict[int, Engine]) -> None:
    middle = QueuePlace(PLAIN, NOW + timedelta(seconds=MANY // 2), "asm_")
    query = page_of_queue("acme", QueueFilter(reason=Reason.APPEAL, track="track-3"), middle, LIMIT)

    plan = _plan(filled[MANY], query)

    print(f"\n{plan}")
    assert plan in QUEUE_PAGE.read_text("utf-8")


def test_the_acts_of_an_hour_are_found_without_reading_a_million(filled: dict[int, Engine]) -> None:
    costs = {}
    for count, engine in filled.items():
        since = NOW + timedelta(seconds=count // 2)
        hour = ActFilter("acme", since=since, until=since + timedelta(hours=1))
        costs[count] = _cost(engine, page_of_records(hour, None, LIMIT))

    print(f"\nof a million {costs[MANY]}\n  of a thousand {costs[FEW]}")
    assert costs[MANY].index == "ix_audit_record_tenant_id_at_seq"
    assert costs[MANY].rows <= LIMIT


def _plan(engine: Engine, query: Select[Any]) -> str:
    """Return PostgreSQL's plan as it was carried out, without what differs from run to run."""
    written = query.compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        lines = connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF, SUMMARY OFF) {written}"
        ).scalars()
        return "\n".join(lines)
