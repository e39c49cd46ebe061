"""The queue stays flat: a page of it out of a million waiting cases reads what one out of a thousand does.

On PostgreSQL, with the rows copied in: `make test-deep`.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy import Engine

from assessor.adapters.store.engine import create_engine
from assessor.adapters.store.queue import page_of_queue
from assessor.domain.queue import QueuePlace, Reason
from assessor.ports import QueueFilter
from tests.adapters.store.samples import NOW
from tests.adapters.store.test_long_lists import DEPTH, FEW, LIMIT, MANY, _at, _copied, _copy, _cost
from tests.postgres import Databases

pytestmark = [pytest.mark.deep, pytest.mark.slow]

REASONS: Final = (Reason.OPEN_CRITERIA, Reason.APPEAL, Reason.NEAR_CUT, Reason.QUALITY_SAMPLE)
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


@pytest.fixture(scope="module")
def filled(postgres: Databases) -> Iterator[dict[int, Engine]]:
    found = {}
    for count in (FEW, MANY):
        address = postgres.migrated()
        _copied(address, count)
        with psycopg.connect(address, autocommit=True) as connection:
            for everything in (True, False):
                _queued(connection, count, everything=everything)
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
