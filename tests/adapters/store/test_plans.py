"""Whatever is asked again and again reads an index, however much an installation has kept.

Each list is asked for as the service asks; what it sends to PostgreSQL is explained before it is run, with
the same values. A hundred thousand assessments and three million events are made for it; ten times that for
`make test-deep`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import Connection, event, text

from assessor.adapters.store import SqlStore, mail_outbox, outbox
from assessor.adapters.store.lookup import Lookup
from assessor.adapters.vault import Vault
from assessor.domain.assessment import Status
from assessor.domain.errors import DocumentRefused
from assessor.domain.notification import EventType
from assessor.domain.queue import QueuePlace, Reason
from assessor.domain.webhook import DeliveryStatus
from assessor.ports import ActFilter, ListPlace, Page, QueueFilter, Sample, Taker, VerdictFilter
from tests.adapters.store.crowded import LARGE, SMALL, crowd
from tests.adapters.store.samples import NOW, TENANT
from tests.postgres import Databases

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

FEW_ROWS: Final = 5_000
"""A table with fewer may be read as a whole."""
LIMIT: Final = 51
MOST_READ: Final = 20 * LIMIT
"""Rows of tables and indexes that a page of a list may cost."""


@dataclass(frozen=True)
class Asking:
    """Who asks, and about the middle of what there is."""

    store: SqlStore
    tenant: str
    half: int

    @property
    def then(self) -> datetime:
        """When the assessment in the middle was ordered."""
        return NOW + timedelta(seconds=self.half)

    async def looked_up(self, lookup: Lookup, **values: object) -> object:
        """Look up on the long way, which is explained as every query is; the short one asks the driver."""
        return await self.store._database.read(lambda one: one.execute(lookup.query, values).first())


Asked = Callable[[Asking], Awaitable[object]]


@dataclass
class Explained:
    """A store whose every query is explained before it is run."""

    store: SqlStore
    assessments: int
    large: frozenset[str]
    """Tables that must not be read as a whole."""
    plans: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def _explaining(explained: Explained) -> None:
    database = explained.store._database

    @event.listens_for(database.engine, "before_cursor_execute")
    def explain(_c: Any, cursor: Any, statement: str, parameters: Any, *_others: Any) -> None:
        if statement.startswith(("SELECT", "DELETE", "UPDATE")):
            how = "(ANALYZE, TIMING OFF, FORMAT JSON)" if statement.startswith("SELECT") else "(FORMAT JSON)"
            cursor.execute(f"EXPLAIN {how} {statement}", parameters)
            explained.plans.append((statement, cursor.fetchone()[0][0]["Plan"]))


@pytest.fixture(
    scope="module",
    params=[100_000, pytest.param(1_000_000, marks=pytest.mark.deep)],
    ids=["100000", "1000000"],
)
async def explained(request: pytest.FixtureRequest, postgres: Databases) -> AsyncIterator[Explained]:
    with postgres.lent(postgres.migrated()) as address:
        crowd(address, request.param)
        store = SqlStore(address, Vault(bytes(32)))
        await store.add_tenant(TENANT, NOW)  # and the key of the installation with it
        large = await store._database.read(_large)
        explained = Explained(store, request.param, large)
        _explaining(explained)
        yield explained
        await store.close()


def _large(connection: Connection) -> frozenset[str]:
    query = "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > :few"
    return frozenset(connection.execute(text(query), {"few": FEW_ROWS}).scalars())


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def _page(**wanted: Any) -> Asked:
    def ask(by: Asking) -> Awaitable[object]:
        before = (by.then, f"asm_{by.half:08}")
        return by.store.page(Page(by.tenant, livemode=True, limit=LIMIT, before=before, **wanted))

    return ask


def _verdicts(**wanted: Any) -> Asked:
    def ask(by: Asking) -> Awaitable[object]:
        after = ListPlace(by.then, f"ver_{by.half:08}")
        return by.store.listed_verdicts(VerdictFilter(by.tenant, livemode=True, **wanted), after, LIMIT)

    return ask


def _decisions(**wanted: Any) -> Asked:
    def ask(by: Asking) -> Awaitable[object]:
        after = ListPlace(by.then, f"ver_{by.half:08}")
        return by.store.decisions(VerdictFilter(by.tenant, livemode=True, **wanted), after, LIMIT)

    return ask


def _acts(**wanted: Any) -> Asked:
    return lambda by: by.store.recorded(ActFilter(by.tenant, **wanted), by.half, LIMIT)


def _queue(reason: Reason | None = None, track: str | None = None) -> Asked:
    def ask(by: Asking) -> Awaitable[object]:
        after = QueuePlace(5, NOW + timedelta(seconds=by.half / 10), "asm_")
        return by.store.waiting(by.tenant, QueueFilter(reason, track), after, LIMIT)

    return ask


def _notices(*types: EventType) -> Asked:
    return lambda by: by.store.notices(by.tenant, by.half, types, LIMIT, livemode=True)


def _deliveries(status: DeliveryStatus | None = None) -> Asked:
    return lambda by: by.store.deliveries(by.tenant, f"whe_{by.tenant}_1", status, LIMIT)


async def _unopened(asked: Awaitable[object]) -> None:
    """Ask for what nobody can open here: it is read before that is noticed."""
    with suppress(DocumentRefused):
        await asked


MINE: Final = Taker("rev_1")
LATER: Final = NOW + timedelta(hours=1)
LISTS: Final[dict[str, Asked]] = {
    "/v1/assessments": _page(),
    "/v1/assessments?track": _page(track="track-3"),
    "/v1/assessments?status": _page(status=Status.TECHNICAL_HOLD),
    "/v1/assessments?track&status": _page(track="track-3", status=Status.DECIDED),
    "/v1/assessments?candidate_ref": _page(candidate_ref="person-70"),
    "/v1/assessments?created_from": _page(created_from=LATER),
    "/v1/verdicts": _verdicts(),
    "/v1/verdicts?track": _verdicts(track="track-3"),
    "/v1/verdicts?decision": _verdicts(decision="qualified"),
    "/v1/verdicts?track&decision": _verdicts(track="track-3", decision="qualified"),
    "/v1/verdicts?candidate_ref": _verdicts(candidate_ref="person-70"),
    "/v1/qualifications": lambda by: by.store.current_verdicts(
        by.tenant, "track-3", [f"person-{n}" for n in range(100)], livemode=True
    ),
    "/v1/events": _notices(),
    "/v1/events?type": _notices(EventType.VERDICT_ISSUED),
    "/v1/webhook-endpoints/{id}/deliveries": _deliveries(),
    "/v1/webhook-endpoints/{id}/deliveries?status": _deliveries(DeliveryStatus.DEAD),
    "/v1/outcomes": lambda by: by.store.outcomes(by.tenant, livemode=True, limit=LIMIT),
    "/v1/outcomes?after": lambda by: by.store.outcomes(
        by.tenant, livemode=True, limit=LIMIT, after=f"out_{by.half // 20 * 20 + (by.tenant == LARGE):08}"
    ),
    "/review": _queue(),
    "/review?reason&track": _queue(Reason.APPEAL, "track-2"),
    "/review, the next case": lambda by: by.store.free(by.tenant, MINE, NOW, None, LIMIT),
    "/review, in hand": lambda by: by.store.in_hand(by.tenant, "rev_1", NOW),
    "/review/audit-log": _acts(),
    "/review/audit-log?actor": _acts(actor="rev_7"),
    "/review/audit-log?action": _acts(action="export.decisions"),
    "/review/audit-log?subject": _acts(subject="asm_00000700"),
    "/review/audit-log?since": _acts(since=LATER),
    "/review/exports": _decisions(),
    "/review/exports?track": _decisions(track="track-3"),
    "/assessment, its log": lambda by: _unopened(by.store.verify_chain("asm_00000700")),
}
"""By the address at which each is asked for."""

COMMANDS: Final[dict[str, Asked]] = {
    "assessor items": lambda by: by.store.given("track-3", "item-1-7", [Status.DECIDED], limit=LIMIT),
    "assessor items, decided": lambda by: by.store.decided(
        "track-3", Sample(tenant=by.tenant), after=f"asm_{by.half:08}", limit=LIMIT
    ),
    "assessor audit check": lambda by: by.store.assessment_ids(f"asm_{by.half:08}", LIMIT),
}
"""What an operator asks for, who waits."""

REPEATED: Final[dict[str, Asked]] = {
    "what is to be scored": lambda by: by.store.unscored(),
    "what has run out": lambda by: by.store.overdue(NOW),
    "what waits": lambda by: by.store.backlog(NOW),
    "how many wait": lambda by: by.store.waiting_counts(by.tenant, 1000),
    "whether webhooks are due": lambda by: by.looked_up(outbox.ANY_DUE, now=NOW),
    "whether mails are due": lambda by: by.looked_up(mail_outbox.ANY_DUE, now=NOW),
    "webhooks that are due": lambda by: _unopened(by.store.claim("worker", NOW, LATER, 10)),
    "mails that are due": lambda by: _unopened(by.store.claim_mail("worker", NOW, LATER, 10)),
    "webhooks of a worker that ended": lambda by: by.store.release_claims("worker", NOW),
    "mails of a worker that ended": lambda by: by.store.release_mail("worker", NOW),
    "old events": lambda by: by.store.forget_notices(NOW - timedelta(days=1)),
    "old deliveries": lambda by: by.store.forget_deliveries(NOW - timedelta(days=1)),
    "old answers": lambda by: by.store.forget_answers(NOW - timedelta(days=1)),
    "old mails": lambda by: by.store.forget_mail(NOW - timedelta(days=1)),
}
"""What every process asks each second or each minute."""


async def _whole_tables(explained: Explained, ask: Asked, tenant: str) -> list[str]:
    """Ask, and return which large tables were read as a whole for it, with the statement."""
    explained.plans.clear()
    await ask(Asking(explained.store, tenant, explained.assessments // 2))
    assert explained.plans, "nothing was asked"
    return [
        f"{node['Relation Name']}: {statement}"
        for statement, plan in explained.plans
        for node in _nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in explained.large
    ]


def _read(plan: dict[str, Any]) -> int:
    """Return how many rows of tables and indexes were read, with those that a filter left out."""
    return sum(
        round((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
        for node in _nodes(plan)
        if "Scan" in node["Node Type"] and "Actual Rows" in node
    )


async def test_the_database_is_as_full_as_it_should_be(explained: Explained) -> None:
    assert {"assessment", "event", "verdict", "notice", "webhook_delivery", "audit_record"} <= explained.large


@pytest.mark.parametrize("tenant", [LARGE, SMALL])
@pytest.mark.parametrize("address", LISTS)
async def test_a_list_reads_little_more_than_it_shows(
    explained: Explained, address: str, tenant: str
) -> None:
    assert await _whole_tables(explained, LISTS[address], tenant) == []
    assert max(_read(plan) for _, plan in explained.plans) <= MOST_READ


@pytest.mark.parametrize("command", COMMANDS)
async def test_no_command_that_lists_reads_a_large_table_as_a_whole(
    explained: Explained, command: str
) -> None:
    assert await _whole_tables(explained, COMMANDS[command], LARGE) == []


@pytest.mark.parametrize("what", REPEATED)
async def test_nothing_that_is_asked_all_the_time_reads_a_large_table_as_a_whole(
    explained: Explained, what: str
) -> None:
    found = await _whole_tables(explained, REPEATED[what], LARGE)

    # The queue keeps only what waits, and half of it is what this counts.
    assert [one for one in found if what != "what waits" or not one.startswith("queue_entry:")] == []
