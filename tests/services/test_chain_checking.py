"""Checking chains: what is changed by SQL in an event, a verdict or an audit record is found and named."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import LargeBinary, Table, delete, select, update

from assessor.adapters.signing import verify
from assessor.adapters.store.tables import AUDIT_RECORD, EVENT, VERDICT
from assessor.ports import Destroyed
from assessor.services.chain_checking import ChainChecking
from tests.services import attempts, plays
from tests.world import World

pytestmark = pytest.mark.anyio


def checking(world: World) -> ChainChecking:
    keys = world.signer.jwks()
    return ChainChecking(world.store, lambda jws: verify(jws, keys, demonstration=True))


async def decided(world: World) -> str:
    """Play one with a redaction, a review, and so two verdicts."""
    played = await attempts.submitted(world, 1)
    await plays.reviewed(world, played, await plays.reviewer(world))
    return played.id


def other(value: Any) -> Any:
    """Return another value of the same type, by one bit or one character where it can be."""
    match value:
        case bytes():
            return value[:-1] + bytes([value[-1] ^ 1])
        case bool():
            return not value
        case int():
            return value + 1000
        case str():
            return value[:-1] + ("a" if value[-1:] != "a" else "b")
        case None:
            return None
        case _:
            return value + timedelta(microseconds=1)


async def test_every_column_of_every_kind_of_row_is_covered(world: World) -> None:
    assessment_id = await decided(world)
    assert (await checking(world).check_all()).faults == ()

    rows = (await world.store._all(select(EVENT).order_by(EVENT.c.seq)))[::9]
    for row in rows:
        for column in ("type", "at", "ciphertext", "hash"):
            await _tampered(world, EVENT, EVENT.c.seq == row.seq, row, column, f"Event {row.seq} ")
    (taken,) = await world.store._all(select(EVENT).where(EVENT.c.redacted_by.is_not(None)).limit(1))
    for column in ("digest", "redacted_by", "hash"):
        await _tampered(world, EVENT, EVENT.c.seq == taken.seq, taken, column, f"Event {taken.seq} ")
    for row in await world.store._all(select(VERDICT)):
        for column in [one.name for one in VERDICT.columns]:
            if column not in {"id", "assessment_id", "tenant_id"}:
                await _tampered(world, VERDICT, VERDICT.c.id == row.id, row, column, f"Verdict {row.id} ")
    assert (await checking(world).check(assessment_id)).faults == ()


async def _tampered(world: World, table: Table, one: Any, row: Any, column: str, named: str) -> None:
    """Change one column, see that the check names the row, and put it back."""
    was = getattr(row, column)
    if was is None or (now := other(was)) == was:
        return
    if column == "superseded_by":
        now = None if isinstance(table.c[column].type, LargeBinary) else f"{was}x"
    await world.store._execute(update(table).where(one).values({column: now}))
    (fault,) = (await checking(world).check_all()).faults
    assert named in fault.problem, (column, fault)
    await world.store._execute(update(table).where(one).values({column: was}))


async def test_what_was_taken_out_or_half_destroyed_is_named(world: World) -> None:
    assessment_id = await decided(world)
    first = (await world.store.verdicts(assessment_id))[0]

    await world.store._execute(update(EVENT).where(EVENT.c.seq == 3).values(redacted_by=9))
    (fault,) = (await checking(world).check(assessment_id)).faults
    assert "Event 3 " in fault.problem
    await world.store._execute(update(EVENT).where(EVENT.c.seq == 3).values(redacted_by=None))
    await world.store._execute(delete(VERDICT).where(VERDICT.c.id == first.id))
    (fault,) = (await checking(world).check(assessment_id)).faults
    assert fault.problem == f"Verdict {first.id} of {assessment_id} is missing"


async def test_after_an_erasure_chain_and_verdicts_are_checked_still(world: World) -> None:
    assessment_id = await decided(world)
    person = await world.store.person_in(assessment_id)
    await world.store.erase(person.id, Destroyed(world.clock.now(), "operator"))

    sound = await checking(world).check_all()
    await world.store._execute(update(VERDICT).values(decision="inconclusive"))
    (fault,) = (await checking(world).check_all()).faults

    assert (sound.faults, sound.verdicts) == ((), 2)
    assert "was changed in `decision`" in fault.problem


async def test_a_changed_audit_record_is_named_and_progress_is_told(world: World) -> None:
    await decided(world)
    told: list[tuple[int, int]] = []
    await world.store._execute(update(AUDIT_RECORD).where(AUDIT_RECORD.c.seq == 2).values(actor="nobody"))

    found = await checking(world).check_all(lambda done, total: told.append((done, total)))

    assert [one.problem for one in found.faults] == ["Record 2 of the audit log of acme was changed or moved"]
    assert told == [(1, 1)]
