"""Lists stay flat: a page out of a million rows reads what a page out of a thousand does.

On PostgreSQL, with the rows copied in: `make test-deep`. The ordinary tests look at a hundred thousand.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy import Engine, Select

from assessor.adapters.store.engine import create_engine
from assessor.adapters.store.projections import page_of_assessments
from assessor.adapters.store.tables import ASSESSMENT, VERDICT
from assessor.adapters.store.verdicts import page_of_verdicts
from assessor.domain.assessment import Status
from assessor.ports import ListPlace, Page, VerdictFilter
from tests.adapters.store.samples import NOW
from tests.postgres import Databases

pytestmark = [pytest.mark.deep, pytest.mark.slow]

FEW: Final = 1_000
MANY: Final = 1_000_000
LIMIT: Final = 51
OF_ONE: Final = 50
"""Verdicts of one candidate, in the short list and in the long one."""
DEPTH: Final = 8
"""Blocks of an index from its root to a leaf, and one leaf after another."""
BLOCK: Final = 20_000
"""Rows that are copied at a time."""
STATUSES: Final = tuple(Status)
DECISIONS: Final = ("qualified", "not_qualified", "needs_review")

MINE: Final = VerdictFilter("acme", livemode=True)
HERS: Final = Page("acme", livemode=True, limit=LIMIT)


@dataclass(frozen=True)
class Filled:
    """A database with so many assessments, each with its verdict, a second apart."""

    engine: Engine
    count: int

    @property
    def middle(self) -> int:
        return self.count // 2


def _copied(address: str, count: int) -> None:
    tracks, candidates = 8, count // OF_ONE
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO tenant (id, name, policy, created_at, notices) VALUES ('acme', 'Acme', '{}', %s, 0)",
            [NOW],
        )
        connection.execute("SET maintenance_work_mem = '256MB'")
        connection.execute("INSERT INTO candidate VALUES ('cnd_1', 'acme', 'candidate', NULL)")
        _copy(
            connection,
            "assessment (id, tenant_id, candidate_id, candidate_ref, track, livemode, simulated, status, "
            "ordered_at, expires_at, open_criteria, needs_person, seq, head)",
            count,
            lambda n: (
                f"asm_{n:07}\tacme\tcnd_1\tcandidate-{n % candidates}\ttrack-{n % tracks}\tt\tf\t"
                f"{STATUSES[n // tracks % len(STATUSES)].value}\t{_at(n)}\t{_at(n)}\t0\tf\t1\t-\n"
            ),
        )
        _copy(
            connection,
            "verdict (id, assessment_id, tenant_id, livemode, candidate_ref, track, decision, issued_at, "
            "valid_until, seq, document, jws, status)",
            count,
            lambda n: (
                f"ver_{n:07}\tasm_{n:07}\tacme\tt\tcandidate-{n % candidates}\ttrack-{n % tracks}\t"
                f"{DECISIONS[n % 3]}\t{_at(n)}\t{_at(n)}\t1\t\\\\x7b7d\t-\tissued\n"
            ),
        )
        connection.execute("VACUUM ANALYZE")


def _at(number: int) -> str:
    return (NOW + timedelta(seconds=number)).isoformat()


def _copy(connection: psycopg.Connection[Any], into: str, count: int, line: Callable[[int], str]) -> None:
    """Copy the rows in, and make the indexes afterwards: keeping them up to date meanwhile takes longer."""
    listed = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname LIKE 'ix%%'",
        [into.split(maxsplit=1)[0]],
    ).fetchall()
    for name, _ in listed:
        connection.execute(f"DROP INDEX {name}".encode())
    connection.execute("SET session_replication_role = replica")  # checks no foreign key, row by row
    with connection.cursor().copy(f"COPY {into} FROM STDIN".encode()) as copy:
        for first in range(0, count, BLOCK):
            copy.write("".join(map(line, range(first, min(first + BLOCK, count)))))
    connection.execute("SET session_replication_role = origin")
    for _, definition in listed:
        connection.execute(definition.encode())


@pytest.fixture(scope="module")
def filled(postgres: Databases) -> Iterator[dict[int, Filled]]:
    found = {}
    for count in (FEW, MANY):
        address = postgres.migrated()
        _copied(address, count)
        found[count] = Filled(create_engine(address), count)
    yield found
    for one in found.values():
        one.engine.dispose()


@dataclass(frozen=True)
class Cost:
    """What reading one page took, as PostgreSQL counted it."""

    nodes: tuple[str, ...]
    index: str
    rows: int
    """Read from the index, with those that a filter then left out."""
    blocks: int


def _cost(engine: Engine, query: Select[Any]) -> Cost:
    written = query.compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        (found,) = connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {written}"
        ).one()
    plan = (found if isinstance(found, list) else json.loads(found))[0]["Plan"]
    nodes = list(_nodes(plan))
    scans = [node for node in nodes if "Scan" in node["Node Type"]]
    return Cost(
        nodes=tuple(node["Node Type"] for node in nodes),
        index=next((node["Index Name"] for node in scans if "Index Name" in node), ""),
        rows=max(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in scans),
        blocks=plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
    )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


VERDICTS: Final = {
    "listed": MINE,
    "listed_by_track": replace(MINE, track="track-3"),
    "listed_by_decision": replace(MINE, decision="qualified"),
    "listed_by_track_and_decision": replace(MINE, track="track-3", decision="qualified"),
    "of_candidate": replace(MINE, candidate_ref="candidate-7"),
}
ASSESSMENTS: Final = {
    "listed": HERS,
    "listed_by_track": replace(HERS, track="track-3"),
    "listed_by_status": replace(HERS, status=Status.TECHNICAL_HOLD),
    "listed_by_track_and_status": replace(HERS, track="track-3", status=Status.DECIDED),
    "of_candidate": replace(HERS, candidate_ref="candidate-7"),
}


def _verdicts(name: str, *, late: bool) -> Callable[[Filled], Select[Any]]:
    def query(filled: Filled) -> Select[Any]:
        place = ListPlace(NOW + timedelta(seconds=filled.middle), f"ver_{filled.middle:07}")
        return page_of_verdicts(VERDICTS[name], place if late else None, LIMIT)

    return query


def _assessments(name: str, *, late: bool) -> Callable[[Filled], Select[Any]]:
    def query(filled: Filled) -> Select[Any]:
        place = (NOW + timedelta(seconds=filled.middle), f"asm_{filled.middle:07}")
        return page_of_assessments(replace(ASSESSMENTS[name], before=place if late else None))

    return query


def _since(filled: Filled) -> Select[Any]:
    at = NOW + timedelta(seconds=filled.middle)
    return page_of_verdicts(replace(VERDICTS["listed_by_track"], issued_before=at), None, LIMIT)


PAGES: Final = [
    *[
        pytest.param(
            f"ix_{table}_{name}", of(name, late=late), id=f"{table}-{name}-{'late' if late else 'first'}"
        )
        for table, of, names in (("verdict", _verdicts, VERDICTS), ("assessment", _assessments, ASSESSMENTS))
        for name in names
        for late in (False, True)
    ],
    pytest.param("ix_verdict_listed_by_track", _since, id="verdict-by-time"),
]


def test_both_lists_have_their_length(filled: dict[int, Filled]) -> None:
    for count, one in filled.items():
        with one.engine.connect() as connection:
            for table in (VERDICT, ASSESSMENT):
                assert connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar() == count  # noqa: S608


@pytest.mark.parametrize(("index", "page"), PAGES)
def test_a_page_out_of_a_million_is_read_from_its_index_and_costs_what_one_out_of_a_thousand_does(
    filled: dict[int, Filled], index: str, page: Callable[[Filled], Select[Any]]
) -> None:
    few, many = (_cost(filled[count].engine, page(filled[count])) for count in (FEW, MANY))

    print(f"\n{index}: of a million {many}\n  of a thousand {few}")
    assert many.index == index
    assert "Seq Scan" not in many.nodes
    assert many.nodes == ("Limit", "Index Scan") or "of_candidate" in index  # few enough to be sorted
    assert many.rows <= LIMIT
    assert many.blocks <= LIMIT + DEPTH
