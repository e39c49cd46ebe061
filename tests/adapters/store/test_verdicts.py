"""Verdicts in lists: what is let through, in which order, and by which index."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    String,
    case,
    cast,
    false,
    insert,
    literal,
    select,
    text,
)

from assessor.adapters.store import SqlStore
from assessor.adapters.store.engine import create_engine, writing
from assessor.adapters.store.tables import VERDICT, Instant
from assessor.adapters.store.verdicts import page_of_verdicts
from assessor.domain import events as e
from assessor.domain.errors import Conflict, NotFound
from assessor.ports import ListPlace, VerdictFilter
from tests.adapters.store.samples import NOW, TENANT, appended, begun, change, verdict

pytestmark = pytest.mark.anyio

MINE = VerdictFilter(TENANT.id, livemode=False)
MANY = 100_000
REASON = "Somebody else sat the assessment."


async def issued(store: SqlStore, number: int, **changed: Any) -> str:
    """Issue a verdict of an assessment of its own, a minute after the one before."""
    row = await begun(store, f"asm_{number}", **changed)
    at = NOW + timedelta(minutes=number)
    await store.append(change(row, verdict(f"ver_{number}"), after=1, at=at))
    return f"ver_{number}"


async def test_pages_are_newest_first_and_miss_and_repeat_nothing(store: SqlStore) -> None:
    made = [await issued(store, number) for number in range(5)]

    seen: list[str] = []
    place = None
    while page := await store.listed_verdicts(MINE, place, 2):
        seen += [one.id for one in page]
        place = ListPlace(page[-1].issued_at, page[-1].id)

    assert seen == made[::-1]


async def test_decisions_are_what_stands_now_oldest_first_in_pages(store: SqlStore) -> None:
    made = [await issued(store, number) for number in range(5)]

    seen: list[str] = []
    place = None
    while page := await store.decisions(MINE, place, 2):
        seen += [one.verdict_id for one in page]
        place = ListPlace(page[-1].decided_at, page[-1].verdict_id)
    late = replace(MINE, issued_from=NOW + timedelta(minutes=3))

    assert seen == made
    assert [one.verdict_id for one in await store.decisions(late, None, 9)] == made[3:]
    assert await store.decisions(replace(MINE, livemode=True), None, 9) == ()


async def test_verdicts_of_one_moment_are_told_apart_by_their_ids(store: SqlStore) -> None:
    for number in range(3):
        row = await begun(store, f"asm_{number}")
        await appended(store, row, [verdict(f"ver_{number}")], after=1)

    (first,) = await store.listed_verdicts(MINE, None, 1)
    rest = await store.listed_verdicts(MINE, ListPlace(first.issued_at, first.id), 5)

    assert [first.id, *(one.id for one in rest)] == ["ver_2", "ver_1", "ver_0"]


async def test_what_is_current_of_some_candidates_comes_by_one_query(store: SqlStore) -> None:
    await issued(store, 1, candidate_ref="anna")
    await issued(store, 2, candidate_ref="ben")
    await issued(store, 3, candidate_ref="anna", track="nursing")
    await issued(store, 4, candidate_ref="anna", livemode=True)
    row = await begun(store, "asm_5", candidate_ref="anna")
    await appended(store, row, [verdict("ver_5"), verdict("ver_6", supersedes="ver_5")], after=1)

    found = await store.current_verdicts(TENANT.id, "python", ["anna", "nobody"], livemode=False)
    others = await store.current_verdicts("other", "python", ["anna"], livemode=False)

    assert {one.id for one in found} == {"ver_1", "ver_6"}
    assert others == ()


async def test_a_revoked_verdict_says_since_when_and_why_and_stays_the_current_one(store: SqlStore) -> None:
    row = await begun(store)
    await appended(store, row, [verdict("ver_1")], after=1)
    later = NOW + timedelta(days=1)

    revoked = e.VerdictRevoked(verdict_id="ver_1", by="anna", reason=REASON)
    await store.append(change(row, revoked, after=2, at=later))

    current = await store.live_verdict(row.id)
    assert current is not None
    assert (current.status, current.revoked_at, current.revoked_because) == ("revoked", later, REASON)
    (line,) = await store.listed_verdicts(MINE, None, 5)
    assert (line.status, line.revoked_at, line.revoked_because) == ("revoked", later, REASON)


async def test_a_revoked_verdict_that_is_followed_by_another_stays_revoked(store: SqlStore) -> None:
    row = await begun(store)
    revoked = e.VerdictRevoked(verdict_id="ver_1", by="anna", reason=REASON)
    await appended(store, row, [verdict("ver_1"), revoked], after=1)

    await appended(store, row, [verdict("ver_2", supersedes="ver_1")], after=3)

    found = await store.verdicts(row.id)
    assert [(one.status, one.superseded_by) for one in found] == [("revoked", "ver_2"), ("issued", None)]


async def test_only_the_live_verdict_can_be_revoked(store: SqlStore) -> None:
    row = await begun(store)
    await appended(store, row, [verdict("ver_1"), verdict("ver_2", supersedes="ver_1")], after=1)

    for verdict_id in ("ver_1", "ver_none"):
        revoked = e.VerdictRevoked(verdict_id=verdict_id, by="anna", reason=REASON)
        with pytest.raises(Conflict, match="is not the live one"):
            await appended(store, row, [revoked], after=3)
    with pytest.raises(NotFound):
        await store.verdict_of_id("ver_none")


FILTERS = {
    "listed": MINE,
    "listed_by_track": replace(MINE, track="track-3"),
    "listed_by_decision": replace(MINE, decision="qualified"),
    "listed_by_track_and_decision": replace(MINE, track="track-3", decision="qualified"),
    "of_candidate": replace(MINE, candidate_ref="candidate-7", track="track-7", decision="qualified"),
}


async def test_a_page_out_of_a_hundred_thousand_is_read_from_an_index_in_its_order(
    store: SqlStore, address: str
) -> None:
    await begun(store)
    engine = writing(create_engine(address))
    with engine.begin() as connection:
        _fill(connection)

    places = (None, ListPlace(NOW, "ver_500"))
    plans = [(name, _plan(engine, wanted, place)) for name, wanted in FILTERS.items() for place in places]
    engine.dispose()

    for name, plan in plans:
        assert f"ix_verdict_{name} " in plan
        assert "TEMP B-TREE" not in plan
        assert "Seq Scan" not in plan
        assert name == "of_candidate" or "Sort" not in plan


def _fill(connection: Connection) -> None:
    """Add many verdicts of one assessment and one moment, each superseded, within the database."""
    first = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.n + 1).where(first.c.n < MANY))
    n = numbers.c.n

    def named(prefix: str, number: ColumnElement[int]) -> ColumnElement[str]:
        return literal(prefix).concat(cast(number, String))

    values: dict[str, ColumnElement[Any]] = {
        "id": named("ver_", n),
        "assessment_id": literal("asm_1"),
        "tenant_id": literal(TENANT.id),
        "livemode": false(),
        "candidate_ref": named("candidate-", n % 20_000),
        "track": named("track-", n % 8),
        "decision": case((n % 3 == 0, "qualified"), else_="not_qualified"),
        "issued_at": literal(NOW, Instant),
        "valid_until": literal(NOW, Instant),
        "seq": n,
        "document": literal(b""),
        "jws": literal(""),
        "status": literal("superseded"),
        "superseded_by": literal("ver_next"),
    }
    rows = select(*(value.label(name) for name, value in values.items()))
    connection.execute(insert(VERDICT).from_select(list(values), rows))
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE verdict"))


def _plan(engine: Engine, wanted: VerdictFilter, after: ListPlace | None) -> str:
    query = page_of_verdicts(wanted, after, 51).compile(engine, compile_kwargs={"literal_binds": True})
    how = "EXPLAIN" if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    with engine.connect() as connection:
        return "\n".join(str(row) for row in connection.exec_driver_sql(f"{how} {query}"))
