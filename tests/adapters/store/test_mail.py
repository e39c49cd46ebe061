"""The outbox of mail on each database: written with the facts, claimed by one, readable to nobody else."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import MAIL, REMINDER_REFUSAL
from assessor.adapters.vault import Vault
from assessor.domain import events as e
from assessor.domain.assessment import Projection, Status
from assessor.domain.errors import NotFound, SequenceTaken
from assessor.domain.mail import MailKind, MailSettled, MailStatus
from assessor.domain.policy import Policy
from assessor.ports import Append, ClaimedMail, Destroyed, Enclosure, Tenant
from tests.adapters.store.samples import HOUR, NOW, TENANT, change, ordered_by, projection, verdict

pytestmark = pytest.mark.anyio

ADDRESS, TOKEN = "ana@example.org", "0123456789abcdef-the-token"
DAY = timedelta(days=1)
CLAIM = timedelta(minutes=2)
OTHER = Tenant("other", "Another platform", Policy())


async def begun(
    store: SqlStore,
    assessment_id: str = "asm_1",
    address: str | None = ADDRESS,
    tenant: str = TENANT.id,
) -> Projection:
    candidate_id = await store.candidate(tenant, f"ref-{assessment_id}")
    row = projection(assessment_id, candidate_id, tenant=tenant, expires_at=NOW + 14 * DAY)
    invite = e.InviteIssued(token_hash=f"hash-{assessment_id}", expires_at=row.expires_at)
    facts = (ordered_by(tenant, candidate_id), invite)
    await store.begin(Append(row.id, 0, NOW, facts, row, enclosure=Enclosure(address, TOKEN)))
    return row


async def mails(store: SqlStore) -> dict[str, Any]:
    return {row.kind: row for row in await store._all(select(MAIL))}


async def claimed(store: SqlStore, holder: str = "w1", at: Any = NOW) -> tuple[ClaimedMail, ...]:
    return await store.claim_mail(holder, at, at + CLAIM, 10)


async def test_an_order_with_an_address_has_an_invitation_due_and_a_reminder_later(store: SqlStore) -> None:
    await begun(store)

    found = await mails(store)

    assert {kind: row.next_at for kind, row in found.items()} == {"invite": NOW, "reminder": NOW + 12 * DAY}
    assert await store.mail_address("asm_1") == ADDRESS


async def test_without_an_address_there_is_nothing(store: SqlStore) -> None:
    await begun(store, address=None)

    assert await mails(store) == {}
    assert await store.mail_address("asm_1") is None
    with pytest.raises(NotFound):
        await store.mail_address("asm_2")


async def test_a_fact_that_is_not_committed_leaves_no_mail(store: SqlStore) -> None:
    row = await begun(store)

    with pytest.raises(SequenceTaken):
        await store.append(change(row, verdict("vrd_1"), after=1))

    assert {*await mails(store)} == {"invite", "reminder"}


async def test_neither_address_nor_token_is_readable_in_the_files(
    store: SqlStore, stored_in: Callable[[], Path]
) -> None:
    await begun(store)

    stored = b"".join(path.read_bytes() for path in stored_in().rglob("*") if path.is_file())

    assert b"worker-17" in stored, "the files that were searched are not the database's"
    assert ADDRESS.encode() not in stored
    assert TOKEN.encode() not in stored


async def test_of_two_workers_one_takes_a_mail_up(store: SqlStore) -> None:
    for number in range(6):
        await begun(store, f"asm_{number}")

    taken = await asyncio.gather(*(claimed(store, f"w{number}") for number in range(4)))

    ids = [one.id for claims in taken for one in claims]
    assert len(ids) == len(set(ids)) == 6
    assert await claimed(store) == ()
    assert {(one.address, one.invite_token) for claims in taken for one in claims} == {(ADDRESS, TOKEN)}


async def test_a_claim_that_was_not_settled_runs_out_or_is_released(store: SqlStore) -> None:
    await begun(store)
    await claimed(store, "w1")

    assert await claimed(store, "w2", NOW + CLAIM - timedelta(seconds=1)) == ()
    assert len(await claimed(store, "w2", NOW + CLAIM)) == 1
    assert await store.release_mail("w1", NOW) == 0
    assert await store.release_mail("w2", NOW) == 1
    assert len(await claimed(store, "w1")) == 1


@pytest.mark.parametrize("status", [MailStatus.SENT, MailStatus.DEAD, MailStatus.DROPPED])
async def test_what_is_settled_loses_its_link(store: SqlStore, status: MailStatus) -> None:
    await begun(store)
    (mine,) = await claimed(store)

    await store.record_mail(mine, MailSettled(status, "why"), NOW)

    row = (await mails(store))["invite"]
    assert (row.status, row.token, row.why, row.settled_at, row.next_at) == (status, None, "why", NOW, None)


async def test_an_attempt_that_outlived_its_claim_changes_nothing_unless_a_server_took_it(
    store: SqlStore,
) -> None:
    await begun(store)
    (late,) = await claimed(store, "w1")
    (current,) = await claimed(store, "w2", NOW + CLAIM)

    await store.record_mail(late, MailSettled(MailStatus.DEAD, "550"), NOW + CLAIM)
    undone = (await mails(store))["invite"]
    await store.record_mail(late, MailSettled(MailStatus.SENT, "250"), NOW + CLAIM)
    await store.record_mail(current, MailSettled(MailStatus.DEAD, "550"), NOW + CLAIM)

    assert (undone.status, undone.holder) == ("pending", "w2")
    assert (await mails(store))["invite"].status == "sent"


async def test_a_link_that_was_used_is_wiped_from_what_waits(store: SqlStore) -> None:
    row = await begun(store)
    opened = projection(row.id, row.candidate_id, status=Status.OPENED, expires_at=row.expires_at)

    await store.append(change(opened, e.InviteRedeemed(token_hash="hash-asm_1"), after=2, at=NOW + HOUR))

    found = await mails(store)
    assert (found["invite"].status, found["invite"].token) == ("dropped", None)
    assert (found["reminder"].status, found["reminder"].token) == ("pending", None)


async def test_a_reminder_follows_the_end_that_it_is_about(store: SqlStore) -> None:
    row = await begun(store)
    deadline = NOW + 3 * HOUR
    works = projection(row.id, row.candidate_id, status=Status.IN_PROGRESS, deadline=deadline)

    await store.append(change(works, e.AssessmentStarted(deadline=deadline), after=2, at=NOW + HOUR))

    due = (await mails(store))["reminder"].next_at
    assert due == deadline - timedelta(minutes=15)
    (reminder,) = [one for one in await claimed(store, at=due) if one.kind is MailKind.REMINDER]
    assert reminder.last_heard == NOW + HOUR


async def test_refusing_reminders_drops_those_that_wait_and_keeps_new_ones_from_being_made(
    store: SqlStore,
) -> None:
    await begun(store)

    for _ in range(2):
        await store.refuse_reminders("asm_1", NOW)

    found = await mails(store)
    assert (found["reminder"].status, found["reminder"].token) == ("dropped", None)
    assert found["invite"].status == "pending"
    with pytest.raises(NotFound):
        await store.refuse_reminders("asm_2", NOW)


async def test_a_refusal_goes_when_its_candidate_is_erased(store: SqlStore) -> None:
    row = await begun(store)
    await store.refuse_reminders("asm_1", NOW)

    await store.erase(row.candidate_id, Destroyed(NOW, "candidate"))

    assert await store._all(select(REMINDER_REFUSAL)) == []


async def test_platforms_take_turns_whatever_one_has_waiting(store: SqlStore) -> None:
    await store.add_tenant(OTHER, NOW)
    for number in range(20):
        await begun(store, f"asm_{number}")
    for number in range(3):
        await begun(store, f"asm_other{number}", tenant=OTHER.id)
    theirs = MAIL.c.assessment_id.contains("other") & (MAIL.c.kind == MailKind.INVITE.value)
    await store._execute(update(MAIL).where(theirs).values(next_at=NOW + HOUR))

    batches = [[mail.assessment_id for mail in await claimed(store, at=NOW + HOUR)] for _ in range(3)]

    assert [sum("other" in one for one in batch) for batch in batches] == [3, 0, 0]
    assert sum(map(len, batches)) == 23


async def test_what_cannot_be_opened_holds_up_nothing_else_and_is_tried_again(
    store: SqlStore, address: str
) -> None:
    """A data key under a master key that is not set, as when a rotation was ended too soon."""
    await store.add_tenant(OTHER, NOW)
    elsewhere = SqlStore(address, Vault(bytes(reversed(range(32)))))
    foreign = await elsewhere.candidate(TENANT.id, "ref-foreign")
    row = projection("asm_0", foreign)
    facts = (ordered_by(TENANT.id, foreign), e.InviteIssued(token_hash="hash", expires_at=row.expires_at))
    await elsewhere.begin(Append(row.id, 0, NOW, facts, row, enclosure=Enclosure(ADDRESS, TOKEN)))
    await begun(store, "asm_1", tenant=OTHER.id)

    taken = [one.assessment_id for one in await claimed(store)]
    again = [one.assessment_id for one in await claimed(elsewhere, at=NOW + CLAIM)]

    assert taken == ["asm_1"]
    assert again == ["asm_0"]
    await elsewhere.close()
