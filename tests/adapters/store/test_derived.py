"""Invites and verdicts, which follow from facts in the same transaction."""

import asyncio
from datetime import timedelta

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain import events as e
from assessor.domain.errors import Conflict, Gone, NotFound, SequenceTaken
from assessor.domain.value import canonical
from assessor.ports import StoredVerdict
from tests.adapters.store.samples import (
    NOW,
    TENANT,
    appended,
    begun,
    change,
    ordered_by,
    projection,
    verdict,
)

pytestmark = pytest.mark.anyio


def invite(token_hash: str) -> e.InviteIssued:
    return e.InviteIssued(token_hash=token_hash, expires_at=NOW + timedelta(hours=1))


async def test_an_invite_that_begins_with_the_assessment_can_be_looked_up(store: SqlStore) -> None:
    row = projection("asm_1", await store.candidate(TENANT.id, "ref"))

    await store.begin(change(row, ordered_by(), invite("t1")))

    assert await store.invite("t1") == ("asm_1", NOW + timedelta(hours=1), False)
    with pytest.raises(NotFound):
        await store.invite("t2")


async def test_an_invite_is_used_once(store: SqlStore) -> None:
    row = await begun(store)
    await appended(store, row, [invite("t1"), e.InviteRedeemed(token_hash="t1")], after=1)

    with pytest.raises(Gone, match="was used or replaced"):
        await appended(store, row, [e.InviteRedeemed(token_hash="t1")], after=3)

    assert (await store.invite("t1"))[2]


async def test_of_ten_who_open_an_invite_at_once_one_gets_in(store: SqlStore) -> None:
    row = await begun(store)
    await appended(store, row, [invite("t1")], after=1)

    results = await asyncio.gather(
        *(store.append(change(row, e.InviteRedeemed(token_hash="t1"), after=2)) for _ in range(10)),
        return_exceptions=True,
    )

    assert sum(isinstance(result, SequenceTaken) for result in results) == 9


async def test_a_new_invite_replaces_the_one_before(store: SqlStore) -> None:
    row = await begun(store)
    await appended(store, row, [invite("t1")], after=1)

    await appended(store, row, [invite("t2")], after=2)

    assert (await store.invite("t1"))[2]
    assert not (await store.invite("t2"))[2]


async def test_an_invite_opens_only_its_own_assessment(store: SqlStore) -> None:
    row, other = await begun(store, "asm_1"), await begun(store, "asm_2")
    await appended(store, row, [invite("t1")], after=1)

    with pytest.raises(Gone):
        await appended(store, other, [e.InviteRedeemed(token_hash="t1")], after=1)

    assert not (await store.invite("t1"))[2]


async def test_a_verdict_is_kept_in_its_canonical_bytes(store: SqlStore) -> None:
    row = await begun(store)
    fact = verdict("vrd_1", decision="needs_review", text="déjà vu")

    await appended(store, row, [fact], after=1)

    expected = StoredVerdict(
        "vrd_1", row.id, TENANT.id, canonical(fact.document), fact.jws, "issued", superseded_by=None
    )
    assert await store.live_verdict(row.id) == expected
    assert await store.verdicts(row.id) == (expected,)


async def test_before_a_verdict_there_is_none(store: SqlStore) -> None:
    row = await begun(store)

    assert await store.live_verdict(row.id) is None
    assert await store.verdicts(row.id) == ()


async def test_a_second_live_verdict_is_refused_and_leaves_no_event(store: SqlStore) -> None:
    row = await begun(store)
    await appended(store, row, [verdict("vrd_1")], after=1)

    with pytest.raises(Conflict, match="has a live verdict"):
        await appended(store, row, [verdict("vrd_2")], after=2)

    assert len(await store.events(row.id)) == 2
    assert [stored.id for stored in await store.verdicts(row.id)] == ["vrd_1"]


async def test_a_superseding_verdict_takes_the_place_of_the_old_one(store: SqlStore) -> None:
    row = await begun(store)
    await appended(store, row, [verdict("vrd_1")], after=1)

    await appended(store, row, [verdict("vrd_2", supersedes="vrd_1")], after=2)

    live = await store.live_verdict(row.id)
    assert live is not None
    assert live.id == "vrd_2"
    assert [(v.id, v.status, v.superseded_by) for v in await store.verdicts(row.id)] == [
        ("vrd_1", "superseded", "vrd_2"),
        ("vrd_2", "issued", None),
    ]


@pytest.mark.parametrize("supersedes", ["vrd_1", "vrd_none", "vrd_other"])
async def test_only_the_live_verdict_of_the_assessment_can_be_superseded(
    store: SqlStore, supersedes: str
) -> None:
    row, other = await begun(store, "asm_1"), await begun(store, "asm_2")
    await appended(store, row, [verdict("vrd_1"), verdict("vrd_2", supersedes="vrd_1")], after=1)
    await appended(store, other, [verdict("vrd_other")], after=1)

    with pytest.raises(Conflict, match="is not the live one"):
        await appended(store, row, [verdict("vrd_3", supersedes=supersedes)], after=3)

    assert len(await store.verdicts(row.id)) == 2


async def test_a_check_while_verdicts_are_issued_finds_nothing_wrong(store: SqlStore) -> None:
    row = await begun(store)
    checked = 0

    async def issue() -> None:
        for number in range(40):
            before = f"vrd_{number - 1}" if number else None
            await appended(store, row, [verdict(f"vrd_{number}", supersedes=before)], after=1 + number)

    issuing = asyncio.create_task(issue())
    while not issuing.done():
        checked = await store.verify_verdicts(row.id)
    await issuing

    assert checked
    assert await store.verify_verdicts(row.id) == 40
