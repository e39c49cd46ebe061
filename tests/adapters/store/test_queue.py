"""The queue in the database: what waits, in its order, and who has it in hand."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain.assessment import Status
from assessor.domain.queue import IDENTITY_OPEN, NEAR_CUT, Lease, Reason, noted, reasons_of
from assessor.domain.verdict import ReasonCode
from assessor.ports import QueueFilter, Reviewer, Taker
from tests.adapters.store.samples import HOUR, NOW, TENANT, appended, begun, message, projection

pytestmark = pytest.mark.anyio

UNTIL = NOW + HOUR


async def waits(store: SqlStore, number: int, **changed: object) -> str:
    fields = {"needs_person": True, "submitted_at": NOW + number * HOUR, **changed}
    return (await begun(store, f"asm_{number}", **fields)).id


async def colleagues(store: SqlStore, *ids: str) -> None:
    for one in ids:
        await store.add_reviewer(Reviewer(one, TENANT.id, f"{one}@example.org", one, ""), NOW)


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({}, ()),
        ({"needs_help": "person"}, (Reason.HELP,)),
        ({"needs_person": True, "status": Status.TECHNICAL_HOLD, "open_criteria": 2}, (Reason.TECHNICAL,)),
        ({"needs_person": True, "open_criteria": 2}, (Reason.OPEN_CRITERIA,)),
        ({"needs_person": True, "noted": ("near_cut",)}, (Reason.DECISION, Reason.NEAR_CUT)),
        ({"appeal_due": UNTIL, "quality": "due"}, (Reason.APPEAL, Reason.QUALITY_SAMPLE)),
        ({"quality": "differs"}, (Reason.DISAGREEMENT,)),
        ({"noted": ("integrity",)}, (Reason.INTEGRITY,)),
        ({"noted": ("integrity", "second_finding")}, (Reason.INTEGRITY, Reason.SECOND_FINDING)),
        ({"noted": ("integrity",), "needs_person": True}, (Reason.DECISION, Reason.INTEGRITY)),
        ({"needs_person": True, "erased_at": NOW}, ()),
    ],
)
def test_why_an_assessment_waits(changed: dict[str, object], reasons: tuple[Reason, ...]) -> None:
    assert reasons_of(projection("asm_1", "cnd_1", **changed)) == reasons


def test_the_codes_that_the_queue_looks_for_are_those_of_verdicts() -> None:
    assert {NEAR_CUT, IDENTITY_OPEN} <= set(ReasonCode)
    document = {"reasons": [{"code": code} for code in (NEAR_CUT, IDENTITY_OPEN)]}
    assert noted(document, (), integrity=False) == ("near_cut", "integrity")
    assert noted({}, (), integrity=True) == ("integrity",)


async def test_pages_follow_each_other_without_a_gap(store: SqlStore) -> None:
    urgent = await waits(store, 9, needs_help="distress")
    ids = [urgent, *[await waits(store, number) for number in range(5)]]

    first = await store.waiting(TENANT.id, limit=2)
    rest = await store.waiting(TENANT.id, after=first[-1].queue_place)

    assert [row.id for row in (*first, *rest)] == ids


async def test_filters_by_reason_and_track_find_each_case_by_every_reason(store: SqlStore) -> None:
    one = await waits(store, 1, open_criteria=3, noted=("near_cut",))
    other = await waits(store, 2, track="nursing", appeal_due=UNTIL, open_criteria=1)

    async def found(reason: Reason | None, track: str | None = None) -> list[str]:
        return [row.id for row in await store.waiting(TENANT.id, QueueFilter(reason, track))]

    assert await found(Reason.OPEN_CRITERIA) == [one, other]
    assert await found(Reason.NEAR_CUT) == [one]
    assert await found(Reason.APPEAL, "nursing") == [other]
    assert await found(None, "python") == [one]
    assert await found(Reason.QUALITY_SAMPLE) == []
    counts = await store.waiting_counts(TENANT.id, 10)
    assert (counts[None], counts[Reason.OPEN_CRITERIA], counts[Reason.HELP]) == (2, 2, 0)
    assert (await store.waiting_counts(TENANT.id, 1))[None] == 1


async def test_what_changes_its_reason_moves_and_what_is_done_leaves(store: SqlStore) -> None:
    row = await begun(store, needs_person=True, open_criteria=1)
    scored = replace(row, open_criteria=0)
    await appended(store, scored, [message()], 1)
    before = await store.waiting(TENANT.id, QueueFilter(Reason.DECISION))

    await appended(store, replace(scored, needs_person=False), [message(number=2)], 2)

    assert [one.id for one in before] == [row.id]
    assert await store.waiting(TENANT.id) == ()
    assert set((await store.waiting_counts(TENANT.id, 10)).values()) == {0}


async def test_a_case_is_in_one_persons_hands_until_given_back_or_over(store: SqlStore) -> None:
    await colleagues(store, "rev_1", "rev_2")
    case = await waits(store, 1)
    mine, theirs = (Lease(case, who, UNTIL) for who in ("rev_1", "rev_2"))

    assert await store.take(mine, NOW) == mine
    assert await store.take(theirs, NOW) == mine
    assert await store.take(replace(mine, until=UNTIL + HOUR), NOW) == replace(mine, until=UNTIL + HOUR)
    assert await store.leases([case], NOW) == {case: replace(mine, until=UNTIL + HOUR)}
    await store.give_back(case, "rev_2")
    assert await store.take(theirs, NOW) == replace(mine, until=UNTIL + HOUR)
    assert await store.take(theirs, UNTIL + HOUR) == theirs
    await store.give_back(case, "rev_2")
    assert await store.leases([case], NOW) == {}


async def test_of_many_who_take_a_case_at_once_one_has_it(store: SqlStore) -> None:
    ids = [f"rev_{number}" for number in range(8)]
    await colleagues(store, *ids)
    case = await waits(store, 1)

    taken = await asyncio.gather(*(store.take(Lease(case, one, UNTIL), NOW) for one in ids))

    assert len({lease.holder for lease in taken}) == 1


async def test_what_is_free_obeys_tracks_languages_and_others_leases(store: SqlStore) -> None:
    await colleagues(store, "rev_1", "rev_2")
    held, german, nursing, free = [
        await waits(store, number, **changed)
        for number, changed in enumerate(
            [
                {"language": "en"},
                {"language": "de"},
                {"track": "nursing", "language": "en"},
                {"language": "en"},
            ]
        )
    ]
    await store.take(Lease(held, "rev_2", UNTIL), NOW)

    async def found(taker: Taker) -> list[str]:
        return [row.id for row in await store.free(TENANT.id, taker, NOW, None, 10)]

    assert await found(Taker("rev_1")) == [german, nursing, free]
    assert await found(Taker("rev_2")) == [held, german, nursing, free]
    assert await found(Taker("rev_1", tracks=["python"])) == [german, free]
    assert await found(Taker("rev_1", tracks=["python"], languages=["en"])) == [free]
    assert [row.id for row in await store.in_hand(TENANT.id, "rev_2", NOW)] == [held]
    assert await store.in_hand(TENANT.id, "rev_2", NOW + 2 * HOUR) == ()
    assert [
        row.id for row in await store.free(TENANT.id, Taker("rev_1"), NOW + timedelta(days=1), None, 1)
    ] == [held]
