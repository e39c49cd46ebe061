"""The outbox: what platforms are told is written in the transaction of the facts, and sent from here.

A row is at once the queue, the schedule and the log of one delivery. Whoever sends it first moves
`next_at` to when others may take it up; a worker that dies leaves nothing behind but that time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, insert, select, update

from assessor.adapters.store.lookup import Lookup
from assessor.adapters.store.notices import place_notices
from assessor.adapters.store.part import each_opened
from assessor.adapters.store.tables import ASSESSMENT, WEBHOOK_ATTEMPT, WEBHOOK_DELIVERY, WEBHOOK_ENDPOINT
from assessor.adapters.store.webhooks import SECRETS, SqlWebhooks, as_endpoint, locked_endpoint
from assessor.domain.assessment import Projection
from assessor.domain.errors import NotFound
from assessor.domain.events import Event
from assessor.domain.notification import EventType, Notice, notices_of, types_of
from assessor.domain.webhook import (
    Attempt,
    Delivery,
    DeliveryStatus,
    Endpoint,
    Outcome,
    Pause,
    Reception,
    Settled,
    delivery_id,
    paused_notice,
)
from assessor.ports import Claimed

OF_ONE_ENDPOINT: Final = 2
"""How many deliveries of one endpoint are taken up at once, so that a slow receiver delays only itself."""

D, E = WEBHOOK_DELIVERY.c, WEBHOOK_ENDPOINT.c
_OPEN: Final[ColumnElement[bool]] = E.enabled & E.paused.is_(None)


def announce(connection: Connection, tenant_id: str, log: Sequence[Event], row: Projection) -> None:
    """Write down which of the facts are public, for those who poll and for those who are told.

    Runs in the transaction of the facts, before the assessment's row is moved on.
    """
    if not any(types_of(None, event.fact) for event in log):
        return
    before = connection.execute(select(ASSESSMENT.c.decision).where(ASSESSMENT.c.id == row.id)).scalar()
    notices = notices_of(before, log, row)
    _publish(connection, tenant_id, notices, livemode=row.livemode, callback=row.callback_endpoint)


def _publish(
    connection: Connection,
    tenant_id: str,
    notices: Sequence[Notice],
    *,
    livemode: bool,
    callback: str | None = None,
) -> None:
    """Write public events for those who poll, and a delivery of each for every endpoint that wants it.

    What is about an endpoint is not sent to that endpoint. With `callback`, no other endpoint is told,
    unless that one is there no more.
    """
    # The lock keeps an endpoint from being removed before its deliveries are committed.
    mine = (
        select(WEBHOOK_ENDPOINT)
        .where(E.tenant_id == tenant_id, E.livemode == livemode)
        .with_for_update(read=True, key_share=True)
    )
    endpoints = [as_endpoint(row) for row in connection.execute(mine)]
    told = [endpoint for endpoint in endpoints if endpoint.id == callback] or endpoints
    rows = [
        _row(new_delivery(endpoint, notice, notice.at))
        for notice in notices
        for endpoint in told
        if endpoint.wants(notice.type) and endpoint.id != notice.subject
    ]
    if rows:
        connection.execute(insert(WEBHOOK_DELIVERY), rows)
    place_notices(connection, tenant_id, notices, livemode=livemode)


def new_delivery(endpoint: Endpoint, notice: Notice, at: datetime) -> Delivery:
    """Return a delivery that is due at once."""
    return Delivery(
        id=delivery_id(notice.id, endpoint.id),
        endpoint_id=endpoint.id,
        notice=notice,
        status=DeliveryStatus.PENDING,
        retries=0,
        next_at=at,
        created_at=at,
    )


class SqlOutbox(SqlWebhooks):
    """Deliveries: the second half of `Webhooks`."""

    async def enqueue(self, endpoint: Endpoint, notice: Notice, at: datetime) -> Delivery:
        """Put one event into the outbox, due at once, whatever the filter says. Raises NotFound."""
        delivery = new_delivery(endpoint, notice, at)

        def enqueue(connection: Connection) -> Delivery:
            locked_endpoint(connection, endpoint.tenant, endpoint.id)
            connection.execute(insert(WEBHOOK_DELIVERY).values(**_row(delivery)))
            return delivery

        return await self._database.write(enqueue)

    async def deliveries(
        self, tenant: str, endpoint_id: str, status: DeliveryStatus | None = None, limit: int = 100
    ) -> tuple[Delivery, ...]:
        """Return the delivery log of an endpoint, newest first; of one status alone, if given.

        Raises NotFound.
        """
        await self.endpoint(tenant, endpoint_id)
        newest = (D.created_at.desc(), D.at.desc(), D.id)
        query = select(WEBHOOK_DELIVERY).where(D.endpoint_id == endpoint_id).order_by(*newest).limit(limit)
        if status is not None:
            query = query.where(D.status == status.value)

        def read(connection: Connection) -> tuple[Delivery, ...]:
            found = [_as_delivery(row) for row in connection.execute(query)]
            tries = _attempts(connection, [delivery.id for delivery in found])
            return tuple(replace(delivery, attempts=tries.get(delivery.id, ())) for delivery in found)

        return await self._database.read(read)

    async def redeliver(self, tenant: str, endpoint_id: str, delivery_id: str, at: datetime) -> Delivery:
        """Make a delivery due again, with the whole schedule before it. Raises NotFound."""

        def again(connection: Connection) -> Delivery:
            locked_endpoint(connection, tenant, endpoint_id)
            one = (D.id == delivery_id) & (D.endpoint_id == endpoint_id)
            due = update(WEBHOOK_DELIVERY).where(one)
            due = due.values(status=DeliveryStatus.PENDING.value, retries=0, next_at=at, holder=None)
            if connection.execute(due).rowcount != 1:
                raise NotFound("delivery", delivery_id)
            delivery = _as_delivery(connection.execute(select(WEBHOOK_DELIVERY).where(one)).one())
            return replace(delivery, attempts=_attempts(connection, [delivery_id]).get(delivery_id, ()))

        return await self._database.write(again)

    async def redeliver_dead(self, tenant: str, endpoint_id: str, at: datetime) -> int:
        """Make due again all that was given up for an endpoint. Return how many. Raises NotFound."""

        def again(connection: Connection) -> int:
            locked_endpoint(connection, tenant, endpoint_id)
            dead = (D.endpoint_id == endpoint_id) & (D.status == DeliveryStatus.DEAD.value)
            due = update(WEBHOOK_DELIVERY).where(dead)
            due = due.values(status=DeliveryStatus.PENDING.value, retries=0, next_at=at, holder=None)
            return connection.execute(due).rowcount

        return await self._database.write(again)

    async def claim(
        self, holder: str, now: datetime, until: datetime, limit: int, busy: Sequence[str] = ()
    ) -> tuple[Claimed, ...]:
        """Take up what is due, platforms in turn, a few of each endpoint, none of those that are `busy`.

        Nobody else gets the same before `until`.
        """

        def claim(connection: Connection) -> tuple[Claimed, ...]:
            self._derived(SECRETS)  # who cannot open any secret takes nothing away from others
            rows = connection.execute(_due(now, until, limit, busy)).all()
            mine = [row for row in rows if _taken_up(connection, row, holder, until)]
            return each_opened(mine, lambda row: self._claimed(row, now, until))

        # Asked every second: where nothing is due, nobody has to wait for the writer.
        if await self._look_up(ANY_DUE, now=now) is None:
            return ()
        if busy and await self._first(_due(now, until, 1, busy)) is None:
            return ()
        return await self._database.write(claim)

    async def release_claims(self, holder: str, now: datetime) -> int:
        """Make due again what a worker had taken up before it ended. Returns how many."""
        held = (D.holder == holder) & (D.status == DeliveryStatus.PENDING.value)
        return await self._execute(update(WEBHOOK_DELIVERY).where(held).values(next_at=now, holder=None))

    async def record_attempt(
        self, claimed: Claimed, reception: Reception, settled: Settled, at: datetime
    ) -> Pause | None:
        """Note an attempt and what follows from it. Return why the endpoint was paused by it, if it was.

        An attempt that outlived its claim cannot undo what another has settled; that something was
        accepted always counts.
        """
        delivery = claimed.delivery

        def note(connection: Connection) -> Pause | None:
            row = _locked(connection, delivery)
            if row is None:  # removed with its endpoint meanwhile
                return None
            _add_attempt(connection, delivery.id, reception, at)
            accepted = settled.status is DeliveryStatus.DELIVERED
            if not accepted and (row.status, row.next_at) != (DeliveryStatus.PENDING, claimed.until):
                return None
            connection.execute(_settled(delivery.id, settled))
            if accepted:
                connection.execute(_endpoint(delivery.endpoint_id).values(accepted_at=at))
            pause = _pause(connection, delivery, settled)
            if pause is not None:
                mode = select(E.livemode).where(E.id == delivery.endpoint_id)
                livemode = connection.execute(mode).scalar_one()
                _publish(connection, claimed.tenant, [paused_notice(delivery, pause, at)], livemode=livemode)
            return pause

        return await self._database.write(note)

    async def forget_deliveries(self, before: datetime) -> int:
        """Remove what was made before a time. Returns how many."""

        def forget(connection: Connection) -> int:
            old = select(D.id).where(D.created_at < before)
            connection.execute(delete(WEBHOOK_ATTEMPT).where(WEBHOOK_ATTEMPT.c.delivery_id.in_(old)))
            return connection.execute(delete(WEBHOOK_DELIVERY).where(D.created_at < before)).rowcount

        return await self._database.write(forget)

    def _claimed(self, row: Row[Any], now: datetime, until: datetime) -> Claimed:
        secrets = self._secrets_at(now, row.endpoint_id, row.secret, row.former_secret, row.former_until)
        return Claimed(_as_delivery(row), row.tenant_id, row.url, secrets, until)


def _due(now: datetime, until: datetime, limit: int, busy: Sequence[str]) -> Any:
    """Return the query for what is due, at most a few of each endpoint.

    The platform of which the fewest are on their way comes first, and then what waits longest.
    """
    underway = (
        select(E.tenant_id, func.count().label("many"))
        .select_from(WEBHOOK_DELIVERY)
        .join(WEBHOOK_ENDPOINT, E.id == D.endpoint_id)
        .where(D.status == DeliveryStatus.PENDING.value, D.next_at > now, D.next_at <= until)
        .where(D.holder.is_not(None))
        .group_by(E.tenant_id)
        .subquery()
    )
    waiting = (
        select(
            WEBHOOK_DELIVERY,
            E.tenant_id,
            E.url,
            E.secret,
            E.former_secret,
            E.former_until,
            func.row_number().over(partition_by=D.endpoint_id, order_by=(D.next_at, D.id)).label("place"),
        )
        .join(WEBHOOK_ENDPOINT, E.id == D.endpoint_id)
        .where(D.status == DeliveryStatus.PENDING.value, D.next_at <= now, _OPEN, E.id.not_in(busy))
        .subquery()
    )
    w = waiting.c
    of_tenant = func.row_number().over(partition_by=w.tenant_id, order_by=(w.next_at, w.id))
    turn = of_tenant + func.coalesce(underway.c.many, 0)
    first = (
        select(waiting)
        .outerjoin(underway, underway.c.tenant_id == w.tenant_id)
        .where(w.place <= OF_ONE_ENDPOINT)
    )
    return first.order_by(turn, w.next_at, w.id).limit(limit)


ANY_DUE: Final = Lookup(
    select(D.id)
    .join(WEBHOOK_ENDPOINT, E.id == D.endpoint_id)
    .where(D.status == DeliveryStatus.PENDING.value, D.next_at <= bindparam("now"), _OPEN)
    .limit(1)
)
"""Whether anything is due, to whomever."""


def _taken_up(connection: Connection, row: Row[Any], holder: str, until: datetime) -> bool:
    """Whether the claim is ours: two workers may have seen the same row, and one of them changes it."""
    seen = (D.id == row.id) & (D.status == row.status) & (D.next_at == row.next_at)
    taken = update(WEBHOOK_DELIVERY).where(seen).values(next_at=until, holder=holder)
    return connection.execute(taken).rowcount == 1


def _add_attempt(connection: Connection, of: str, reception: Reception, at: datetime) -> None:
    last = select(func.max(WEBHOOK_ATTEMPT.c.number)).where(WEBHOOK_ATTEMPT.c.delivery_id == of)
    connection.execute(
        insert(WEBHOOK_ATTEMPT).values(
            delivery_id=of,
            number=(connection.execute(last).scalar() or 0) + 1,
            at=at,
            outcome=reception.outcome.value,
            http_status=reception.http_status,
            latency_ms=reception.latency_ms,
        )
    )


def _locked(connection: Connection, delivery: Delivery) -> Row[Any] | None:
    """Return a delivery's row. The endpoint is locked first, as by all others, so that nobody deadlocks."""
    connection.execute(select(E.id).where(E.id == delivery.endpoint_id).with_for_update())
    return connection.execute(select(WEBHOOK_DELIVERY).where(D.id == delivery.id).with_for_update()).first()


def _settled(of: str, settled: Settled) -> Any:
    return (
        update(WEBHOOK_DELIVERY)
        .where(D.id == of)
        .values(status=settled.status.value, next_at=settled.next_at, retries=D.retries + 1, holder=None)
    )


def _endpoint(endpoint_id: str) -> Any:
    return update(WEBHOOK_ENDPOINT).where(E.id == endpoint_id)


def _pause(connection: Connection, delivery: Delivery, settled: Settled) -> Pause | None:
    """Stop sending to an endpoint that wants nothing more, or has taken nothing for a whole schedule."""
    if settled.status is not DeliveryStatus.DEAD:
        return None
    pause = Pause.GONE if settled.gone else Pause.FAILING
    silent = E.accepted_at.is_(None) | (E.accepted_at < delivery.created_at)
    stop = _endpoint(delivery.endpoint_id).where(E.paused.is_(None))
    if not settled.gone:
        stop = stop.where(silent)
    return pause if connection.execute(stop.values(paused=pause.value)).rowcount == 1 else None


def _attempts(connection: Connection, of: Sequence[str]) -> Mapping[str, tuple[Attempt, ...]]:
    a = WEBHOOK_ATTEMPT.c
    rows = connection.execute(
        select(WEBHOOK_ATTEMPT).where(a.delivery_id.in_(of)).order_by(a.delivery_id, a.number)
    )
    return _grouped((row.delivery_id, _as_attempt(row)) for row in rows)


def _grouped(pairs: Iterable[tuple[str, Attempt]]) -> dict[str, tuple[Attempt, ...]]:
    found: dict[str, tuple[Attempt, ...]] = {}
    for owner, attempt in pairs:
        found[owner] = (*found.get(owner, ()), attempt)
    return found


def _as_attempt(row: Row[Any]) -> Attempt:
    return Attempt(row.number, row.at, Outcome(row.outcome), row.http_status, row.latency_ms)


def _as_delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        endpoint_id=row.endpoint_id,
        notice=Notice(row.event_id, EventType(row.type), row.subject, row.at, row.data),
        status=DeliveryStatus(row.status),
        retries=row.retries,
        next_at=row.next_at,
        created_at=row.created_at,
    )


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "endpoint_id": delivery.endpoint_id,
        "event_id": delivery.notice.id,
        "type": delivery.notice.type.value,
        "subject": delivery.notice.subject,
        "at": delivery.notice.at,
        "data": dict(delivery.notice.data),
        "status": delivery.status.value,
        "retries": delivery.retries,
        "next_at": delivery.next_at,
        "created_at": delivery.created_at,
    }
