"""Training in the database, and the queue for those who have not trained."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain.assessment import Status
from assessor.domain.training import Compared, Grant
from assessor.ports import KnownCase, Practised, Reviewer, Taker
from tests.adapters.store.samples import NOW, TENANT, begun

pytestmark = pytest.mark.anyio

RITA = Reviewer("rev_rita", TENANT.id, "rita@example.org", "Rita", "")
SCORE = Practised(
    RITA.id, "python", "round-1", "abc", {"first": "met", "second": "unmet"}, Compared(2, 3, 4, 5), NOW
)
GRANT = Grant(RITA.id, "python", "passed", {"python-iv": 1}, RITA.id, NOW)


async def test_a_score_is_kept_once_and_what_follows_from_it_with_it(store: SqlStore) -> None:
    await store.add_reviewer(RITA, NOW)

    kept = [await store.keep_practised(SCORE, GRANT) for _ in range(2)]
    later = await store.keep_practised(replace(SCORE, series="round-2", purpose="known"))

    assert [*kept, later] == [True, False, True]
    first, second = await store.practised(RITA.id, "python")
    assert first == SCORE
    assert (second.series, second.purpose) == ("round-2", "known")
    assert await store.practised(RITA.id, "nursing") == []
    assert await store.grants([RITA.id]) == [GRANT]


async def test_the_newest_grant_of_each_track_counts(store: SqlStore) -> None:
    await store.add_reviewer(RITA, NOW)
    waived = replace(GRANT, grounds="waived", reason="Wrote it.", at=NOW + timedelta(hours=1))

    await store.grant_training([GRANT, replace(GRANT, track="nursing")])
    await store.grant_training([waived])
    await store.grant_training([])

    assert {one.track: one for one in await store.grants([RITA.id, "nobody"])} == {
        "python": waived,
        "nursing": replace(GRANT, track="nursing"),
    }


async def test_who_has_not_trained_for_a_track_gets_what_asks_for_no_training(store: SqlStore) -> None:
    await store.add_reviewer(RITA, NOW)
    await begun(store, "asm_1", needs_person=True, submitted_at=NOW)
    await begun(store, "asm_2", needs_person=True, submitted_at=NOW, status=Status.TECHNICAL_HOLD)
    await begun(store, "asm_3", needs_help="person")
    track = (await store.projection("asm_1")).track

    free = {
        untrained: [
            row.id for row in await store.free(TENANT.id, Taker(RITA.id, untrained=untrained), NOW, None, 10)
        ]
        for untrained in ((), (track,), ("alchemy",))
    }

    assert free == {
        (): ["asm_3", "asm_1", "asm_2"],
        (track,): ["asm_3", "asm_2"],
        ("alchemy",): ["asm_3", "asm_1", "asm_2"],
    }


async def test_a_known_case_is_open_until_it_is_settled_and_its_scores_are_found(store: SqlStore) -> None:
    await store.add_reviewer(RITA, NOW)
    first = KnownCase("asm_a", RITA.id, "python", ("abc", "def"), NOW)
    second = replace(first, id="asm_b", drawn_at=NOW + timedelta(hours=1))
    for one in (second, first):
        await store.add_known_case(one)
    known = replace(SCORE, series=first.id, purpose="known")
    for scored in (SCORE, known, replace(known, series=second.id, at=NOW - timedelta(days=1))):
        await store.keep_practised(scored)

    before = await store.open_known_case(RITA.id)
    await store.settle_known_case(first.id, NOW)

    assert (before, await store.open_known_case(RITA.id)) == (first, second)
    assert await store.known_case(first.id) == first
    assert (await store.known_case("asm_c"), await store.open_known_case("nobody")) == (None, None)
    assert await store.known_scores(TENANT.id, NOW) == [known]
    assert await store.known_scores("another", NOW) == []
