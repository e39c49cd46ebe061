"""Rows for pages about quality: of one tenant, kind and window."""

from assessor.adapters.store import SqlStore
from assessor.ports import Kind, ModelCall, QualityWindow, Spent
from tests.adapters.store.samples import HOUR, NOW, TENANT, begun


async def test_an_assessment_is_of_one_kind_and_within_the_window(store: SqlStore) -> None:
    row = await begun(store)
    kind: Kind = "simulated" if row.simulated else "live" if row.livemode else "test"
    others: set[Kind] = {"live", "test", "simulated"}
    others.remove(kind)

    (found,) = await store.passages(QualityWindow(TENANT.id, kind, row.ordered_at))

    assert (found.ordered_at, found.settled_at) == (row.ordered_at, None)
    assert await store.passages(QualityWindow(TENANT.id, kind, row.ordered_at + HOUR)) == []
    assert await store.passages(QualityWindow("other", kind, row.ordered_at)) == []
    for other in others:
        assert await store.passages(QualityWindow(TENANT.id, other, row.ordered_at)) == []


async def test_calls_of_models_are_those_for_the_assessments_of_the_window(store: SqlStore) -> None:
    row = await begun(store)
    kind: Kind = "simulated" if row.simulated else "live" if row.livemode else "test"
    call = ModelCall(NOW, row.id, TENANT.id, "judge", "m1", "ok", 10, 0, 5, 12, 900, 1)
    await store.record(call)

    found = await store.spent(QualityWindow(TENANT.id, kind, NOW - HOUR))

    assert found == [Spent(NOW, "m1", "ok", 12, 900)]
    assert await store.spent(QualityWindow(TENANT.id, kind, NOW + HOUR)) == []
    assert await store.looked_twice(QualityWindow(TENANT.id, kind, NOW - HOUR)) == []
