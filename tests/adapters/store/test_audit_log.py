"""The audit log in the database: one chain a platform, and what is tampered with is named."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import delete, func, null, select, update

from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import AUDIT_END, AUDIT_RECORD
from assessor.domain import events as e
from assessor.domain.audit_log import Act, Action
from assessor.domain.errors import DocumentRefused
from assessor.ports import ActFilter, Destroyed
from tests.adapters.store.samples import HOUR, NOW, TENANT, appended, begun, every_fact, message

pytestmark = pytest.mark.anyio

MINE = ActFilter(TENANT.id)
REASON = "A question by the court of Zeugma."


def act(subject: str = "asm_x", tenant: str | None = TENANT.id, **changed: Any) -> Act:
    return Act(tenant, "rev_1", Action.LIST_EXPORTED, subject, REASON, {"rows": 7, **changed})


async def test_acts_come_back_newest_first_and_each_platform_has_its_own_chain(store: SqlStore) -> None:
    for number in range(3):
        await store.record_act(act(f"asm_{number}"), NOW + number * HOUR)
    await store.record_act(act(tenant=None), NOW)

    found = await store.recorded(MINE)

    assert [(one.seq, one.subject) for one in found] == [(3, "asm_2"), (2, "asm_1"), (1, "asm_0")]
    assert (found[0].at, found[0].reason, found[0].detail) == (NOW + 2 * HOUR, REASON, {"rows": 7})
    assert await store.audited() == [None, TENANT.id]
    assert [await store.verify_audit_log(one) for one in (TENANT.id, None, "other")] == [3, 1, 0]


async def test_filters_and_pages_leave_nothing_out(store: SqlStore) -> None:
    for number in range(7):
        await store.record_act(act(f"asm_{number % 2}"), NOW + number * HOUR)

    pages, before = [], None
    while page := await store.recorded(ActFilter(TENANT.id, subject="asm_0"), before, limit=2):
        pages.append([one.seq for one in page])
        before = page[-1].seq

    assert pages == [[7, 5], [3, 1]]
    one_day = ActFilter(TENANT.id, since=NOW + 2 * HOUR, until=NOW + 4 * HOUR)
    assert [one.seq for one in await store.recorded(one_day)] == [4, 3]
    assert await store.recorded(ActFilter(TENANT.id, actor="rev_2")) == ()
    assert await store.recorded(ActFilter(TENANT.id, action="session.opened")) == ()


async def test_twenty_acts_at_once_get_a_place_each(store: SqlStore) -> None:
    await asyncio.gather(*(store.record_act(act(f"asm_{number}"), NOW) for number in range(20)))

    assert await store.verify_audit_log(TENANT.id) == 20


async def test_what_people_did_is_recorded_in_the_transaction_of_its_fact(store: SqlStore) -> None:
    row = await begun(store)

    await appended(store, row, [message(), e.TranscriptOpened(reviewer="rev_9")], after=1)

    (found,) = await store.recorded(MINE)
    assert (found.actor, found.action, found.subject) == ("rev_9", "transcript.opened", row.id)
    assert (found.reason, found.detail) == ("", {"event": 3})


CHANGES = [
    {"actor": "rev_2"},
    {"action": "session.opened"},
    {"subject": "asm_z"},
    {"at": NOW + HOUR},
    {"reason": "Something else, afterwards."},
    {"detail": {"rows": 8}},
    {"salt": b"another salt...."},
    {"words_digest": "0" * 64},
    {"hash": "sha256:" + "0" * 64},
    {"salt": None, "reason": None, "detail": null()},
]


@pytest.mark.parametrize("changed", CHANGES, ids="-".join)
async def test_a_changed_record_is_named(store: SqlStore, changed: dict[str, Any]) -> None:
    for number in range(3):
        await store.record_act(act(f"asm_{number}"), NOW)

    await store._execute(update(AUDIT_RECORD).where(AUDIT_RECORD.c.seq == 2).values(**changed))

    with pytest.raises(DocumentRefused, match=r"Record 2 of the audit log of acme"):
        await store.verify_audit_log(TENANT.id)


async def test_a_record_that_was_taken_out_is_named_and_so_is_a_cut_end(store: SqlStore) -> None:
    for number in range(3):
        await store.record_act(act(f"asm_{number}"), NOW)

    await store._execute(delete(AUDIT_RECORD).where(AUDIT_RECORD.c.seq == 3))
    with pytest.raises(DocumentRefused, match="Record 3 of the audit log of acme is missing"):
        await store.verify_audit_log(TENANT.id)
    await store._execute(delete(AUDIT_RECORD).where(AUDIT_RECORD.c.seq == 1))
    with pytest.raises(DocumentRefused, match="Record 1 of the audit log of acme is missing"):
        await store.verify_audit_log(TENANT.id)
    await store._execute(update(AUDIT_END).values(seq=1))
    with pytest.raises(DocumentRefused, match="Record 1"):
        await store.verify_audit_log(TENANT.id)


async def test_erasing_a_person_takes_out_the_words_about_them_and_the_chain_holds(store: SqlStore) -> None:
    row = await begun(store)
    await store.record_act(act(row.id), NOW)
    await store.record_act(act("asm_of_another"), NOW)

    await store.erase(row.candidate_id, Destroyed(NOW, "operator"))

    erased, other, about = await store.recorded(MINE)
    assert (about.reason, about.detail, about.salt) == (None, None, None)
    assert other.reason == REASON
    assert (erased.actor, erased.action, erased.subject) == (
        "operator",
        "candidate.erased",
        row.candidate_id,
    )
    assert await store.verify_audit_log(TENANT.id) == 3
    await store.erase(row.candidate_id, Destroyed(NOW, "operator"))
    assert await store._first(select(func.count()).select_from(AUDIT_RECORD)) == (3,)


def test_every_fact_that_names_a_reviewer_is_an_act() -> None:
    from assessor.domain.audit_log import acts_of

    facts = every_fact()
    events = [
        e.Event(assessment_id="asm_1", seq=n, at=NOW, fact=fact, hash="h") for n, fact in enumerate(facts, 1)
    ]

    found = {one.detail["event"] for event in events for one in acts_of("acme", [event])}

    named = {
        event.seq
        for event in events
        if any(name in type(event.fact).model_fields for name in ("reviewer", "who"))
    }
    assert named <= found
