"""A database as full as that of a large installation, made by the server itself within seconds.

Most assessments are decided, and a few stand in every other state; two platforms share them, one of which
has a twentieth. What is sealed elsewhere is not here: nobody opens it.
"""

from dataclasses import dataclass
from typing import Any, Final

import psycopg

from tests.adapters.store.samples import NOW

LARGE: Final = "large"
SMALL: Final = "small"
TENANTS: Final = (LARGE, SMALL)
TRACKS: Final = 8
ENDPOINTS: Final = 4
"""Of each platform."""
EVENTS_OF_ONE: Final = 30
ITEMS_OF_ONE: Final = 5

_TENANT: Final = f"CASE WHEN n % 20 = 0 THEN '{SMALL}' ELSE '{LARGE}' END"
_AT: Final = f"TIMESTAMPTZ '{NOW.isoformat()}' + n * INTERVAL '1 second'"
_STATUS: Final = (
    "(ARRAY['ordered','opened','in_progress','paused','submitted','technical_hold','expired','withdrawn'])"
    "[CASE WHEN n % 64 < 8 THEN n % 64 + 1 END]"
)
_ID: Final = "lpad(n::text, 8, '0')"


@dataclass(frozen=True)
class _Filled:
    """Rows of a table: how many for each assessment, and what stands in the columns, by their number `n`."""

    table: str
    times: float
    columns: dict[str, str]


_FILLED: Final = (
    _Filled(
        "candidate",
        0.5,
        {
            "id": f"'cnd_' || {_ID}",
            "tenant_id": _TENANT,
            "candidate_ref": "'person-' || n",
            "wrapped_key": "'x'",
        },
    ),
    _Filled(
        "assessment",
        1,
        {
            "id": f"'asm_' || {_ID}",
            "tenant_id": _TENANT,
            "candidate_id": "'cnd_' || lpad((n / 2)::text, 8, '0')",
            "candidate_ref": "'person-' || n / 2",
            "track": f"'track-' || n % {TRACKS}",
            "livemode": "true",
            "simulated": "false",
            "status": f"coalesce({_STATUS}, 'decided')",
            "ordered_at": _AT,
            "expires_at": f"{_AT} + INTERVAL '14 days'",
            "deadline": f"{_AT} + INTERVAL '14 days'",
            "submitted_at": _AT,
            "paused_until": f"CASE WHEN n % 64 = 3 THEN {_AT} + INTERVAL '14 days' END",
            "open_criteria": "0",
            "needs_person": "n % 10 = 0",
            "seq": str(EVENTS_OF_ONE),
            "head": "''",
        },
    ),
    _Filled(
        "event",
        EVENTS_OF_ONE,
        {
            "assessment_id": f"'asm_' || lpad((n / {EVENTS_OF_ONE})::text, 8, '0')",
            "seq": f"n % {EVENTS_OF_ONE} + 1",
            "type": "'candidate.message'",
            "at": _AT,
            "ciphertext": "'sealed: as many bytes as a short message has'",
            "hash": "'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'",
        },
    ),
    _Filled(
        "verdict",
        1,
        {
            "id": f"'ver_' || {_ID}",
            "assessment_id": f"'asm_' || {_ID}",
            "tenant_id": _TENANT,
            "livemode": "true",
            "candidate_ref": "'person-' || n / 2",
            "track": f"'track-' || n % {TRACKS}",
            "decision": "(ARRAY['qualified','not_qualified','needs_review'])[n % 3 + 1]",
            "issued_at": _AT,
            "valid_until": _AT,
            "seq": "1",
            "document": "'{}'",
            "jws": "''",
            "status": "'issued'",
        },
    ),
    _Filled(
        "form_item",
        ITEMS_OF_ONE,
        {
            "assessment_id": f"'asm_' || lpad((n / {ITEMS_OF_ONE})::text, 8, '0')",
            "item_id": f"'item-' || n % {ITEMS_OF_ONE} || '-' || n / {ITEMS_OF_ONE} % 50",
        },
    ),
    _Filled(
        "queue_entry",
        0.2,
        {
            "assessment_id": "'asm_' || lpad((n / 2 * 10)::text, 8, '0')",
            "line": f"CASE n % 2 WHEN 0 THEN '/' ELSE 'appeal/track-' || n / 2 * 10 % {TRACKS} END",
            "tenant_id": f"CASE WHEN n / 2 % 2 = 0 THEN '{SMALL}' ELSE '{LARGE}' END",
            "track": f"'track-' || n / 2 * 10 % {TRACKS}",
            "language": "'en'",
            "rank": "5",
            "since": _AT,
        },
    ),
    _Filled(
        "notice",
        3,
        {
            "tenant_id": _TENANT,
            "position": "n",
            "livemode": "true",
            "id": f"'evt_' || {_ID}",
            "type": "'assessor.' || "
            "(ARRAY['assessment.started','verdict.issued','assessment.submitted'])[n % 3 + 1]",
            "subject": f"'asm_' || {_ID}",
            "at": _AT,
            "data": "'{}'",
        },
    ),
    _Filled(
        "webhook_delivery",
        3,
        {
            "id": f"'whd_' || {_ID}",
            "endpoint_id": f"'whe_' || {_TENANT} || '_' || n % {ENDPOINTS}",
            "event_id": f"'evt_' || {_ID}",
            "type": "'assessor.verdict.issued'",
            "subject": f"'asm_' || {_ID}",
            "at": _AT,
            "data": "'{}'",
            "status": "CASE n % 1000 WHEN 0 THEN 'pending' WHEN 1 THEN 'dead' ELSE 'delivered' END",
            "retries": "0",
            "next_at": f"CASE WHEN n % 1000 = 0 THEN {_AT} END",
            "created_at": _AT,
        },
    ),
    _Filled(
        "webhook_attempt",
        3,
        {
            "delivery_id": f"'whd_' || {_ID}",
            "number": "1",
            "at": _AT,
            "outcome": "'accepted'",
            "http_status": "204",
            "latency_ms": "20",
        },
    ),
    _Filled(
        "audit_record",
        3,
        {
            "tenant_id": _TENANT,
            "seq": "n",
            "at": _AT,
            "actor": "'rev_' || n % 50",
            "action": "(ARRAY['transcript.opened','export.decisions','review.scored'])[n % 3 + 1]",
            "subject": "'asm_' || lpad((n / 3)::text, 8, '0')",
            "words_digest": "''",
            "hash": "''",
        },
    ),
    _Filled(
        "outcome",
        1,
        {
            "id": f"'out_' || {_ID}",
            "tenant_id": _TENANT,
            "assessment_id": f"'asm_' || {_ID}",
            "metric": "'acceptance'",
            "value": "0.5",
            "work": "n::text",
            "observed_at": _AT,
            "recorded_at": _AT,
        },
    ),
    _Filled(
        "mail_address",
        1,
        {"assessment_id": f"'asm_' || {_ID}", "ciphertext": "'x'"},
    ),
    _Filled(
        "mail",
        1,
        {
            "id": f"'mai_' || {_ID}",
            "assessment_id": f"'asm_' || {_ID}",
            "kind": "'invitation'",
            "status": "CASE WHEN n % 1000 = 0 THEN 'pending' ELSE 'sent' END",
            "tries": "1",
            "given_at": _AT,
            "due_at": _AT,
            "next_at": f"CASE WHEN n % 1000 = 0 THEN {_AT} END",
            "settled_at": _AT,
        },
    ),
    _Filled(
        "invite",
        1,
        {"token_hash": "md5(n::text)", "assessment_id": f"'asm_' || {_ID}", "expires_at": _AT},
    ),
    _Filled(
        "idempotency",
        1,
        {
            "tenant_id": _TENANT,
            "livemode": "true",
            "key": "n::text",
            "request_hash": "''",
            "status": "200",
            "at": _AT,
            "body": "''",
        },
    ),
)


def crowd(address: str, assessments: int) -> None:
    """Fill a migrated database that has no rows."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # checks no foreign key, row by row
        connection.execute("SET maintenance_work_mem = '256MB'")
        _platforms(connection)
        for one in _FILLED:
            _fill(connection, one, round(assessments * one.times))
        connection.execute("VACUUM ANALYZE")


def _platforms(connection: psycopg.Connection[Any]) -> None:
    for tenant in TENANTS:
        connection.execute(
            "INSERT INTO tenant (id, name, policy, created_at, notices) VALUES (%s, %s, '{}', %s, 0)",
            [tenant, tenant, NOW],
        )
        for number in range(ENDPOINTS):
            connection.execute(
                "INSERT INTO webhook_endpoint (id, tenant_id, url, description, event_types, enabled, "
                "secret, created_at, livemode) "
                "VALUES (%s, %s, 'https://example.org', '', '[]', true, '', %s, true)",
                [f"whe_{tenant}_{number}", tenant, NOW],
            )


def _fill(connection: psycopg.Connection[Any], filled: _Filled, count: int) -> None:
    """Write the rows, and what keeps them in order afterwards: doing it row by row takes longer."""
    into = filled.table
    again = [*_without_indexes(connection, into), *_without_key(connection, into)]
    columns, values = ", ".join(filled.columns), ", ".join(filled.columns.values())
    rows = f"SELECT {values} FROM generate_series(0, {count - 1}) AS n"  # noqa: S608 - all written above
    connection.execute(f"INSERT INTO {into} ({columns}) {rows}".encode())
    for statement in again:
        connection.execute(statement.encode())


def _without_indexes(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """Remove indexes that no constraint needs; return what makes them again."""
    found = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes "
        "WHERE tablename = %s AND indexname ~ '^(ix|uq_verdict_cur)'",
        [table],
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}".encode())
    return [definition for _, definition in found]


def _without_key(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """Remove the key of a table that no other refers to, and its log; return what makes the key again."""
    referred = "SELECT 1 FROM pg_constraint WHERE confrelid = %s::regclass"
    if connection.execute(referred, [table]).fetchone():
        return []
    key = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
    ((name, definition),) = connection.execute(f"{key} AND contype = 'p'".encode(), [table]).fetchall()
    connection.execute(f"ALTER TABLE {table} SET UNLOGGED".encode())
    connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"]
